//! Running: open the database, listen, and stop without losing anything.

use std::{sync::Arc, time::Duration};

use accounts::Mailer;
use anyhow::Context;
use billing::Billing;
use db::{Chance, Clock, Db, Settings};
use ingest::{Ingest, Writer, WriterSettings};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use web::Services;

use crate::{
    accept::{self, Limits},
    alone::Alone,
    config::{Config, ShopSettings},
    health::Health,
    keeper, router,
};

/// Connections beside the writer's and those of the gate: those that read (SQLite), or all others (PostgreSQL).
const CONNECTIONS: u32 = 16;
/// After this long a stop does not wait any more.
const PATIENCE: Duration = Duration::from_secs(10);
/// Of that, so much is for requests under way.
const CONNECTIONS_PATIENCE: Duration = Duration::from_secs(7);

/// Opens the database and brings its schema up to date.
///
/// # Errors
///
/// When it cannot be opened, or is newer than this binary.
pub async fn open_database(config: &Config, clock: Clock) -> anyhow::Result<Db> {
    let settings = Settings { url: config.database_url.clone(), connections: CONNECTIONS };
    let db = db::open(&settings, clock, Chance::system())
        .await
        .context("the database cannot be opened")?;
    db::migrate(&db).await.context("the database's schema cannot be brought up to date")?;
    // Without its day an attempt lies in the last partition, so nobody has to wait for this.
    if let Err(error) = attempts::make_partitions(&db).await {
        tracing::warn!(cause = %error, "the days of attempts were not made; the hourly work tries again");
    }
    Ok(db)
}

/// Serves until told to stop.
///
/// # Errors
///
/// When the database or the address cannot be had, or another process serves the same SQLite file.
pub async fn run(config: &Config) -> anyhow::Result<Stopped> {
    let _alone = Alone::at(&config.database_url)?;
    let db = open_database(config, Clock::system()).await?;
    let (tasks, stop_tasks) = (TaskTracker::new(), CancellationToken::new());
    let settings = WriterSettings {
        attempts_per_minute: config.attempts_per_minute,
        ..WriterSettings::default()
    };
    let writer = Writer::start(db.clone(), settings, &tasks, stop_tasks.clone())?;
    let mailer = mailer(config, &tasks, &stop_tasks)?;
    let listener = TcpListener::bind(config.addr)
        .await
        .with_context(|| format!("{} cannot be listened on", config.addr))?;
    let addr = listener.local_addr()?;
    let base_url = config.base_url(addr);
    let billing = billing(config, &db, &base_url)?;
    let services = Services::new(db.clone(), config.instance(base_url))
        .with_mailer(mailer)
        .with_retention(config.retention)
        .with_tasks(tasks.clone())
        .with_billing(billing.clone());
    tasks.spawn(billing::work(billing, stop_tasks.clone()));
    keeper::start(services.clone(), &tasks, stop_tasks.clone());
    hear_changes(services.clone(), &tasks, stop_tasks.clone());
    let unsynced = keep_log_short(db.clone(), &tasks, stop_tasks.clone());
    tasks.close();
    let base_url = &services.instance.base_url;
    let ingest = Ingest::new(&db, services.sources.clone(), writer.clone(), base_url);
    let (draining, limits) = (CancellationToken::new(), Limits::of_this_process());
    let health = Health::new(&db, writer, draining.clone());
    let app = router::app(services, ingest, health, Arc::from(config.trusted_proxies.clone()));
    tracing::info!("listening on http://{addr}");
    let mut server = tokio::spawn(accept::serve(listener, app, limits, draining.clone()));
    // Whatever the reason is, what was answered or is under way must not be lost by it.
    let fault = tokio::select! {
        told = told_to_stop() => told.err(),
        ended = &mut server => Some(ended.err().map_or_else(ended_by_itself, anyhow::Error::from)),
        () = unsynced.cancelled() => return Ok(Stopped::Early),
    };
    tracing::info!("stopping: no new connections, finishing what is under way");
    draining.cancel();
    // Once connections are done, what they handed to the writer must reach the disk before the end, and what they handed
    // to the mailer has what is left of the time.
    let finish = async {
        if !server.is_finished() && timeout(CONNECTIONS_PATIENCE, server).await.is_err() {
            tracing::warn!("stopped waiting for open connections");
        }
        stop_tasks.cancel();
        tasks.wait().await;
        db.close().await;
    };
    tokio::select! {
        finished = timeout(PATIENCE, finish) => {
            if let Some(fault) = fault {
                return Err(fault);
            }
            if finished.is_ok() {
                return Ok(Stopped::Well);
            }
            tracing::warn!("stopped waiting for what is under way");
            Ok(Stopped::Early)
        }
        told = told_to_stop() => told.map(|()| Stopped::Early),
        () = unsynced.cancelled() => Ok(Stopped::Early),
    }
}

fn ended_by_itself() -> anyhow::Error {
    anyhow::anyhow!("the server ended by itself")
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// All that was under way is done.
    Well,
    /// It was told twice, something took too long, or the database's file cannot be synced. What was answered is on disk
    /// all the same, and nothing that is open may be closed.
    Early,
}

fn hear_changes(services: Services, tasks: &TaskTracker, stop: CancellationToken) {
    tasks.spawn(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = services.hear_changes() => {}
        }
    });
}

/// The token is cancelled when the process must end at once, without closing the database.
fn keep_log_short(db: Db, tasks: &TaskTracker, stop: CancellationToken) -> CancellationToken {
    let unsynced = CancellationToken::new();
    tasks.spawn({
        let unsynced = unsynced.clone();
        async move {
            if let Err(error) = db::keep_log_short(&db, stop.cancelled()).await {
                tracing::error!(
                    cause = %error,
                    "the file of the database cannot be synced; ending, since only the next start can move its log again"
                );
                unsynced.cancel();
            }
        }
    });
    unsynced
}

fn billing(config: &Config, db: &Db, base_url: &str) -> anyhow::Result<Billing> {
    let Some(ShopSettings { stripe, plans }) = &config.shop else {
        return Ok(Billing::off(db.clone()));
    };
    Billing::new(db.clone(), stripe, plans.clone(), base_url)
        .map_err(|fault| anyhow::anyhow!("Stripe cannot be used: {fault}"))
}

fn mailer(
    config: &Config,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> anyhow::Result<Mailer> {
    let Some(settings) = &config.mail else { return Ok(Mailer::off()) };
    Ok(Mailer::smtp(settings, Clock::system(), Chance::system(), tasks, stop.clone())?)
}

async fn told_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
