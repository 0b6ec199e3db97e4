//! Word to the other processes that something has changed, so that they drop what they remember of it.
//!
//! On PostgreSQL only, since nobody else serves a SQLite file. A word may be lost: with a connection that breaks, or in
//! a pooler that knows no LISTEN. So nothing may depend on it, and what is remembered must also end by itself.

use std::time::Duration;

use sqlx::{
    PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use tokio::time::{sleep, timeout};

use crate::{Db, Engine, Result, Tx, lane::PATIENCE};

const NOTIFY: &str = "SELECT pg_notify($1, '')";
const NOTHING: &str = "SELECT 1";

/// After so much silence the connection is tried: it may be dead at the other end only.
const SILENCE: Duration = Duration::from_secs(30);
/// Between two tries to listen: at first, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Lets those who listen on `channel` know, once `tx` is committed. Never in a commit of ingest: those that tell
/// something commit one after the other, in the whole database server.
pub async fn notify(tx: &mut Tx, channel: &'static str) -> Result<()> {
    if let Engine::Postgres(c) = tx.conn()? {
        sqlx::query(NOTIFY).bind(channel).execute(c).await?;
    }
    Ok(())
}

/// Calls `heard` after each word on one of `channels`, and each time that listening begins, as there may have been words
/// before. Listens for ever, by a connection of its own; ends at once where there is nobody to hear.
pub async fn listen(db: &Db, channels: &[&'static str], mut heard: impl FnMut() + Send) {
    let Engine::Postgres(pools) = db.pools() else { return };
    let (shortest, longest) = PAUSES;
    let (mut pause, mut is_listening) = (shortest, true);
    loop {
        let began = || {
            if !is_listening {
                tracing::info!("changes that other processes make are heard again");
            }
            (pause, is_listening) = (shortest, true);
        };
        let ended = follow(&pools.pool, channels, began, &mut heard).await;
        if let Err(error) = ended
            && is_listening
        {
            tracing::warn!(
                cause = %error,
                "changes that other processes make are not heard; they hold within a second all the same"
            );
        }
        is_listening = false;
        sleep(pause).await;
        pause = (pause * 2).min(longest);
    }
}

/// Listens until the connection is lost.
async fn follow(
    pool: &PgPool,
    channels: &[&'static str],
    began: impl FnOnce() + Send,
    heard: &mut (impl FnMut() + Send),
) -> Result<()> {
    let own = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
    let own = own.acquire_timeout(PATIENCE).connect_with((*pool.connect_options()).clone()).await?;
    let mut listener = PgListener::connect_with(&own).await?;
    listener.eager_reconnect(false);
    listener.listen_all(channels.iter().copied()).await?;
    began();
    heard();
    loop {
        match timeout(SILENCE, listener.try_recv()).await {
            Ok(Ok(Some(_))) => heard(),
            Ok(Ok(None)) => return Err(sqlx::Error::PoolClosed.into()),
            Ok(Err(error)) => return Err(error.into()),
            Err(_) => {
                let tried = timeout(PATIENCE, sqlx::query(NOTHING).execute(&mut listener)).await;
                tried.map_err(|_| sqlx::Error::PoolTimedOut)??;
            }
        }
    }
}
