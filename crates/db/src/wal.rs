//! SQLite's write-ahead log, moved into its file beside those who commit.
//!
//! SQLite itself moves it within the commit that makes the log long, and until all that is synced nobody else commits.
//! Here a connection of its own moves it, again and again until little is left, and a handle of its own syncs the file.
//! Only the rest is moved in a turn on the writer's connection, where nothing can be added to it: then the log is all in
//! the file, and the next commit begins it anew.

use std::{fs::File, io, path::Path, sync::Arc, time::Duration};

use sqlx::{
    Sqlite, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use tokio::{task::spawn_blocking, time::sleep};

use crate::{Db, Engine, Result, engine::SqlitePools, lane::Lane};

/// Moves as much as nobody reads any more, and keeps nobody from committing.
pub const MOVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";
const LOOK: &str = "PRAGMA wal_checkpoint(NOOP)";

/// Pages in the log, and those of them that are in the file.
type Pages = (i64, i64);

/// So long after a commit it is looked how long the log is.
const PAUSE: Duration = Duration::from_millis(50);
/// So long after it could not be moved.
const PAUSE_AFTER_FAULT: Duration = Duration::from_secs(1);
/// A log with fewer pages than this waits: a page that is written often is moved once for many commits.
const FEWEST_PAGES: i64 = 4_096;
/// So many are moved in a turn of the writer's without keeping it.
const REST_PAGES: i64 = 256;
/// So often the log is moved before that, at most: what comes meanwhile is less each time.
const MOST_PASSES: u32 = 6;

/// What moves the log.
#[derive(Debug, Clone)]
pub struct Wal {
    mover: SqlitePool,
    /// Open as long as the connections are: closing any handle to a file gives up all locks of this process on it, SQLite's
    /// own among them (fcntl(2)).
    file: Arc<File>,
}

impl Wal {
    /// Of the database at `path`, which is there.
    pub fn of(path: &Path, options: SqliteConnectOptions) -> io::Result<Self> {
        let mover = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options);
        Ok(Self { mover, file: Arc::new(File::open(path)?) })
    }

    /// Closes the connection.
    pub async fn close(&self) {
        self.mover.close().await;
    }

    /// Moves the log, if it is long.
    async fn shorten(&self, writer: &Lane<Sqlite>) -> Result<()> {
        let (all, moved) = self.pages(LOOK).await?;
        if all - moved < FEWEST_PAGES {
            return Ok(());
        }
        let mut before = moved;
        for _ in 0..MOST_PASSES {
            let (all, moved) = self.pages(MOVE).await?;
            self.sync().await?;
            if moved < all {
                // Somebody still reads what the rest would be written over.
                return Ok(());
            }
            if moved - before <= REST_PAGES {
                break;
            }
            before = moved;
        }
        writer.move_log().await
    }

    async fn pages(&self, pragma: &'static str) -> Result<Pages> {
        let (_is_busy, all, moved): (i64, i64, i64) =
            sqlx::query_as(pragma).fetch_one(&self.mover).await?;
        Ok((all, moved))
    }

    async fn sync(&self) -> Result<()> {
        let file = Arc::clone(&self.file);
        let synced = spawn_blocking(move || file.sync_data()).await.map_err(io::Error::other);
        Ok(synced.flatten().map_err(sqlx::Error::Io)?)
    }
}

/// Keeps the log short for as long as it is polled. Ends at once where there is no log of ours, on PostgreSQL.
///
/// Whoever does without it leaves the log to SQLite, which moves it once it is much longer.
pub async fn keep_log_short(db: &Db) {
    let Engine::Sqlite(SqlitePools { write, wal, .. }) = db.pools() else { return };
    let mut is_well = true;
    loop {
        write.committed().await;
        sleep(PAUSE).await;
        match wal.shorten(write).await {
            Ok(()) => is_well = true,
            Err(error) => {
                if is_well {
                    tracing::warn!(cause = %error, "the log of the database cannot be moved into its file yet");
                }
                is_well = false;
                sleep(PAUSE_AFTER_FAULT).await;
            }
        }
    }
}
