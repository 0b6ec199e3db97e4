//! SQLite's log is moved into the file beside those who commit.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is a red test")]

use std::time::Duration;

use db::{Db, Engine};
use sqlx::{Connection, SqliteConnection};
use testkit::TestDb;
use tokio::time::{sleep, timeout};

const TABLE: &str = "CREATE TABLE filled (page BLOB NOT NULL)";
const FILL: &str = "INSERT INTO filled (page) VALUES (zeroblob(1000000))";
const LOOK: &str = "PRAGMA wal_checkpoint(NOOP)";
const PATIENCE: Duration = Duration::from_secs(20);

async fn run(db: &Db, statement: &'static str) {
    let mut tx = db.begin().await.unwrap();
    let Engine::Sqlite(c) = tx.conn().unwrap() else { unreachable!("a SQLite file") };
    sqlx::query(statement).execute(c).await.unwrap();
    tx.commit().await.unwrap();
}

/// Pages in the log, and those of them that are in the file.
async fn pages(look: &mut SqliteConnection) -> (i64, i64) {
    let (_, all, moved): (i64, i64, i64) = sqlx::query_as(LOOK).fetch_one(look).await.unwrap();
    (all, moved)
}

#[tokio::test]
async fn a_long_log_is_moved_into_the_file_and_the_next_commit_begins_it_anew() {
    let database = TestDb::sqlite().await;
    let db = database.db();
    let mut look = SqliteConnection::connect(database.url()).await.unwrap();
    run(&db, TABLE).await;
    for _ in 0..40 {
        run(&db, FILL).await;
    }
    let (all, moved) = pages(&mut look).await;
    assert!(all > 9_000 && moved == 0, "{moved} of {all} pages are moved before anybody keeps it");

    let keeper = tokio::spawn({
        let db = db.clone();
        async move { db::keep_log_short(&db).await }
    });
    let is_moved = async {
        while pages(&mut look).await != (all, all) {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, is_moved).await.unwrap();
    run(&db, FILL).await;
    let (all, _) = pages(&mut look).await;
    assert!(all < 1_000, "{all} pages are in the log, so it was not begun anew");
    keeper.abort();
    database.close().await;
}

#[tokio::test]
async fn what_somebody_still_reads_is_not_written_over() {
    let database = TestDb::sqlite().await;
    let db = database.db();
    run(&db, TABLE).await;
    run(&db, FILL).await;
    let mut reader = SqliteConnection::connect(database.url()).await.unwrap();
    let mut reading = reader.begin().await.unwrap();
    let count = "SELECT COUNT(*) FROM filled";
    let seen = async |c: &mut SqliteConnection| -> i64 {
        sqlx::query_scalar(count).fetch_one(c).await.unwrap()
    };
    assert_eq!(seen(&mut reading).await, 1);

    let keeper = tokio::spawn({
        let db = db.clone();
        async move { db::keep_log_short(&db).await }
    });
    for _ in 0..40 {
        run(&db, FILL).await;
    }
    assert_eq!(seen(&mut reading).await, 1);
    reading.rollback().await.unwrap();
    // Nobody is in the way any more, and the next commit lets it be looked at again.
    let is_moved = async {
        loop {
            run(&db, FILL).await;
            sleep(Duration::from_millis(100)).await;
            let (all, moved) = pages(&mut reader).await;
            if all - moved < 1_000 {
                return;
            }
        }
    };
    timeout(PATIENCE, is_moved).await.unwrap();
    assert!(seen(&mut reader).await > 41);
    keeper.abort();
    database.close().await;
}
