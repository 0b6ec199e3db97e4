//! Three processes take in the events of one source, over one database.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::{Client, Reply, TestDb};
use web::SignupMode;

use crate::house::{House, bootstrap_body, router, text};

const ROUNDS: usize = 25;
const IDS: usize = 40;

pub struct Three {
    pub house: House,
    pub doors: Vec<Client>,
}

impl Three {
    pub async fn over(database: &TestDb) -> Self {
        let house = House::furnished(database.db()).await;
        let mut doors = vec![house.client.clone()];
        for _ in 1..3 {
            doors.push(Client::new(router(&database.elsewhere().await, SignupMode::Open)));
        }
        Self { house, doors }
    }

    async fn session(&self) -> String {
        let reply = self.send(0, "bootstrap", &bootstrap_body()).await;
        text(&reply.json()["sessionId"])
    }

    async fn send(&self, process: usize, endpoint: &str, body: &Value) -> Reply {
        let path = format!("/api/ingest/v2/{}/{endpoint}", self.house.key());
        let call = self.doors[process].post(&path).header("origin", crate::house::ORIGIN);
        let reply = call.json(body).send().await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply
    }

    /// The user that an event of the session is tied to now.
    async fn user(&self, session: &str, id: &str) -> Value {
        let reply = self.send(0, "events", &batch(session, &[track(session, id)])).await;
        self.house.attempt(&reply).await["normalised"][0]["userId"].clone()
    }
}

fn batch(session: &str, events: &[Value]) -> Value {
    json!({
        "ingestVersion": 2, "sdkVersion": "0.2.0", "batchId": "batch_1",
        "sentAt": "2026-04-10T13:45:05.000Z", "sessionId": session, "anonymousId": "vis_abc123",
        "userId": null, "context": {}, "events": events
    })
}

fn track(session: &str, id: &str) -> Value {
    json!({
        "id": id, "type": "track", "name": "clicked", "timestamp": "2026-04-10T13:45:05.000Z",
        "anonymousId": "vis_abc123", "sessionId": session, "properties": {}, "context": {}
    })
}

fn identify(session: &str, id: &str, user: &str) -> Value {
    json!({
        "id": id, "type": "identify", "timestamp": "2026-04-10T13:45:05.000Z", "userId": user,
        "anonymousId": "vis_abc123", "sessionId": session, "properties": {}, "context": {}
    })
}

/// The same events at once, in orders that meet head-on: each is accepted once, and nobody waits for ever.
async fn each_event_is_accepted_once(database: &TestDb) {
    let three = Three::over(database).await;
    let session = three.session().await;
    for round in 0..ROUNDS {
        let ids = (0..IDS).map(|number| format!("evt_{round}_{number:02}"));
        let mut events: Vec<Value> = ids.map(|id| track(&session, &id)).collect();
        let forwards = batch(&session, &events);
        events.reverse();
        let backwards = batch(&session, &events);
        let bodies = [&forwards, &backwards, &forwards];
        let sent = bodies.iter().enumerate().map(|(at, body)| three.send(at, "events", body));
        let replies = join_all(sent).await;
        let accepted: u64 =
            replies.iter().map(|reply| reply.json()["accepted"].as_u64().unwrap()).sum();
        assert_eq!(accepted, IDS as u64, "round {round}");
    }
}

/// Whichever process made it.
async fn a_session_goes_on_in_every_process(database: &TestDb) {
    let three = Three::over(database).await;
    let session = three.session().await;
    for process in [1, 2, 0] {
        let event = track(&session, &format!("evt_{process}"));
        let reply = three.send(process, "events", &batch(&session, &[event])).await.json();
        assert_eq!((&reply["accepted"], &reply["duplicates"]), (&json!(1), &json!(0)));
        let mut again = bootstrap_body();
        again["sessionId"] = json!(session);
        let reply = three.send(process, "bootstrap", &again).await.json();
        assert_eq!((&reply["resumed"], &reply["sessionId"]), (&json!(true), &json!(session)));
    }
}

/// Whatever the others write of the session at the same time.
async fn an_identify_is_never_lost(database: &TestDb) {
    let three = Three::over(database).await;
    for round in 0..ROUNDS {
        let session = three.session().await;
        let user = format!("user_{round}");
        let who = identify(&session, &format!("who_{round}"), &user);
        let [one, two] =
            ["a", "b"].map(|name| batch(&session, &[track(&session, &format!("{name}_{round}"))]));
        let who = batch(&session, &[who]);
        let bodies = [&one, &who, &two];
        join_all(bodies.iter().enumerate().map(|(at, body)| three.send(at, "events", body))).await;
        assert_eq!(three.user(&session, &format!("after_{round}")).await, user.as_str());
    }
}

/// An identify that comes again is a duplicate in whichever process, and does not undo a later one.
async fn a_repeated_identify_ties_nothing(database: &TestDb) {
    let three = Three::over(database).await;
    for round in 0..ROUNDS {
        let session = three.session().await;
        let first = batch(&session, &[identify(&session, &format!("one_{round}"), "first")]);
        let later = batch(&session, &[identify(&session, &format!("two_{round}"), "later")]);
        three.send(0, "events", &first).await;
        three.send(1, "events", &later).await;
        let bodies = [&first, &first, &first];
        join_all(bodies.iter().enumerate().map(|(at, body)| three.send(at, "events", body))).await;
        assert_eq!(three.user(&session, &format!("after_{round}")).await, "later");
    }
}

/// A test over a database that several processes share, on both engines.
macro_rules! on_both {
    ($($name:ident)*) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let database = testkit::TestDb::sqlite().await;
                super::$name(&database).await;
                database.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                let database = testkit::TestDb::postgres().await;
                super::$name(&database).await;
                database.close().await;
            }
        }
    )*};
}

pub(crate) use on_both;

on_both! {
    each_event_is_accepted_once
    a_session_goes_on_in_every_process
    an_identify_is_never_lost
    a_repeated_identify_ties_nothing
}
