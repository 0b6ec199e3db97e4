//! Fresh databases.

use std::path::Path;

use db::{Chance, Clock, Db, Engine, Settings, on_db};
use model::UnixMs;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection, migrate::Migrator};
use tempfile::TempDir;

/// When every test begins: 2026-04-10T13:45:00Z, the moment of the documentation's examples.
pub const START: UnixMs = UnixMs(1_775_828_700_000);

/// A database that is gone when the test is over.
#[derive(Debug)]
pub struct TestDb {
    db: Db,
    url: String,
    home: Home,
}

#[derive(Debug)]
enum Home {
    Folder { _folder: TempDir },
    Server { url: String, name: String },
}

impl TestDb {
    /// A fresh SQLite file.
    pub async fn sqlite() -> Self {
        let fresh = Self::empty_sqlite().await;
        db::migrate(&fresh.db).await.expect("the test database migrates");
        fresh
    }

    /// A SQLite file as a binary left it that knew migrations up to this one.
    pub async fn sqlite_of(version: i64) -> Self {
        let fresh = Self::empty_sqlite().await;
        let mut connection = SqliteConnection::connect(&fresh.url).await.expect("the file opens");
        let steps = migrations("sqlite").await;
        steps.run_to(version, &mut connection).await.expect("the test database migrates");
        connection.close().await.expect("the file closes");
        fresh
    }

    async fn empty_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("tiny.db").display());
        Self { db: open(&url).await, url, home: Home::Folder { _folder: folder } }
    }

    /// A fresh PostgreSQL database.
    pub async fn postgres() -> Self {
        let fresh = Self::empty_postgres().await;
        db::migrate(&fresh.db).await.expect("the test database migrates");
        fresh
    }

    /// A PostgreSQL database as a binary left it that knew migrations up to this one.
    pub async fn postgres_of(version: i64) -> Self {
        let fresh = Self::empty_postgres().await;
        let mut connection = PgConnection::connect(&fresh.url).await.expect("the database opens");
        let steps = migrations("postgres").await;
        steps.run_to(version, &mut connection).await.expect("the test database migrates");
        fresh
    }

    async fn empty_postgres() -> Self {
        let server_url = server_url();
        let name = format!("tiny_{}", Chance::system().hex::<12>());
        let mut server =
            PgConnection::connect(&server_url).await.expect("the test PostgreSQL answers");
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&mut server)
            .await
            .expect("a new database");
        let (address, _) = server_url.rsplit_once('/').expect("an address that ends in a database");
        let url = format!("{address}/{name}");
        Self { db: open(&url).await, url, home: Home::Server { url: server_url, name } }
    }

    /// A copy of this SQLite file as it is now, with a clock that stands where this one's does.
    pub async fn copied(&self) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("tiny.db");
        let url = format!("sqlite:{}", path.display());
        let Engine::Sqlite(read) = self.db.read() else { panic!("only SQLite files are copied") };
        sqlx::query("VACUUM INTO $1")
            .bind(path.display().to_string())
            .execute(read)
            .await
            .expect("a copy");
        let settings = Settings { url: url.clone(), connections: 4 };
        let clock = Clock::standing_at(self.db.now());
        let db = db::open(&settings, clock, Chance::system()).await.expect("the copy opens");
        Self { db, url, home: Home::Folder { _folder: folder } }
    }

    /// The same database as another process has it: by connections of its own, and nothing else in common but the clock.
    pub async fn elsewhere(&self) -> Db {
        let settings = Settings { url: self.url.clone(), connections: 4 };
        let opened = db::open(&settings, self.db.clock().clone(), Chance::system()).await;
        opened.expect("the test database opens once more")
    }

    /// Its address, as `TINY_DATABASE_URL` names it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether it is one that several processes may serve.
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        matches!(self.home, Home::Server { .. })
    }

    /// A handle on it.
    #[must_use]
    pub fn db(&self) -> Db {
        self.db.clone()
    }

    /// Closes and removes it. A test that fails leaves its PostgreSQL database to the throw-away server.
    pub async fn close(self) {
        self.db.close().await;
        if let Home::Server { url, name } = self.home {
            let mut server =
                PgConnection::connect(&url).await.expect("the test PostgreSQL answers");
            sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)")))
                .execute(&mut server)
                .await
                .expect("the test's own database goes");
        }
    }
}

/// Runs one statement on the writer's connection and commits it.
pub async fn run(db: &Db, statement: &'static str) {
    let mut tx = db.begin().await.expect("a turn");
    on_db!(tx.conn().expect("a connection"), c => sqlx::query(statement).execute(c).await.map(drop))
        .expect("the statement runs");
    tx.commit().await.expect("it is committed");
}

async fn open(url: &str) -> Db {
    let settings = Settings { url: url.to_owned(), connections: 4 };
    db::open(&settings, Clock::standing_at(START), Chance::system())
        .await
        .expect("the test database opens")
}

/// All migrations of an engine.
async fn migrations(engine: &str) -> Migrator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(engine);
    Migrator::new(folder).await.expect("the migrations are there")
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration but this address")]
fn server_url() -> String {
    std::env::var("TINY_TEST_POSTGRES_URL").expect(
        "TINY_TEST_POSTGRES_URL names no PostgreSQL: run `cargo xtask test`, which starts one, \
         or set it to postgres://user@host:port/database",
    )
}
