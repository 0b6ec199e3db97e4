//! `trial sigterm`: the server is told to stop under load, and must finish what it has begun.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use rig::{
    connection::Connection,
    database::{Database, Engine},
    premises::{self, Premises},
    process::Signal,
    server::Server,
};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    arena::{Arena, Verdict},
    args::Rounds,
    dice::Dice,
    report::Report,
    visitor::{Stage, Visitor},
};

/// A stop takes no longer.
const LONGEST_STOP: Duration = Duration::from_secs(10);
/// A second signal ends it within this.
const NOW: Duration = Duration::from_secs(1);
/// Visitors whose request is half sent when the signal comes, and whose other half comes this much later.
const SLOW_VISITORS: u64 = 4;
const SECOND_HALF_AFTER: Duration = Duration::from_millis(300);
/// Connections that have nothing under way when it comes.
const IDLE_CONNECTIONS: usize = 4;
const GLANCE: Duration = Duration::from_millis(5);

/// What stopping took.
#[derive(Debug, Default)]
struct Stops {
    under_way: u64,
    longest: Duration,
    longest_by_second: Duration,
}

/// Runs and prints everything; whether nothing was wrong.
pub async fn run(mut args: Rounds) -> Result<bool> {
    let seed = args.common.seed();
    let target = &args.common.target;
    let premises = Premises::of(target).await?;
    premises.print(target)?;
    println!(
        "trial       {} rounds, each with a SIGTERM to a server that {} connections send to; {SLOW_VISITORS} more are \
         in the middle of a request, {IDLE_CONNECTIONS} idle; then one more round with a second signal; seed {seed}",
        args.rounds, target.connections,
    );
    let mut report = Report::default();
    for &engine in &premises.engines {
        let mut stops = Stops::default();
        let verdict = play(&args, engine, seed, &mut stops).await;
        report.add(engine, verdict.with_context(|| engine.to_string())?);
        println!(
            "{engine}: {} requests were under way at the signals; the longest stop took {} ms, one with a second \
             signal {} ms from that",
            stops.under_way,
            stops.longest.as_millis(),
            stops.longest_by_second.as_millis(),
        );
    }
    Ok(report.print())
}

async fn play(args: &Rounds, engine: Engine, seed: u64, stops: &mut Stops) -> Result<Verdict> {
    let target = &args.common.target;
    let home = premises::home(target)?;
    let database = Database::fresh(engine, home.path(), target.postgres.as_ref()).await?;
    let mut arena = Arena::new(&target.tiny, database, home.path(), seed);
    for round in 0..=args.rounds {
        let mut server = arena.start().await?;
        if round > 0 {
            arena.examine(&server).await?;
        }
        let stage = arena.stage(&server)?;
        let mut visitors = stage.fill(target.connections.into());
        let is_last = round == args.rounds;
        for number in 0..SLOW_VISITORS {
            let visitor = Visitor::new(Arc::clone(&stage), 1_000 + number);
            visitors.spawn(be_slow(visitor, Arc::clone(&stage), is_last));
        }
        let mut idle = Vec::new();
        for _ in 0..IDLE_CONNECTIONS {
            idle.push(Connection::open(server.address()).await?);
        }
        sleep(Duration::from_millis(Dice::of(seed, &[round]).between(500, 1_500))).await;
        let ended = if is_last {
            stop_twice(&mut server, &stage, stops).await
        } else {
            stop(&mut server, &stage, stops).await
        };
        if let Err(fault) = ended {
            arena.verdict.faults.add(format!("{fault:#}"));
        }
        drop(server);
        drop(idle);
        stage.end();
        timeout(LONGEST_STOP, visitors.join_all()).await.context("visitors who do not go")?;
        arena.verdict.rounds += 1;
    }
    let server = arena.start().await?;
    arena.examine(&server).await?;
    server.stop().await?;
    arena.close().await
}

async fn stop(server: &mut Server, stage: &Stage, stops: &mut Stops) -> Result<()> {
    stops.under_way += stage.note_stop();
    let began = Instant::now();
    server.signal(Signal::TERM)?;
    let status = server.ended_within(LONGEST_STOP).await?;
    stops.longest = stops.longest.max(began.elapsed());
    let status = status.context("it goes on 10 s after SIGTERM")?;
    anyhow::ensure!(status.success(), "it ended with {status}");
    Ok(())
}

/// Half a request keeps it from ending by itself.
async fn stop_twice(server: &mut Server, stage: &Stage, stops: &mut Stops) -> Result<()> {
    stage.note_stop();
    server.signal(Signal::TERM)?;
    if let Some(status) = server.ended_within(SECOND_HALF_AFTER).await? {
        anyhow::bail!("it did not wait for a request that was half sent, but ended with {status}");
    }
    let began = Instant::now();
    server.signal(Signal::TERM)?;
    let status = server.ended_within(NOW).await?;
    stops.longest_by_second = stops.longest_by_second.max(began.elapsed());
    status.context("it goes on 1 s after a second signal")?;
    Ok(())
}

/// Sends half a request before the signal and the rest after it, or never.
async fn be_slow(mut visitor: Visitor, stage: Arc<Stage>, is_half_for_ever: bool) {
    let Ok(mut connection) = Connection::open(stage.door.address).await else { return };
    if visitor.settle(&mut connection).await.is_err() {
        return;
    }
    let request = visitor.new_batch();
    stage.journal().sent(&request);
    let (first, second) = request.bytes.split_at(request.bytes.len() / 2);
    let is_sent = connection.send(first).await.is_ok();
    while !stage.is_stopping() {
        sleep(GLANCE).await;
    }
    if is_half_for_ever {
        sleep(LONGEST_STOP.min(NOW * 2)).await;
        return stage.journal().unanswered(request);
    }
    sleep(SECOND_HALF_AFTER).await;
    if !is_sent || connection.send(second).await.is_err() {
        let mut journal = stage.journal();
        journal.fault(
            "cut off in the middle of a request that had begun before the signal".to_owned(),
        );
        return journal.unanswered(request);
    }
    visitor.hear_owed(&mut connection, request).await;
}
