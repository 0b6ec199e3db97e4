//! Opening a database by its address and bringing its schema up to date.

use std::{path::Path, time::Duration};

use sqlx::{
    Connection,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{Chance, Clock, Db, Engine, Error, Pools, Result, engine::SqlitePools};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How the database is reached.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Connections that may read at a time (SQLite), or connections in all (PostgreSQL).
    pub connections: u32,
}

/// How long a statement waits for a connection, and SQLite for its lock, before it is an error.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the database; the file and its folder are made when SQLite has none yet.
pub async fn open(settings: &Settings, clock: Clock, chance: Chance) -> Result<Db> {
    let pools = if let Some(path) = settings.url.strip_prefix("sqlite:") {
        open_sqlite(Path::new(path), settings.connections).await?
    } else if settings.url.starts_with("postgres://") || settings.url.starts_with("postgresql://") {
        open_postgres(&settings.url, settings.connections).await?
    } else {
        return Err(Error::Address(settings.url.chars().take_while(|c| *c != ':').collect()));
    };
    Ok(Db::new(pools, clock, chance))
}

async fn open_sqlite(path: &Path, readers: u32) -> Result<Pools> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|source| Error::Folder { folder: folder.display().to_string(), source })?;
    }
    // FULL, because an answer of success means the data is on disk: in WAL mode NORMAL would not sync a commit.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .optimize_on_close(true, None);
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        // When a commit fails on a full disk, SQLite has ended the transaction by itself and the driver still
        // counts it. Such a connection can begin no other: take a new one.
        .before_acquire(|connection, _| {
            Box::pin(async move { Ok(!connection.is_in_transaction()) })
        })
        .connect_with(options.clone())
        .await?;
    let read = SqlitePoolOptions::new()
        .max_connections(readers)
        .acquire_timeout(PATIENCE)
        .connect_with(options.read_only(true))
        .await?;
    Ok(Engine::Sqlite(SqlitePools { write, read }))
}

async fn open_postgres(url: &str, connections: u32) -> Result<Pools> {
    let options: PgConnectOptions = url.parse()?;
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .connect_with(options.application_name("tiny"))
        .await?;
    Ok(Engine::Postgres(pool))
}

/// Brings the schema up to date. PostgreSQL holds an advisory lock meanwhile, so several processes may start
/// at once. A schema newer than this binary is an error.
pub async fn migrate(db: &Db) -> Result<()> {
    match db.pools() {
        Engine::Sqlite(pools) => SQLITE_MIGRATIONS.run(&pools.write).await?,
        Engine::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await?,
    }
    Ok(())
}
