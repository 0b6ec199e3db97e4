//! `trial faults`: what the server stores with fails under load, and comes back without anybody's help.

mod database_away;
mod disk_fails;

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use rig::{connection::Connection, premises::Premises, server::Server};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    arena::{Arena, Verdict},
    args::Faults,
    disk,
    report::Report,
    visitor::{Stage, Visitor},
};

/// Load before anything fails, and after it has come back.
const LOAD: Duration = Duration::from_millis(700);
/// Events that must have been stored before anything fails.
const ENOUGH_EVENTS: u64 = 100;
/// So soon after what failed is back, events must be stored again.
const BACK_WITHIN: Duration = Duration::from_secs(15);
/// No answer may take longer while something fails.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(50);

/// Runs and prints everything; whether nothing was wrong.
pub async fn run(mut args: Faults) -> Result<bool> {
    let seed = args.common.seed();
    let target = &args.common.target;
    let premises = Premises::of(target).await?;
    premises.print(target)?;
    println!(
        "trial       each fault under the load of {} connections; seed {seed}",
        target.connections
    );
    let mut report = Report::default();
    let obstacle = disk::obstacle(&target.folder);
    match obstacle {
        None => disk_fails::full(&args, seed, &mut report).await?,
        Some(obstacle) if args.common.where_possible => {
            println!("a full disk: not possible here: {obstacle}");
        }
        Some(obstacle) => anyhow::bail!("a full disk: not possible here: {obstacle}"),
    }
    disk_fails::errors(&args, seed, &mut report).await?;
    disk_fails::unsynced(&args, seed, &mut report).await?;
    if args.common.postgres_bin.is_some() {
        database_away::stopped(&args, seed, &mut report).await?;
        database_away::killed_backends(&args, seed, &mut report).await?;
        if args.frozen {
            database_away::frozen(&args, seed, &mut report).await?;
        }
    } else {
        println!("PostgreSQL's faults need --postgres-bin FOLDER");
    }
    Ok(report.print())
}

/// One fault of one arena, under load.
struct Bout {
    stage: Arc<Stage>,
    visitors: JoinSet<()>,
}

impl Bout {
    /// Lets visitors send for a while, so that everything works before it fails.
    async fn begin(args: &Faults, arena: &mut Arena<'_>, server: &Server) -> Result<Self> {
        let stage = arena.stage(server)?;
        let visitors = stage.fill(args.common.target.connections.into());
        let bout = Self { stage, visitors };
        let (began, before) = (Instant::now(), bout.accepted());
        while bout.accepted() < before + ENOUGH_EVENTS {
            ensure!(
                began.elapsed() < BACK_WITHIN,
                "hardly any event is stored before anything fails"
            );
            sleep(GLANCE).await;
        }
        sleep(LOAD).await;
        Ok(bout)
    }

    fn accepted(&self) -> u64 {
        self.stage.journal().sums.accepted
    }

    fn unavailable(&self) -> u64 {
        self.stage.journal().sums.unavailable
    }

    /// Waits until requests are told to come again.
    async fn wait_for_refusals(&self) -> Result<Duration> {
        let (began, before) = (Instant::now(), self.unavailable());
        while self.unavailable() == before {
            ensure!(
                began.elapsed() < ANSWERED_WITHIN,
                "no 503 within {} s",
                ANSWERED_WITHIN.as_secs()
            );
            sleep(GLANCE).await;
        }
        Ok(began.elapsed())
    }

    /// Waits until new events are stored again.
    async fn wait_for_recovery(&self) -> Result<Duration> {
        let began = Instant::now();
        // A visitor of its own, as the others may all wait for an answer.
        let mut visitor = Visitor::new(Arc::clone(&self.stage), 2_000);
        loop {
            let before = self.accepted();
            if let Ok(mut connection) = Connection::open(self.stage.door.address).await
                && visitor.settle(&mut connection).await.is_ok()
            {
                let request = visitor.new_batch();
                visitor.exchange(&mut connection, request).await;
            }
            if self.accepted() > before {
                return Ok(began.elapsed());
            }
            ensure!(
                began.elapsed() < BACK_WITHIN,
                "no event is stored {} s after",
                BACK_WITHIN.as_secs()
            );
            sleep(GLANCE).await;
        }
    }

    /// Sends a while longer, and waits for the last answers.
    async fn end(self) {
        sleep(LOAD).await;
        self.stage.end();
        self.visitors.join_all().await;
    }
}

/// Kills the server, and looks at what the next one finds.
async fn kill_and_examine(arena: &mut Arena<'_>, server: Server) -> Result<()> {
    server.kill()?;
    arena.under.clear();
    let server = arena.start().await?;
    arena.examine(&server).await?;
    arena.verdict.rounds += 1;
    server.stop().await
}

/// The verdict of an arena, with how it went; a fault of the server is one of the verdict, not of the trial.
async fn close(arena: Arena<'_>, name: &str, went: Result<String>) -> Result<Verdict> {
    let mut verdict = arena.close().await.with_context(|| name.to_owned())?;
    match went {
        Ok(said) => {
            println!("{name}: {said}; {} requests were answered 503", verdict.sums.unavailable);
        }
        Err(fault) => {
            println!("{name}: {fault:#}");
            verdict.faults.add(format!("{name}: {fault:#}"));
        }
    }
    Ok(verdict)
}
