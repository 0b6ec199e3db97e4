//! A fresh database for each run, and what is in it afterwards.

use std::{fmt, path::Path};

use anyhow::{Context, Result};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions,
};
use url::Url;

use crate::process;

/// What stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Rows found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Events.
    pub events: u64,
    /// Attempts that were answered 200.
    pub attempts: u64,
}

/// A statement for both engines.
const COUNT: &str = "SELECT (SELECT COUNT(*) FROM events), \
    (SELECT COUNT(*) FROM attempts WHERE status = 200)";

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
        let name = format!("tiny_rig_{}", std::process::id());
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
        let (events, attempts): (i64, i64) = match self {
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
        Ok(Stored { events: events.try_into()?, attempts: attempts.try_into()? })
    }

    /// Drops it. A file goes with its folder.
    pub async fn remove(self) -> Result<()> {
        let Self::Postgres { url, server } = self else { return Ok(()) };
        execute(&server, format!("DROP DATABASE {} WITH (FORCE)", &url.path()[1..])).await
    }
}

/// The statement holds nothing but a name made here.
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
