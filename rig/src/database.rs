//! A fresh database for each run, and what is in it afterwards.

use std::{
    fmt,
    ops::{AddAssign, Sub},
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions,
};
use url::Url;

use crate::process;

/// What stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Engine {
    /// One file.
    Sqlite,
    /// A server.
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// An empty database.
#[derive(Debug)]
pub enum Database {
    /// `tiny.db` in a folder of its own.
    Sqlite {
        /// As the server takes it.
        url: String,
    },
    /// A database of its own on a server.
    Postgres {
        /// As the server takes it.
        url: Url,
        /// Where databases are created and dropped.
        server: Url,
    },
}

/// Rows found, and what was only counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stored {
    /// Events.
    pub events: u64,
    /// Attempts that were answered 200.
    pub attempts: u64,
    /// Attempts that were refused.
    pub refused: u64,
    /// Requests of which no attempt was kept.
    pub counted: u64,
    /// Events that were there before, by the counts of the minutes.
    pub duplicates: u64,
}

impl Sub for Stored {
    type Output = Self;

    /// What came on top of `before`.
    fn sub(self, before: Self) -> Self {
        Self {
            events: self.events.saturating_sub(before.events),
            attempts: self.attempts.saturating_sub(before.attempts),
            refused: self.refused.saturating_sub(before.refused),
            counted: self.counted.saturating_sub(before.counted),
            duplicates: self.duplicates.saturating_sub(before.duplicates),
        }
    }
}

impl AddAssign for Stored {
    fn add_assign(&mut self, other: Self) {
        self.events += other.events;
        self.attempts += other.attempts;
        self.refused += other.refused;
        self.counted += other.counted;
        self.duplicates += other.duplicates;
    }
}

/// A statement for both engines.
const COUNT: &str = "SELECT (SELECT COUNT(*) FROM events),
    (SELECT COUNT(*) FROM attempts WHERE status = 200),
    (SELECT COUNT(*) FROM attempts WHERE status >= 400),
    (SELECT CAST(COALESCE(SUM(requests), 0) AS BIGINT) FROM attempt_counts),
    (SELECT CAST(COALESCE(SUM(duplicates), 0) AS BIGINT) FROM traffic)";

/// Several may stand side by side.
static MADE: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// An empty one: a file in `home`, or what `server` makes.
    pub async fn fresh(engine: Engine, home: &Path, server: Option<&Url>) -> Result<Self> {
        match (engine, server) {
            (Engine::Postgres, Some(server)) => Self::postgres(server).await,
            _ => Ok(Self::sqlite(home)),
        }
    }

    /// A file that the server makes.
    fn sqlite(folder: &Path) -> Self {
        Self::Sqlite { url: format!("sqlite:{}", folder.join("tiny.db").display()) }
    }

    /// A new database on `server`.
    async fn postgres(server: &Url) -> Result<Self> {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("tiny_rig_{}_{number}", std::process::id());
        let mut url = server.clone();
        url.set_path(&name);
        execute(server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        execute(server, format!("CREATE DATABASE {name}")).await?;
        Ok(Self::Postgres { url, server: server.clone() })
    }

    /// As the server takes it.
    #[must_use]
    pub fn url(&self) -> &str {
        match self {
            Self::Sqlite { url } => url,
            Self::Postgres { url, .. } => url.as_str(),
        }
    }

    /// Counts what is stored. For `SQLite` the server must have stopped.
    pub async fn count(&self) -> Result<Stored> {
        let rows: (i64, i64, i64, i64, i64) = match self {
            Self::Sqlite { url } => {
                let file = url.trim_start_matches("sqlite:");
                let options = SqliteConnectOptions::new().filename(file).read_only(true);
                let mut file = SqliteConnection::connect_with(&options).await?;
                sqlx::query_as(COUNT).fetch_one(&mut file).await?
            }
            Self::Postgres { url, .. } => {
                let mut server = PgConnection::connect(url.as_str()).await?;
                sqlx::query_as(COUNT).fetch_one(&mut server).await?
            }
        };
        let (events, attempts, refused, counted, duplicates) = rows;
        Ok(Stored {
            events: events.try_into()?,
            attempts: attempts.try_into()?,
            refused: refused.try_into()?,
            counted: counted.try_into()?,
            duplicates: duplicates.try_into()?,
        })
    }

    /// Does now what `PostgreSQL` would do by itself some time later, beside whatever is measured then.
    pub async fn tidy(&self) -> Result<()> {
        let Self::Postgres { url, .. } = self else { return Ok(()) };
        execute(url, "VACUUM (ANALYZE)".to_owned()).await
    }

    /// Drops it. A file goes with its folder.
    pub async fn remove(self) -> Result<()> {
        let Self::Postgres { url, server } = self else { return Ok(()) };
        execute(&server, format!("DROP DATABASE {} WITH (FORCE)", &url.path()[1..])).await
    }
}

/// The statement holds nothing but names made here.
async fn execute(server: &Url, statement: String) -> Result<()> {
    let mut server = PgConnection::connect(server.as_str()).await.context("PostgreSQL")?;
    sqlx::query(AssertSqlSafe(statement)).execute(&mut server).await?;
    Ok(())
}

/// A `PostgreSQL` server, as the report tells of it.
#[derive(Debug, Clone)]
pub struct PostgresServer {
    /// Version and what decides about durability.
    pub settings: String,
    /// Where its files are; only a superuser may ask.
    pub folder: Option<String>,
    /// Its first process, when it runs on this machine.
    pub postmaster: Option<u32>,
}

impl PostgresServer {
    /// Asks it.
    pub async fn ask(server: &Url) -> Result<Self> {
        const SETTINGS: &str = "SELECT current_setting('server_version'), current_setting('fsync'), \
            current_setting('synchronous_commit'), pg_backend_pid()";
        const FOLDER: &str = "SELECT current_setting('data_directory')";
        let mut server = PgConnection::connect(server.as_str()).await.context("PostgreSQL")?;
        let (version, fsync, commit, backend): (String, String, String, i32) =
            sqlx::query_as(SETTINGS).fetch_one(&mut server).await?;
        let folder = sqlx::query_scalar(FOLDER).fetch_one(&mut server).await.ok();
        Ok(Self {
            settings: format!("{version}, fsync {fsync}, synchronous_commit {commit}"),
            folder,
            postmaster: process::parent_if_both_are(backend.try_into()?, "postgres"),
        })
    }
}
