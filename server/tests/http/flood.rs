//! More of a kind than anybody would read: all of it counts, and some of it is kept.

use std::time::Duration;

use db::Db;
use ingest::WriterSettings;
use serde_json::{Value, json};
use testkit::{Client, Reply};
use tokio::time::{sleep, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use web::SignupMode;

use crate::{
    house::{House, ORIGIN, bootstrap_body, built, text},
    pages::Browser,
};

/// Attempts of a kind that are kept of a minute here.
const KEPT: u32 = 3;

struct Flooded {
    house: House,
    client: Client,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Flooded {
    async fn furnished(db: Db) -> Self {
        Self::keeping(db, KEPT).await
    }

    async fn keeping(db: Db, attempts_per_minute: u32) -> Self {
        let house = House::furnished(db).await;
        let settings = WriterSettings { attempts_per_minute, ..WriterSettings::default() };
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let router = built(&house.db, SignupMode::Open, settings, &tasks, stop.clone());
        Self { house, client: Client::new(router), tasks, stop }
    }

    async fn send(&self, endpoint: &str, origin: &str, body: &Value) -> Reply {
        let path = format!("/api/ingest/v2/{}/{endpoint}", self.house.key());
        self.client.post(&path).header("origin", origin).json(body).send().await
    }

    /// What the list says is only counted, once it says something.
    async fn counted(&self) -> Value {
        for _ in 0..50 {
            let reply = self.house.get("/api/attempts").await.json();
            if reply["counted"] != json!([]) {
                return reply["counted"].clone();
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("nothing is counted");
    }

    async fn sum(&self, statement: &'static str) -> i64 {
        let (sum,): (i64,) =
            db::on_db!(self.house.db.read(), c => sqlx::query_as(statement).fetch_one(c).await)
                .unwrap();
        sum
    }
}

fn is_kept(reply: &Reply) -> bool {
    !reply.json()["attemptId"].is_null()
}

fn event(session: &str, number: u32) -> Value {
    json!({
        "ingestVersion": 2, "sdkVersion": "0.2.0", "batchId": "batch_1", "sentAt": "2026-04-10T13:45:00.000Z",
        "sessionId": session, "anonymousId": "vis_abc123",
        "events": [{
            "id": format!("evt_{number}"), "type": "track", "name": "clicked",
            "timestamp": "2026-04-10T13:45:00.000Z",
        }]
    })
}

testkit::both! {
    async fn refusals_beyond_the_number_are_counted_and_displace_nothing(db: Db) {
        let flooded = Flooded::furnished(db).await;
        for number in 0..5 {
            let reply = flooded.send("bootstrap", "https://elsewhere.example", &bootstrap_body()).await;
            assert_eq!(reply.json()["error"], "tracking_source_origin_not_allowed");
            assert_eq!(is_kept(&reply), number < KEPT, "{number}");
        }
        let broken = flooded.send("events", ORIGIN, &json!({})).await;
        assert!(is_kept(&broken), "another outcome has a number of its own");
        assert!(is_kept(&flooded.send("bootstrap", ORIGIN, &bootstrap_body()).await));
        let counted = flooded.counted().await;
        assert_eq!(counted.as_array().unwrap().len(), 1);
        assert_eq!(counted[0]["code"], "tracking_source_origin_not_allowed");
        assert_eq!((&counted[0]["requests"], &counted[0]["sourceId"]), (&json!(2), &flooded.house.source["id"]));
        assert_eq!(flooded.sum("SELECT COUNT(*) FROM attempts").await, 5);
        assert_eq!(flooded.sum("SELECT CAST(SUM(requests) AS BIGINT) FROM traffic").await, 7);
        let page = format!("/acme/analytics/setup/debug?source={}", text(&flooded.house.source["slug"]));
        let browser = Browser::signed_in(flooded.house.client.clone()).await;
        let page = browser.get(&page).await.text();
        assert!(page.contains("Counted only: 2 requests of the last 24 hours"), "{page}");
    }

    async fn events_beyond_the_number_are_stored_all_the_same(db: Db) {
        let flooded = Flooded::furnished(db).await;
        let reply = flooded.send("bootstrap", ORIGIN, &bootstrap_body()).await;
        let session = text(&reply.json()["sessionId"]);
        for number in 1..6 {
            let reply = flooded.send("events", ORIGIN, &event(&session, number)).await;
            assert_eq!((reply.status.as_u16(), &reply.json()["accepted"]), (200, &json!(1)));
            assert_eq!(is_kept(&reply), number <= KEPT, "{number}");
        }
        assert_eq!(flooded.sum("SELECT COUNT(*) FROM events").await, 5);
        assert_eq!(flooded.sum("SELECT COUNT(*) FROM attempts").await, 4, "the session's, too");
        assert_eq!(flooded.counted().await[0]["requests"], 2);
        assert_eq!(flooded.counted().await[0]["code"], Value::Null);
        let again = flooded.send("events", ORIGIN, &event(&session, 5)).await;
        assert_eq!(again.json()["duplicates"], 1);
    }

    async fn where_nothing_is_kept_the_counts_tell_how_a_source_does(db: Db) {
        let flooded = Flooded::keeping(db, 0).await;
        let verdict = async || {
            let path = format!("/api/tracking-sources/{}/debug", flooded.house.source_id());
            text(&flooded.house.get(&path).await.json()["verdict"]["code"])
        };
        assert_eq!(verdict().await, "waiting");
        let reply = flooded.send("bootstrap", ORIGIN, &bootstrap_body()).await;
        let session = text(&reply.json()["sessionId"]);
        assert_eq!(verdict().await, "connected");
        assert_eq!(flooded.send("events", ORIGIN, &event(&session, 1)).await.status, 200);
        assert_eq!(verdict().await, "verified");
        for _ in 0..5 {
            flooded.send("bootstrap", "https://elsewhere.example", &bootstrap_body()).await;
        }
        // Refusals are counted with the next commit, a second from now at most.
        let rejecting = async {
            while verdict().await != "rejecting" {
                sleep(Duration::from_millis(100)).await;
            }
        };
        timeout(Duration::from_secs(10), rejecting).await.unwrap();
        flooded.house.db.clock().advance_ms(20 * 60 * 1_000);
        assert_eq!(verdict().await, "waiting");
    }

    async fn requests_of_nobody_are_counted_for_whoever_runs_the_instance(db: Db) {
        let flooded = Flooded::furnished(db).await;
        for _ in 0..5 {
            let path = "/api/ingest/v2/pk_nobodys/bootstrap";
            assert_eq!(flooded.client.post(path).json(&bootstrap_body()).send().await.status, 404);
        }
        while flooded.sum("SELECT COUNT(*) FROM attempt_counts").await == 0 {
            sleep(Duration::from_millis(100)).await;
        }
        let listed = flooded.house.get("/api/instance/attempts").await.json();
        assert_eq!(listed["attempts"].as_array().unwrap().len(), 3);
        let counted = &listed["counted"][0];
        assert_eq!((&counted["requests"], &counted["sourceId"]), (&json!(2), &Value::Null));
        let browser = Browser::signed_in(flooded.house.client.clone()).await;
        let page = browser.get("/instance/attempts").await.text();
        assert!(page.contains("Counted only: 2 requests of the last 24 hours"), "{page}");
    }

    async fn what_is_counted_reaches_the_disk_before_the_end(db: Db) {
        let flooded = Flooded::furnished(db).await;
        for _ in 0..5 {
            flooded.send("bootstrap", "https://elsewhere.example", &bootstrap_body()).await;
        }
        flooded.stop.cancel();
        flooded.tasks.close();
        flooded.tasks.wait().await;
        assert_eq!(flooded.sum("SELECT CAST(SUM(requests) AS BIGINT) FROM attempt_counts").await, 2);
    }
}
