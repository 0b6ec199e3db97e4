//! Many at once: exactly once, and never a wait without end.

use serde_json::json;
use testkit::Client;
use tokio::task::JoinSet;
use web::SignupMode;

use crate::house::{House, bootstrap_body, events_body, full_router};

testkit::both! {
    async fn of_many_copies_at_once_exactly_one_is_accepted(db: db::Db) {
        let house = House::furnished(db).await;
        let body = events_body(&house.session().await);
        let mut copies = JoinSet::new();
        for _ in 0..48 {
            copies.spawn(house.ingest("events").json(&body).send());
        }
        let replies = copies.join_all().await;
        let sum = |key: &str| -> u64 { replies.iter().map(|reply| reply.json()[key].as_u64().unwrap()).sum() };
        assert!(replies.iter().all(|reply| reply.status == 200));
        assert_eq!((sum("accepted"), sum("duplicates")), (2, 94));
        let (events,): (i64,) = db::on_db!(house.db.read(), c => {
            sqlx::query_as("SELECT COUNT(*) FROM events").fetch_one(c).await
        }).unwrap();
        assert_eq!(events, 2);
    }

    async fn a_request_that_is_answered_can_be_opened_at_once(db: db::Db) {
        let house = House::furnished(db).await;
        for _ in 0..20 {
            let reply = house.bootstrap(&bootstrap_body()).await;
            assert_eq!(house.attempt(&reply).await["requestId"], reply.header("x-request-id"));
        }
    }

    async fn the_counts_agree_with_what_was_answered(db: db::Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        house.events(&events_body(&session)).await;
        house.events(&events_body(&session)).await;
        house.events(&json!({})).await;
        let counts: (i64, i64, i64, i64) = db::on_db!(house.db.read(), c => {
            sqlx::query_as("SELECT requests, refused, accepted, duplicates FROM traffic").fetch_one(c).await
        }).unwrap();
        assert_eq!(counts, (4, 1, 2, 2));
    }
}

#[tokio::test]
async fn a_full_disk_is_told_as_503_and_room_heals_it_without_help() {
    let database = testkit::TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let allow_pages = async |pragma: &'static str| {
        let mut tx = house.db.begin().await.unwrap();
        db::on_db!(tx.conn().unwrap(), c => sqlx::query(pragma).execute(c).await.map(|_| ()))
            .unwrap();
        tx.commit().await.unwrap();
    };
    allow_pages("PRAGMA max_page_count = 1").await;
    let mut body = bootstrap_body();
    body["context"]["padding"] = json!("padding ".repeat(5_000));
    let mut reply = house.bootstrap(&body).await;
    for _ in 0..50 {
        if reply.status != 200 {
            break;
        }
        reply = house.bootstrap(&body).await;
    }
    assert_eq!(reply.status, 503, "{}", reply.text());
    assert_eq!(reply.json()["error"], "service_unavailable");
    assert_eq!(house.client.get("/readyz").send().await.status, 503);
    allow_pages("PRAGMA max_page_count = 1000000").await;
    let reply = house.bootstrap(&body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(house.client.get("/readyz").send().await.status, 200);
}

#[tokio::test]
async fn when_too_much_waits_the_answer_is_503_at_once_and_nothing_is_stored() {
    let database = testkit::TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let client = Client::new(full_router(&house.db, SignupMode::Open));
    // The writer cannot begin while this holds the write lock, so its queue of one stays full.
    let lock = house.db.begin().await.unwrap();
    let path = format!("/api/ingest/v2/{}/bootstrap", house.key());
    let mut waiting = JoinSet::new();
    for _ in 0..8 {
        waiting.spawn(client.post(&path).json(&bootstrap_body()).send());
    }
    let mut refused = 0;
    while let Some(reply) = waiting.join_next().await {
        let reply = reply.unwrap();
        assert_eq!(reply.status, 503);
        assert_eq!(reply.json()["error"], "service_unavailable");
        assert!(reply.json()["attemptId"].is_null());
        assert!(!reply.header("retry-after").is_empty());
        refused += 1;
        if refused == 6 {
            break;
        }
    }
    drop(lock);
    let late = waiting.join_all().await;
    let taken = late.iter().filter(|reply| reply.status == 200).count();
    assert!(taken >= 1 && late.iter().all(|reply| [200, 503].contains(&reply.status.as_u16())));
    let (stored,): (i64,) = db::on_db!(house.db.read(), c => {
        sqlx::query_as("SELECT COUNT(*) FROM attempts").fetch_one(c).await
    })
    .unwrap();
    assert_eq!(
        stored,
        i64::try_from(taken).unwrap(),
        "what was answered 200 is stored, and no more"
    );
}
