//! `bench disclosure`: does the time of an answer tell a stranger whether an account exists?
//!
//! One connection, one try after the other, in pairs: an account that exists and one that does not, the order turned
//! with every pair, so that whatever drifts meets both kinds alike. Every try comes from another address and asks for
//! another account, as no throttle may answer.

mod door;
mod mailbox;
mod report;

use std::time::Duration;

use anyhow::{Context, Result};
use rig::{
    api,
    connection::Connection,
    database::{Database, Engine},
    machine,
    premises::{self, Premises},
    server::Server,
};
use tokio::time::Instant;

use crate::args::DisclosureArgs;
use door::{DOORS, Door, Kind};
use mailbox::Mailbox;
use report::Run;

/// Pairs at each door before those that count.
const WARMUP: u32 = 20;

/// Both kinds of tries at one door.
#[derive(Debug)]
struct Tries {
    door: Door,
    known: Vec<Answer>,
    unknown: Vec<Answer>,
}

#[derive(Debug, Clone, Copy)]
struct Answer {
    status: u16,
    body_bytes: usize,
    took: Duration,
}

/// Runs and prints everything.
pub async fn run(args: &DisclosureArgs) -> Result<()> {
    let premises = Premises::of(&args.target).await?;
    premises.print(&args.target)?;
    println!(
        "load        {} tries of each kind at each door, one at a time, after {WARMUP}; mails go to a mail server in \
         this program",
        args.tries
    );
    for &engine in &premises.engines {
        let run = measure(args, engine).await.with_context(|| engine.to_string())?;
        println!("\n{}", report::tell(&run));
    }
    println!("{}", report::NOTES);
    Ok(())
}

async fn measure(args: &DisclosureArgs, engine: Engine) -> Result<Run> {
    let home = premises::home(&args.target)?;
    let syncs_per_second = machine::syncs_per_second(home.path())?;
    let database = Database::fresh(engine, home.path(), args.target.postgres.as_ref()).await?;
    eprintln!("{engine}: {} accounts …", args.tries + WARMUP);
    // Without mail, a sign-up is an account at once.
    let server = Server::start(&args.target.tiny, database.url(), home.path()).await?;
    api::sign_up_all(server.address(), args.tries + WARMUP).await?;
    server.stop().await?;
    let mailbox = Mailbox::open()?;
    let url = mailbox.url();
    let settings = [("TINY_SMTP_URL", url.as_str()), ("TINY_MAIL_FROM", "tiny@example.com")];
    let server =
        Server::start_with(&args.target.tiny, database.url(), home.path(), &settings).await?;
    let mut connection = Connection::open(server.address()).await?;
    let mut doors = Vec::new();
    for door in DOORS {
        eprintln!("{engine}: {door} …");
        doors.push(try_all(&mut connection, &server, door, args.tries).await?);
    }
    server.stop().await?;
    database.remove().await?;
    Ok(Run { engine, syncs_per_second, doors, mails: mailbox.count() })
}

async fn try_all(
    connection: &mut Connection,
    server: &Server,
    door: Door,
    tries: u32,
) -> Result<Tries> {
    let mut all = Tries { door, known: Vec::new(), unknown: Vec::new() };
    for number in 0..WARMUP + tries {
        let pair = match number % 2 {
            0 => [Kind::Known, Kind::Unknown],
            _ => [Kind::Unknown, Kind::Known],
        };
        for kind in pair {
            let request = door.request(server.address(), kind, number);
            let began = Instant::now();
            let reply = connection.exchange(&request).await?;
            let answer = Answer {
                status: reply.status,
                body_bytes: reply.body.len(),
                took: began.elapsed(),
            };
            if number >= WARMUP {
                match kind {
                    Kind::Known => all.known.push(answer),
                    Kind::Unknown => all.unknown.push(answer),
                }
            }
        }
    }
    Ok(all)
}
