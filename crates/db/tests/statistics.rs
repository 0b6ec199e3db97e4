//! SQLite has no statistics of its tables: they would be those of another day.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is a red test")]

use db::{Db, Engine};
use sqlx::{Connection, SqliteConnection};
use testkit::{TestDb, run};

const ROW: &str = "INSERT INTO sessions (source_id, id, anonymous_id, started_at, last_seen_at)
    VALUES (zeroblob(16), randomblob(16), 'anon', 0, 0)";
const ANALYZE: &str = "ANALYZE";
const TABLES: &str =
    "SELECT COUNT(*) FROM sqlite_schema WHERE name LIKE 'sqlite\\_stat_' ESCAPE '\\'";
/// How the writer finds the sessions of a commit.
const PLAN: &str = "EXPLAIN QUERY PLAN SELECT source_id, id, anonymous_id FROM sessions
    WHERE (source_id, id) IN (VALUES ($1, $2), ($3, $4))";

/// Whether the writer would look up the sessions it wants, and read no others.
async fn looks_up(c: &mut SqliteConnection) -> bool {
    // A plan that was made before would be told again.
    let explain = sqlx::query_as(PLAN).persistent(false);
    let plan: Vec<(i64, i64, i64, String)> = explain.fetch_all(c).await.unwrap();
    plan.iter().any(|(.., step)| {
        step.starts_with("SEARCH sessions") && step.contains("(source_id=? AND id=?)")
    })
}

async fn writer_looks_up(db: &Db) -> bool {
    let mut tx = db.begin().await.unwrap();
    let Engine::Sqlite(c) = tx.conn().unwrap() else { unreachable!("a SQLite file") };
    looks_up(c).await
}

#[tokio::test]
async fn a_database_that_was_closed_while_it_was_small_has_none_and_looks_keys_up() {
    let database = TestDb::sqlite().await;
    run(&database.db(), ROW).await;
    database.db().close().await;

    let mut look = SqliteConnection::connect(database.url()).await.unwrap();
    let tables: i64 = sqlx::query_scalar(TABLES).fetch_one(&mut look).await.unwrap();
    assert_eq!(tables, 0);
    assert!(looks_up(&mut look).await);
    look.close().await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn statistics_of_before_go_with_the_next_start() {
    let database = TestDb::sqlite_of(10).await;
    let db = database.db();
    for statement in [ROW, ANALYZE] {
        run(&db, statement).await;
    }
    let mut look = SqliteConnection::connect(database.url()).await.unwrap();
    let harm = "the statistics do no harm, so this test shows nothing";
    assert!(!looks_up(&mut look).await && !writer_looks_up(&db).await, "{harm}");

    db::migrate(&db).await.unwrap();
    assert!(writer_looks_up(&db).await);
    // A statement that only explains does not notice that the schema is another; this one does.
    let tables: i64 = sqlx::query_scalar(TABLES).fetch_one(&mut look).await.unwrap();
    assert_eq!(tables, 0);
    assert!(looks_up(&mut look).await);
    look.close().await.unwrap();
    database.close().await;
}
