//! `PostgreSQL` is stopped and started again, or ends the server's connections.

use std::time::Duration;

use anyhow::{Context, Result};
use rig::{
    database::{Database, Engine},
    premises,
    process::Signal,
};
use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep, sleep_until};

use super::{Bout, LOAD, close, kill_and_examine};
use crate::{arena::Arena, args::Faults, cluster::Cluster, log, report::Report};

/// How often the server's connections are ended, and how long is between.
const ENDS: u32 = 10;
const BETWEEN_ENDS: Duration = Duration::from_millis(200);
/// Longer than a request waits for its turn and for its commit.
const FROZEN: Duration = Duration::from_secs(20);
/// All connections but the one that asks.
const END_ALL: &str = "SELECT COUNT(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS ended";

/// It is stopped at once, stays away for a while, and is started again.
pub async fn stopped(args: &Faults, seed: u64, report: &mut Report) -> Result<()> {
    let target = &args.common.target;
    let home = premises::home(target)?;
    let mut cluster = own(args, home.path()).await?;
    let database = Database::fresh(Engine::Postgres, home.path(), Some(cluster.url())).await?;
    let mut arena = Arena::new(&target.tiny, database, home.path(), seed);
    arena.expected_log = log::STORAGE_FAILS;
    let went = stop_and_start(args, &mut arena, &mut cluster).await;
    report.add(Engine::Postgres, close(arena, "PostgreSQL: stopped and started", went).await?);
    Ok(())
}

/// It hangs: its connections stay open, but nothing is answered until it goes on.
pub async fn frozen(args: &Faults, seed: u64, report: &mut Report) -> Result<()> {
    let target = &args.common.target;
    let home = premises::home(target)?;
    let cluster = own(args, home.path()).await?;
    let database = Database::fresh(Engine::Postgres, home.path(), Some(cluster.url())).await?;
    let mut arena = Arena::new(&target.tiny, database, home.path(), seed);
    arena.expected_log = log::STORAGE_FAILS;
    let went = freeze(args, &mut arena, &cluster).await;
    report.add(Engine::Postgres, close(arena, "PostgreSQL: frozen", went).await?);
    Ok(())
}

async fn freeze(args: &Faults, arena: &mut Arena<'_>, cluster: &Cluster) -> Result<String> {
    let server = arena.start().await?;
    let bout = Bout::begin(args, arena, &server).await?;
    let goes_on_at = Instant::now() + FROZEN;
    cluster.signal_all(Signal::STOP)?;
    let refused = bout.wait_for_refusals().await;
    sleep_until(goes_on_at).await;
    // Before anything else, or there would be nothing to compare with.
    cluster.signal_all(Signal::CONT)?;
    let back = bout.wait_for_recovery().await?;
    bout.end().await;
    arena.examine(&server).await?;
    kill_and_examine(arena, server).await?;
    let refused = refused?;
    Ok(format!(
        "the first 503 came after {} ms, events were stored {} ms after it went on",
        refused.as_millis(),
        back.as_millis()
    ))
}

async fn own(args: &Faults, home: &std::path::Path) -> Result<Cluster> {
    let mut cluster = Cluster::make(args.common.postgres_bin.as_deref(), home, home)?;
    cluster.start(&[]).await?;
    Ok(cluster)
}

async fn stop_and_start(
    args: &Faults,
    arena: &mut Arena<'_>,
    cluster: &mut Cluster,
) -> Result<String> {
    let server = arena.start().await?;
    let bout = Bout::begin(args, arena, &server).await?;
    cluster.stop(Signal::QUIT).await?;
    let refused = bout.wait_for_refusals().await;
    sleep(LOAD).await;
    // Before anything else, or there would be nothing to compare with.
    cluster.start(&[]).await?;
    let refused = refused?;
    let back = bout.wait_for_recovery().await?;
    bout.end().await;
    arena.examine(&server).await?;
    kill_and_examine(arena, server).await?;
    Ok(format!(
        "the first 503 came after {} ms, events were stored {} ms after it was back",
        refused.as_millis(),
        back.as_millis()
    ))
}

/// It runs, but ends the server's connections again and again.
pub async fn killed_backends(args: &Faults, seed: u64, report: &mut Report) -> Result<()> {
    let target = &args.common.target;
    let home = premises::home(target)?;
    let cluster = own(args, home.path()).await?;
    let database = Database::fresh(Engine::Postgres, home.path(), Some(cluster.url())).await?;
    let mut arena = Arena::new(&target.tiny, database, home.path(), seed);
    arena.expected_log = log::STORAGE_FAILS;
    let went = end_connections(args, &mut arena, &cluster).await;
    report.add(Engine::Postgres, close(arena, "PostgreSQL: ended connections", went).await?);
    Ok(())
}

async fn end_connections(
    args: &Faults,
    arena: &mut Arena<'_>,
    cluster: &Cluster,
) -> Result<String> {
    let server = arena.start().await?;
    let bout = Bout::begin(args, arena, &server).await?;
    let mut admin = PgConnection::connect(cluster.url().as_str()).await.context("PostgreSQL")?;
    let mut ended = 0;
    for _ in 0..ENDS {
        ended += sqlx::query_scalar::<_, i64>(END_ALL).fetch_one(&mut admin).await?;
        sleep(BETWEEN_ENDS).await;
    }
    let back = bout.wait_for_recovery().await?;
    bout.end().await;
    arena.examine(&server).await?;
    kill_and_examine(arena, server).await?;
    Ok(format!("{ended} were ended; events were stored {} ms after the last", back.as_millis()))
}
