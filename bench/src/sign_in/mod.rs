//! `bench sign-in`: does a flood of wrong sign-ins harm ingest?
//!
//! Machines drift and disks have bad moments, so the same server is measured quiet and flooded in turn, many times, and
//! besides all requests together the middle second of each is compared.

mod report;
mod wrong;

use std::{fmt, path::Path, time::Duration};

use anyhow::{Context, Result};
use rig::{
    api,
    database::{Database, Engine},
    machine,
    payload::{Door, Ids, Kind},
    premises::{self, Premises},
    process,
    server::Server,
};
use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    args::SignInArgs,
    books::Books,
    flood::{Answers, Flood},
    ingest::{ATTEMPTS_KEPT, IDLE},
    lane::{Lane, Sending},
    load::{Span, Tally},
    meter::{Meter, Spent},
    steady::{self, Steady},
};
use report::Run;

/// How often the server's memory is read.
const GLANCE: Duration = Duration::from_millis(50);

/// Memory is compared from one of these to the next, before anything is measured.
const ROUND: Duration = Duration::from_secs(5);
const MOST_ROUNDS: usize = 12;
const STANDS_STILL_BYTES: u64 = 1_000_000;

/// What runs beside ingest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nothing,
    Flood,
}

const IN_TURN: [Beside; 2] = [Beside::Nothing, Beside::Flood];

impl fmt::Display for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "quiet",
            Self::Flood => "flood",
        })
    }
}

/// One phase, measured.
#[derive(Debug)]
struct Phase {
    beside: Beside,
    /// Ingest.
    tally: Tally,
    /// The latencies of ingest in each second, each in order.
    seconds: Vec<Vec<Duration>>,
    /// The flood.
    answers: Answers,
    spent: Spent,
    /// The most the server held.
    resident: u64,
}

/// Runs and prints everything; false when a database does not hold what was acknowledged.
pub async fn run(args: &SignInArgs) -> Result<bool> {
    let premises = Premises::of(&args.target).await?;
    premises.print(&args.target)?;
    println!(
        "load        {} requests/s with one event each over {} keep-alive connections, alone and beside {} wrong \
         sign-ins/s, all from one thread on this machine; 2 × {} × {} s measured, each after {} s",
        args.rate,
        args.target.connections,
        args.sign_ins,
        SignInArgs::TURNS,
        args.phase().as_secs_f64(),
        args.warmup().as_secs()
    );
    let cores = std::thread::available_parallelism()?.get();
    let mut is_all_stored = true;
    for &engine in &premises.engines {
        let run = measure(args, &premises, engine).await.with_context(|| engine.to_string())?;
        println!("\n{}", report::tell(&run, cores));
        is_all_stored &= run.books.is_all_stored();
    }
    println!("{}", report::NOTES);
    Ok(is_all_stored)
}

/// One run: a new database, a new server, the phases, and a count at the end.
async fn measure(args: &SignInArgs, premises: &Premises, engine: Engine) -> Result<Run> {
    let target = &args.target;
    let home = premises::home(target)?;
    let syncs_per_second = machine::syncs_per_second(home.path())?;
    let database = Database::fresh(engine, home.path(), target.postgres.as_ref()).await?;
    eprintln!("{engine}: {} accounts …", args.accounts);
    let door = prepare(args, &database, home.path()).await?;
    let (tiny, settings) = (&target.tiny, [ATTEMPTS_KEPT]);
    let mut server = Server::start_with(tiny, database.url(), home.path(), &settings).await?;
    sleep(IDLE).await;
    let idle = process::memory(server.pid())?;
    let door = Door { address: server.address(), ..door };
    let sending = Sending { kind: Kind::New, events: 1, ids: Ids::Sdk };
    let lanes = Lane::open_all(&door, 0..target.connections, sending).await?;
    let (address, accounts) = (server.address(), args.accounts);
    let mut stage = Stage {
        args,
        server: server.pid(),
        meter: Meter::of(premises, Some(server.pid()), engine),
        lanes,
        flood: Flood::new(address, move |number| wrong::request(address, accounts, number)),
    };
    eprintln!("{engine}: until memory stands still …");
    let mut tally = stage.settle().await?;
    let mut phases = Vec::new();
    for turn in 1..=SignInArgs::TURNS {
        eprintln!("{engine}: turn {turn} of {} …", SignInArgs::TURNS);
        for beside in IN_TURN {
            phases.push(stage.play(beside, args.warmup(), args.phase()).await?);
            server.check_alive()?;
        }
    }
    server.stop().await?;
    let stored = database.count().await?;
    database.remove().await?;
    for phase in &phases {
        tally.add(phase.tally.counts());
    }
    let books = Books { tally, sending, is_kept: true, sessions: target.connections, stored };
    Ok(Run { engine, idle: idle.resident, syncs_per_second, phase: args.phase(), phases, books })
}

/// Makes what is needed by a server of its own: signing up hashes, and what hashing takes must not be there before
/// the flood.
async fn prepare(args: &SignInArgs, database: &Database, home: &Path) -> Result<Door> {
    let server = Server::start(&args.target.tiny, database.url(), home).await?;
    let door = api::settle_in(server.address()).await?;
    api::sign_up_all(server.address(), args.accounts).await?;
    server.stop().await?;
    Ok(door)
}

/// What all phases of a run share.
struct Stage<'a, R> {
    args: &'a SignInArgs,
    server: u32,
    meter: Meter,
    lanes: Vec<Lane>,
    flood: Flood<R>,
}

impl<R: Fn(u32) -> Vec<u8>> Stage<'_, R> {
    /// Ingest alone, until what the server keeps of it, most of all the database's cache, grows no more: what grows
    /// afterwards is the flood's. What was sent counts.
    async fn settle(&mut self) -> Result<Tally> {
        let mut tally = Tally::default();
        let mut resident = 0;
        for _ in 0..MOST_ROUNDS {
            let round = self.play(Beside::Nothing, Duration::ZERO, ROUND).await?;
            tally.add(round.tally.counts());
            if round.resident < resident + STANDS_STILL_BYTES {
                break;
            }
            resident = round.resident;
        }
        Ok(tally)
    }

    async fn play(
        &mut self,
        beside: Beside,
        warmup: Duration,
        measured: Duration,
    ) -> Result<Phase> {
        let from = Instant::now() + warmup;
        let span = Span { from, until: from + measured };
        let flood = async {
            match beside {
                Beside::Nothing => Ok(Answers::default()),
                Beside::Flood => self.flood.send(self.args.sign_ins, span).await,
            }
        };
        let lanes = std::mem::take(&mut self.lanes);
        let ingest = steady::send(lanes, self.args.rate, span);
        let (Steady { lanes, tally, seconds }, answers, (spent, resident)) =
            tokio::try_join!(ingest, flood, watch(self.server, self.meter, span))?;
        self.lanes = lanes;
        Ok(Phase { beside, tally, seconds, answers, spent, resident })
    }
}

/// CPU time within the span, and the most memory that the server held.
async fn watch(server: u32, meter: Meter, span: Span) -> Result<(Spent, u64)> {
    sleep_until(span.from).await;
    let before = meter.read()?;
    let mut most = 0;
    while Instant::now() < span.until {
        most = most.max(process::memory(server)?.resident);
        sleep_until(span.until.min(Instant::now() + GLANCE)).await;
    }
    Ok((meter.read()?.since(before), most))
}
