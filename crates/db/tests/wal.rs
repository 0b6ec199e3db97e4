//! SQLite's log is moved into the file beside those who commit.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is a red test")]

use std::time::Duration;

use db::Db;
use sqlx::{Connection, SqliteConnection};
use testkit::{TestDb, run};
use tokio::{
    sync::oneshot,
    task::JoinHandle,
    time::{sleep, timeout},
};

const TABLE: &str = "CREATE TABLE filled (page BLOB NOT NULL)";
/// 245 pages.
const FILL: &str = "INSERT INTO filled (page) VALUES (zeroblob(1000000))";
const COUNT: &str = "SELECT COUNT(*) FROM filled";
const LOOK: &str = "PRAGMA wal_checkpoint(NOOP)";
/// So many pages in the log, and SQLite moves them within a commit.
const MOVED_BY_COMMIT: i64 = 32_768;
const PATIENCE: Duration = Duration::from_secs(30);

/// Pages in the log, and those of them that are in the file.
async fn pages(look: &mut SqliteConnection) -> (i64, i64) {
    let (_, all, moved): (i64, i64, i64) = sqlx::query_as(LOOK).fetch_one(look).await.unwrap();
    (all, moved)
}

async fn count(c: &mut SqliteConnection) -> i64 {
    sqlx::query_scalar(COUNT).fetch_one(c).await.unwrap()
}

struct Keeper(oneshot::Sender<()>, JoinHandle<db::Result<()>>);

impl Keeper {
    fn of(db: &Db) -> Self {
        let (stop, stopped) = oneshot::channel();
        let db = db.clone();
        let stopped = async move { drop(stopped.await) };
        Self(stop, tokio::spawn(async move { db::keep_log_short(&db, stopped).await }))
    }

    async fn stop(self) {
        self.0.send(()).unwrap();
        self.1.await.unwrap().unwrap();
    }
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

    let keeper = Keeper::of(&db);
    let is_moved = async {
        while pages(&mut look).await != (all, all) {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, is_moved).await.unwrap();
    run(&db, FILL).await;
    let (all, _) = pages(&mut look).await;
    assert!(all < 1_000, "{all} pages are in the log, so it was not begun anew");
    keeper.stop().await;
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_never_rests_is_begun_anew_before_a_commit_would_have_to_move_it() {
    let database = TestDb::sqlite().await;
    let db = database.db();
    let mut look = SqliteConnection::connect(database.url()).await.unwrap();
    run(&db, TABLE).await;
    let keeper = Keeper::of(&db);
    let restless = tokio::spawn({
        let db = db.clone();
        async move {
            loop {
                run(&db, FILL).await;
                sleep(Duration::from_millis(3)).await;
            }
        }
    });
    let begins_anew = async {
        let mut most = 0;
        loop {
            let (all, _) = pages(&mut look).await;
            if all < most {
                return most;
            }
            most = all;
            sleep(Duration::from_millis(1)).await;
        }
    };
    let most = timeout(PATIENCE, begins_anew).await.unwrap();
    assert!(most < MOVED_BY_COMMIT, "{most} pages were in the log");
    restless.abort();
    keeper.stop().await;
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
    assert_eq!(count(&mut reading).await, 1);

    let keeper = Keeper::of(&db);
    for _ in 0..40 {
        run(&db, FILL).await;
    }
    assert_eq!(count(&mut reading).await, 1);
    reading.rollback().await.unwrap();
    // Nobody is in the way any more, and the next commit lets it be looked at again.
    let is_moved = async {
        loop {
            run(&db, FILL).await;
            sleep(Duration::from_millis(200)).await;
            let (all, moved) = pages(&mut reader).await;
            assert!(all < 20_000, "{all} pages are in the log, {moved} of them in the file");
            if all - moved < 1_000 {
                return;
            }
        }
    };
    timeout(PATIENCE, is_moved).await.unwrap();
    assert!(count(&mut reader).await > 41);
    keeper.stop().await;
    database.close().await;
}

#[tokio::test]
async fn sqlite_is_one_that_can_look_at_its_log_without_moving_it() {
    let mut memory = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let (version,): (String,) =
        sqlx::query_as("SELECT sqlite_version()").fetch_one(&mut memory).await.unwrap();
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
    assert!(parts >= vec![3, 51, 3], "SQLite {version}");
}
