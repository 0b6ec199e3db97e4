//! Opening a database by its address and bringing its schema up to date.

use std::path::Path;

use sqlx::{
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    Chance, Clock, Db, Engine, Error, Pools, Result,
    engine::{PostgresPools, SqlitePools},
    lane::{Lane, PATIENCE},
    on_db,
    wal::Wal,
};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How the database is reached.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// Connections beside the writer's and the few that stand [`apart`](Db::apart): those that may read at a time
    /// (SQLite), or all others (PostgreSQL).
    pub connections: u32,
}

/// Connections that stand [`apart`](Db::apart); each is held for a statement or two.
const APART: u32 = 8;

/// The writer's page cache, in KiB (negative by SQLite's rule). Event ids are random, so a commit touches a page
/// of their index for each; with the default of 2 MB it spills and reads back what it has just written.
const WRITER_CACHE: &str = "-32768";
/// Pages in the log after which a commit also moves them into the file, and everybody waits for it: only where nobody
/// [keeps it short](crate::keep_log_short), or not fast enough.
const CHECKPOINT_PAGES: &str = "32768";

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
    // Nothing gathers statistics: those of a table that is all but empty let SQLite read all of it to find a key, also when
    // it is large later. Without any it prefers to look keys up.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE);
    let write = options
        .clone()
        .pragma("cache_size", WRITER_CACHE)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES);
    let write = Lane::new(write, "BEGIN IMMEDIATE");
    // The first turn makes the file, which the readers must find.
    write.begin().await?.commit().await?;
    let read = SqlitePoolOptions::new()
        .max_connections(readers)
        .acquire_timeout(PATIENCE)
        .connect_with(options.clone().read_only(true))
        .await?;
    let apart = SqlitePoolOptions::new().max_connections(APART).acquire_timeout(PATIENCE);
    let apart = apart.connect_lazy_with(options.clone().read_only(true));
    let wal = Wal::of(path, options);
    Ok(Engine::Sqlite(SqlitePools { write, read, apart, wal }))
}

async fn open_postgres(url: &str, connections: u32) -> Result<Pools> {
    let options: PgConnectOptions = url.parse()?;
    let options = options.application_name("tiny");
    let lane = Lane::new(options.clone(), "BEGIN");
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .connect_with(options.clone())
        .await?;
    let apart = PgPoolOptions::new().max_connections(APART).acquire_timeout(PATIENCE);
    let apart = apart.connect_lazy_with(options);
    Ok(Engine::Postgres(PostgresPools { lane, pool, apart }))
}

const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success";

/// Whether the schema has all that this binary knows of. It may have more: another process may be newer.
pub async fn is_migrated(db: &Db) -> Result<bool> {
    let ours = match db.pools() {
        Engine::Sqlite(_) => &SQLITE_MIGRATIONS,
        Engine::Postgres(_) => &POSTGRES_MIGRATIONS,
    };
    let applied: Vec<(i64,)> = on_db!(db.read(), c => sqlx::query_as(APPLIED).fetch_all(c).await)?;
    Ok(ours.iter().all(|step| applied.contains(&(step.version,))))
}

/// Brings the schema up to date. PostgreSQL holds an advisory lock meanwhile, so several processes may start
/// at once. A schema newer than this binary is an error.
pub async fn migrate(db: &Db) -> Result<()> {
    match db.pools() {
        Engine::Sqlite(pools) => pools.write.migrate(&SQLITE_MIGRATIONS).await?,
        Engine::Postgres(pools) => POSTGRES_MIGRATIONS.run(&pools.pool).await?,
    }
    Ok(())
}
