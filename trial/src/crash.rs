//! `trial crash`: the server is killed at a random moment under load, and started again over the same database.

use std::time::Duration;

use anyhow::{Context, Result};
use rig::{
    database::{Database, Engine},
    premises::{self, Premises},
};
use tokio::time::sleep;

use crate::{
    arena::{Arena, Verdict},
    args::Rounds,
    dice::Dice,
    report::Report,
};

/// Rounds over one database; then another history begins.
const ROUNDS_PER_DATABASE: u64 = 25;
/// When the server is killed, in milliseconds from the beginning of the load.
const KILLED_AFTER_MS: (u64, u64) = (50, 1_500);

/// Runs and prints everything; whether nothing was wrong.
pub async fn run(mut args: Rounds) -> Result<bool> {
    let seed = args.common.seed();
    let target = &args.common.target;
    let premises = Premises::of(target).await?;
    premises.print(target)?;
    println!(
        "trial       {} rounds, each over what the one before has left, with a new database every {}; the server \
         is killed {} to {} ms after {} connections begin to send; seed {seed}",
        args.rounds, ROUNDS_PER_DATABASE, KILLED_AFTER_MS.0, KILLED_AFTER_MS.1, target.connections,
    );
    let mut report = Report::default();
    for &engine in &premises.engines {
        let mut done = 0;
        while done < args.rounds {
            let rounds = ROUNDS_PER_DATABASE.min(args.rounds - done);
            let history = Dice::of(seed, &[done]).number();
            let verdict = play(&args, engine, rounds, history);
            report.add(engine, verdict.await.with_context(|| engine.to_string())?);
            done += rounds;
            eprintln!("{engine}: {done} rounds …");
        }
    }
    Ok(report.print())
}

async fn play(args: &Rounds, engine: Engine, rounds: u64, seed: u64) -> Result<Verdict> {
    let target = &args.common.target;
    let home = premises::home(target)?;
    let database = Database::fresh(engine, home.path(), target.postgres.as_ref()).await?;
    let mut arena = Arena::new(&target.tiny, database, home.path(), seed);
    for round in 0..rounds {
        let server = arena.start().await?;
        if round > 0 {
            arena.examine(&server).await?;
        }
        let stage = arena.stage(&server)?;
        let visitors = stage.fill(target.connections.into());
        let mut dice = Dice::of(seed, &[round]);
        sleep(Duration::from_millis(dice.between(KILLED_AFTER_MS.0, KILLED_AFTER_MS.1))).await;
        server.kill()?;
        stage.end();
        visitors.join_all().await;
        arena.verdict.rounds += 1;
    }
    let server = arena.start().await?;
    arena.examine(&server).await?;
    server.stop().await?;
    arena.close().await
}
