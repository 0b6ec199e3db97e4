//! What others do, or the database, costs nobody what is theirs.

use std::{
    any::Any,
    time::{Duration, Instant},
};

use db::{Db, Engine, Tx, on_db};
use ingest::{Writer, WriterSettings};
use serde_json::{Value, json};
use testkit::{Client, Reply};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use web::{Services, SignupMode};

use crate::house::{House, ORIGIN, bootstrap_body, instance, until, written_by};

const POISON: &str = "evt_poison";

/// Lets the database refuse an event of this id, as if it were one that it cannot take.
async fn refuse_poison(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    match tx.conn().unwrap() {
        Engine::Sqlite(c) => {
            let trigger = "CREATE TRIGGER poison BEFORE INSERT ON events WHEN NEW.id = 'evt_poison'
                BEGIN SELECT RAISE(ABORT, 'poison'); END";
            sqlx::query(trigger).execute(c).await.unwrap();
        }
        Engine::Postgres(c) => {
            let function = "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN RAISE EXCEPTION 'poison'; END$$";
            sqlx::query(function).execute(&mut *c).await.unwrap();
            let trigger = "CREATE TRIGGER poison BEFORE INSERT ON events FOR EACH ROW
                WHEN (NEW.id = 'evt_poison') EXECUTE FUNCTION poison()";
            sqlx::query(trigger).execute(c).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

/// An application of its own over `db`, and its writer.
pub fn door(db: &Db, settings: WriterSettings) -> (Client, Writer) {
    let writer = Writer::start(db.clone(), settings, &TaskTracker::new(), CancellationToken::new());
    let writer = writer.expect("a writer");
    let services = Services::new(db.clone(), instance(SignupMode::Open));
    (Client::new(written_by(services, writer.clone())), writer)
}

/// A transaction that keeps the writer from writing until it is dropped.
pub async fn in_the_way(db: &Db) -> Tx {
    let mut tx = db.begin().await.unwrap();
    if let Engine::Postgres(c) = tx.conn().unwrap() {
        sqlx::query("LOCK TABLE attempts").execute(c).await.unwrap();
    }
    tx
}

pub fn batch(session: &str, id: &str) -> Value {
    json!({
        "ingestVersion": 2, "sdkVersion": "0.2.0", "batchId": "batch_1", "sentAt": "2026-04-10T13:45:05.000Z",
        "sessionId": session, "anonymousId": "vis_abc123",
        "events": [{ "id": id, "type": "track", "name": "clicked", "timestamp": "2026-04-10T13:45:05.000Z" }]
    })
}

testkit::both! {
    async fn an_event_that_the_database_refuses_hurts_none_that_came_with_it(db: Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        refuse_poison(&house.db).await;
        let (client, writer) = door(&house.db, WriterSettings::default());
        let path = format!("/api/ingest/v2/{}/events", house.key());
        let lock = in_the_way(&house.db).await;
        let mut sent = JoinSet::new();
        for number in 0..40 {
            let id = if number == 17 { POISON.to_owned() } else { format!("evt_{number}") };
            let call = client.post(&path).header("origin", ORIGIN).json(&batch(&session, &id));
            sent.spawn(async move { (id, call.send().await) });
        }
        until(|| writer.in_hand() == 40).await;
        drop(lock);
        for (id, reply) in sent.join_all().await {
            if id == POISON {
                assert_eq!((reply.status.as_u16(), &reply.json()["error"]), (500, &json!("internal_error")));
            } else {
                assert_eq!((reply.status.as_u16(), &reply.json()["accepted"]), (200, &json!(1)), "{id}");
                house.attempt(&reply).await;
            }
        }
    }

    async fn a_database_that_hangs_is_told_as_503_in_time_and_needs_no_help_after(db: Db) {
        let house = House::furnished(db).await;
        let settings = WriterSettings {
            patience: Duration::from_millis(300),
            commit_patience: Duration::from_millis(300),
            ..WriterSettings::default()
        };
        let (client, _) = door(&house.db, settings);
        let path = format!("/api/ingest/v2/{}/bootstrap", house.key());
        let lock = in_the_way(&house.db).await;
        let began = Instant::now();
        let mut sent = JoinSet::new();
        for _ in 0..8 {
            sent.spawn(client.post(&path).json(&bootstrap_body()).send());
        }
        for reply in sent.join_all().await {
            assert_eq!(reply.status, 503, "{}", reply.text());
            assert!(!reply.header("retry-after").is_empty());
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert_eq!(reasons(&client.get("/readyz").send().await)[0], "events cannot be stored");
        drop(lock);
        let mut reply = client.post(&path).json(&bootstrap_body()).send().await;
        for _ in 0..50 {
            if reply.status == 200 {
                break;
            }
            sleep(Duration::from_millis(100)).await;
            reply = client.post(&path).json(&bootstrap_body()).send().await;
        }
        assert_eq!(reply.status, 200, "{}", reply.text());
        let mut ready = client.get("/readyz").send().await;
        for _ in 0..50 {
            if ready.status == 200 {
                break;
            }
            sleep(Duration::from_millis(100)).await;
            ready = client.get("/readyz").send().await;
        }
        assert_eq!(ready.json(), json!({ "ready": true }));
    }

    async fn who_holds_every_other_connection_keeps_no_event_out(db: Db) {
        let house = House::furnished(db).await;
        house.change_source(json!({ "rateLimitPerMinute": 100 })).await;
        let held = every_connection(&house.db).await;
        assert!(held.len() > 2);
        // Nobody has asked for the source yet, nor for its minute.
        let reply = timeout(Duration::from_secs(4), house.bootstrap(&bootstrap_body())).await;
        assert_eq!(reply.expect("it does not wait for them").status, 200);
        assert_eq!(house.client.get("/readyz").send().await.status, 200);
    }
}

/// The connections of those who read pages and exports, all of them held.
async fn every_connection(db: &Db) -> Vec<Box<dyn Any>> {
    let mut held: Vec<Box<dyn Any>> = Vec::new();
    on_db!(db.read(), pool => {
        for _ in 0..pool.options().get_max_connections() {
            held.push(Box::new(pool.acquire().await.unwrap()));
        }
    });
    held
}

pub fn reasons(reply: &Reply) -> Value {
    assert_eq!(reply.status, 503);
    reply.json()["reasons"].clone()
}
