//! SQLite's write-ahead log, moved into its file beside those who commit.
//!
//! SQLite itself moves it within the commit that makes the log long, and until all that is synced nobody else commits.
//! Here a connection of its own moves it, a little at a time, and a handle of its own syncs the file: what is synced at
//! once is what a commit's own sync may have to wait for. When the log is long, it is moved until little is left, and the
//! rest in a turn on the writer's connection, where nothing can be added to it: then the log is all in the file, and the
//! next commit begins it anew.
//!
//! Invariant: nothing is taken for moved that is not synced. SQLite counts as moved what a pass has copied, also when it
//! did not get to the end and so did not sync; when our own sync after it fails, only a new process, which reads the log
//! from its beginning, copies that again.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    pin::pin,
    time::Duration,
};

use futures_util::future::{Either, select};
use sqlx::{
    Sqlite, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use tokio::{task::spawn_blocking, time::sleep};

use crate::{Db, Engine, Result, engine::SqlitePools, lane::Lane};

/// Moves as much as nobody reads any more, and keeps nobody from committing.
pub const MOVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";
const LOOK: &str = "PRAGMA wal_checkpoint(NOOP)";

/// So long after a commit somebody looks how long the log is.
const PAUSE: Duration = Duration::from_millis(25);
/// So long after it could not be moved.
const PAUSE_AFTER_FAULT: Duration = Duration::from_secs(1);
/// Fewer pages than this wait to be moved: a page that is written often is then moved once for many commits.
const FEWEST_PAGES: i64 = 1_024;
/// A log with so many is begun anew.
const LONG_PAGES: i64 = 8_192;
/// So many are moved in a turn of the writer's without keeping it.
const REST_PAGES: i64 = 256;
/// So often the log is moved before that, at most: what comes meanwhile is less each time, unless the disk cannot follow.
const MOST_PASSES: u32 = 6;

/// The connection that moves the log, and where the file is.
#[derive(Debug, Clone)]
pub struct Wal {
    mover: SqlitePool,
    path: PathBuf,
}

/// Pages in the log, and those of them that are in the file.
#[derive(Debug, Clone, Copy)]
struct Pages {
    all: i64,
    moved: i64,
}

impl Pages {
    const fn left(self) -> i64 {
        self.all - self.moved
    }
}

/// Why the log was not moved.
enum Fault {
    /// It may be tried again.
    Move(crate::Error),
    /// See the invariant.
    Sync(io::Error),
}

impl From<crate::Error> for Fault {
    fn from(error: crate::Error) -> Self {
        Self::Move(error)
    }
}

impl Wal {
    /// Of the database at `path`.
    pub fn of(path: &Path, options: SqliteConnectOptions) -> Self {
        let mover = SqlitePoolOptions::new().max_connections(1);
        let mover = mover.idle_timeout(None).max_lifetime(None).connect_lazy_with(options);
        Self { mover, path: path.to_path_buf() }
    }

    /// Closes the connection.
    pub async fn close(&self) {
        self.mover.close().await;
    }

    /// Moves the log, if it is long; whether any of it was moved.
    async fn shorten(&self, file: &'static File, writer: &Lane<Sqlite>) -> Result<bool, Fault> {
        let Some(pages) = self.pass(LOOK).await? else { return Ok(false) };
        if pages.left() < FEWEST_PAGES {
            return Ok(false);
        }
        let mut before = pages.moved;
        for _ in 0..MOST_PASSES {
            let Some(pages) = self.pass(MOVE).await? else { return Ok(false) };
            sync(file).await.map_err(Fault::Sync)?;
            // If it is not short, somebody still reads what the rest would be written over.
            if pages.left() > REST_PAGES || pages.all < LONG_PAGES {
                break;
            }
            if pages.moved - before <= REST_PAGES {
                writer.move_log().await?;
                break;
            }
            before = pages.moved;
        }
        Ok(true)
    }

    /// None when somebody else is at the log.
    async fn pass(&self, pragma: &'static str) -> Result<Option<Pages>> {
        let (is_busy, all, moved): (i64, i64, i64) =
            sqlx::query_as(pragma).fetch_one(&self.mover).await?;
        Ok((is_busy == 0).then_some(Pages { all, moved }))
    }
}

async fn sync(file: &'static File) -> io::Result<()> {
    spawn_blocking(|| file.sync_data()).await.map_err(io::Error::other)?
}

/// Keeps the log short until `stop`; then it ends after what it is at. Ends at once where there is no log of ours, on
/// PostgreSQL. Whoever does without it leaves the log to SQLite, which moves it once it is much longer. For one task of a
/// process.
///
/// # Errors
///
/// When the file cannot be synced. Then the process must end without closing the database: the log holds all that was
/// committed, but those who have it open take a part of it for moved.
pub async fn keep_log_short(db: &Db, stop: impl Future<Output = ()>) -> Result<()> {
    let Engine::Sqlite(SqlitePools { write, wal, .. }) = db.pools() else { return Ok(()) };
    // For as long as the process lives: closing any handle to a file gives up all locks of the process on it, SQLite's own
    // among them (fcntl(2)).
    let file: &'static File = Box::leak(Box::new(File::open(&wal.path).map_err(sqlx::Error::Io)?));
    let mut stop = pin!(stop);
    let mut is_well = true;
    loop {
        let pause = if is_well { PAUSE } else { PAUSE_AFTER_FAULT };
        let committed = pin!(async {
            write.committed().await;
            sleep(pause).await;
        });
        if let Either::Left(_) = select(stop.as_mut(), committed).await {
            return Ok(());
        }
        match wal.shorten(file, write).await {
            Ok(is_moved) => is_well |= is_moved,
            Err(Fault::Sync(error)) => return Err(sqlx::Error::Io(error).into()),
            Err(Fault::Move(error)) => {
                if is_well {
                    tracing::warn!(cause = %error, "the log of the database cannot be moved into its file yet");
                }
                is_well = false;
            }
        }
    }
}
