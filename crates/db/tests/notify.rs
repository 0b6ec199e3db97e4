//! Word to other processes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is a red test")]

use std::time::Duration;

use db::{Db, listen, notify, on_db};
use testkit::TestDb;
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::timeout,
};

const HERE: &str = "tiny_here";
const ELSEWHERE: &str = "tiny_elsewhere";
const CUT_OFF: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'LISTEN%'";

async fn say(db: &Db, channel: &'static str) {
    let mut tx = db.begin().await.unwrap();
    notify(&mut tx, channel).await.unwrap();
    tx.commit().await.unwrap();
}

async fn next(heard: &mut UnboundedReceiver<()>) {
    timeout(Duration::from_secs(30), heard.recv()).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_word_is_heard_once_it_is_committed_and_also_after_the_connection_was_lost() {
    let database = TestDb::postgres().await;
    let (db, there) = (database.db(), database.elsewhere().await);
    let (tell, mut heard) = unbounded_channel();
    let listening = tokio::spawn(async move {
        listen(&there, &[HERE], || tell.send(()).unwrap()).await;
    });
    next(&mut heard).await;

    let mut undone = db.begin().await.unwrap();
    notify(&mut undone, HERE).await.unwrap();
    drop(undone);
    for channel in [HERE, ELSEWHERE, HERE] {
        say(&db, channel).await;
    }
    // Words come in the order they were said: what is heard in vain would be heard before the last.
    next(&mut heard).await;
    next(&mut heard).await;
    assert!(heard.try_recv().is_err(), "two words were said here");

    on_db!(db.read(), c => sqlx::query(CUT_OFF).execute(c).await.map(drop)).unwrap();
    next(&mut heard).await;
    say(&db, HERE).await;
    next(&mut heard).await;
    listening.abort();
    database.close().await;
}

#[tokio::test]
async fn of_a_sqlite_file_nobody_else_has_to_hear() {
    let database = TestDb::sqlite().await;
    let db = database.db();
    say(&db, HERE).await;
    listen(&db, &[HERE], || panic!("nobody speaks")).await;
    database.close().await;
}
