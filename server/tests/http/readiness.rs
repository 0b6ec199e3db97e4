//! What `/readyz` sees, and how long it takes to say so.

use std::time::{Duration, Instant};

use db::{Db, Engine, on_db};
use futures_util::future::join_all;
use ingest::WriterSettings;
use serde_json::json;
use testkit::{Client, TestDb, run};
use tokio::{task::JoinSet, time::sleep};
use web::SignupMode;

use crate::{
    house::{House, bootstrap_body, router, until},
    overload::{door, in_the_way, reasons},
};

const NOT_WRITTEN: &str = "the database cannot be written";
/// What was found out a moment ago is told again no longer than this.
const A_MOMENT: Duration = Duration::from_millis(1_100);

async fn checks(db: &Db) -> i64 {
    const COUNT: &str = "SELECT COUNT(*) FROM readiness";
    let (count,): (i64,) =
        on_db!(db.read(), c => sqlx::query_as(COUNT).fetch_one(c).await).unwrap();
    count
}

testkit::both! {
    async fn it_writes_a_row_and_answers_many_with_one(db: Db) {
        let client = Client::new(router(&db, SignupMode::Open));
        assert_eq!(checks(&db).await, 0);
        let replies = join_all((0..20).map(|_| client.get("/readyz").send())).await;
        assert!(replies.iter().all(|reply| reply.json() == json!({ "ready": true })));
        assert_eq!(checks(&db).await, 1);
    }

    async fn a_schema_that_lacks_a_step_is_told(db: Db) {
        let client = Client::new(router(&db, SignupMode::Open));
        run(&db, "UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1").await;
        let told = reasons(&client.get("/readyz").send().await);
        assert_eq!(told, json!(["the database's schema is not up to date"]));
        sleep(A_MOMENT).await;
        run(&db, "UPDATE _sqlx_migrations SET version = 1 WHERE version = 9999").await;
        run(&db, "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            SELECT 9999, description, success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1").await;
        assert_eq!(client.get("/readyz").send().await.status, 200, "a newer process is none of its business");
    }

    async fn a_database_that_does_not_answer_is_told_within_two_seconds_to_all_who_ask(db: Db) {
        let client = Client::new(router(&db, SignupMode::Open));
        let mut lock = db.begin().await.unwrap();
        if let Engine::Postgres(c) = lock.conn().unwrap() {
            sqlx::query("LOCK TABLE readiness").execute(c).await.unwrap();
        }
        let began = Instant::now();
        for reply in join_all((0..5).map(|_| client.get("/readyz").send())).await {
            assert_eq!(reasons(&reply), json!([NOT_WRITTEN]));
        }
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    }

    async fn a_commit_that_fails_for_whatever_reason_is_told_until_one_goes_well(db: Db) {
        let house = House::furnished(db).await;
        let (client, _) = door(&house.db, WriterSettings::default());
        let path = format!("/api/ingest/v2/{}/bootstrap", house.key());
        let bootstrap = || client.post(&path).json(&bootstrap_body()).send();
        run(&house.db, "ALTER TABLE sessions RENAME TO gone").await;
        assert_eq!(bootstrap().await.json()["error"], "internal_error");
        assert_eq!(reasons(&client.get("/readyz").send().await), json!(["events cannot be stored"]));
        run(&house.db, "ALTER TABLE gone RENAME TO sessions").await;
        assert_eq!(bootstrap().await.status, 200);
        assert_eq!(client.get("/readyz").send().await.json(), json!({ "ready": true }));
    }

    async fn a_queue_that_is_nearly_full_is_told(db: Db) {
        let house = House::furnished(db).await;
        let (client, writer) = door(&house.db, WriterSettings { queue: 10, ..WriterSettings::default() });
        let path = format!("/api/ingest/v2/{}/bootstrap", house.key());
        let lock = in_the_way(&house.db).await;
        let mut sent = JoinSet::new();
        sent.spawn(client.post(&path).json(&bootstrap_body()).send());
        // What the writer has taken out waits for the lock.
        for number in 1..20 {
            until(|| writer.in_hand() >= number.min(10)).await;
            sent.spawn(client.post(&path).json(&bootstrap_body()).send());
        }
        until(|| writer.in_hand() >= 10).await;
        let told = reasons(&client.get("/readyz").send().await);
        assert!(told.as_array().unwrap().contains(&json!("more events wait than can be stored")), "{told}");
        drop(lock);
        sent.join_all().await;
    }
}

/// As after a switch to a standby.
#[tokio::test]
async fn a_database_that_takes_no_change_is_told_as_passing() {
    const READ_ONLY_POSTGRES: &str = "DO $$BEGIN EXECUTE format(
        'ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END$$";
    let database = TestDb::postgres().await;
    let house = House::furnished(database.db()).await;
    run(&house.db, READ_ONLY_POSTGRES).await;
    let (client, _) = door(&database.elsewhere().await, WriterSettings::default());
    let path = format!("/api/ingest/v2/{}/bootstrap", house.key());
    let reply = client.post(&path).json(&bootstrap_body()).send().await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("retry-after")),
        (503, "1"),
        "{}",
        reply.text()
    );
    let told = reasons(&client.get("/readyz").send().await);
    assert_eq!(told, json!(["events cannot be stored", NOT_WRITTEN]));
    database.close().await;
}
