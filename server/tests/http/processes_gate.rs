//! What is changed of a source in one process holds in every other within a second; where changes are told, at once.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};
use testkit::{Client, TestDb};
use tokio::task::JoinSet;
use web::{Services, SignupMode};

use crate::{
    house::{House, ORIGIN, bootstrap_body, instance, router_of, text},
    processes_ingest::on_both,
};

const WITHIN: Duration = Duration::from_secs(1);
/// What was remembered a moment ago would be so for longer than this, if nobody told of the change.
const PROMPTLY: Duration = Duration::from_millis(300);
const ROUNDS: usize = 5;

/// One process that makes the changes, and two that hear of them if anyone tells.
struct Listeners {
    house: House,
    doors: Vec<Client>,
    /// They listen as long as this is there.
    _listening: JoinSet<()>,
}

impl Listeners {
    async fn over(database: &TestDb) -> Self {
        let house = House::furnished(database.db()).await;
        // They ask as often as they can.
        house.change_source(json!({ "rateLimitPerMinute": 0 })).await;
        let (mut doors, mut listening) = (Vec::new(), JoinSet::new());
        for _ in 0..2 {
            let db = database.elsewhere().await;
            let services = Services::new(db, instance(SignupMode::Open));
            doors.push(Client::new(router_of(services.clone())));
            listening.spawn(async move { services.hear_changes().await });
        }
        Self { house, doors, _listening: listening }
    }

    /// How a process answers a bootstrap with this key.
    async fn answer(&self, process: usize, key: &str) -> u16 {
        let call = self.doors[process].post(&format!("/api/ingest/v2/{key}/bootstrap"));
        call.header("origin", ORIGIN).json(&bootstrap_body()).send().await.status.as_u16()
    }

    /// Makes a change when both know how `key` stands at that moment, and waits until both know it anew. Tells how long
    /// after the change there still were requests that began and did not know it.
    async fn after(
        &self,
        key: &str,
        [before, after]: [u16; 2],
        change: impl Future<Output = ()>,
    ) -> Duration {
        for process in 0..2 {
            assert_eq!(self.answer(process, key).await, before);
        }
        change.await;
        // Both are asked all the time: one that is left alone looks again when it is asked next.
        let knows = |process| self.knows(process, key, [before, after], Instant::now());
        let (one, other) = tokio::join!(knows(0), knows(1));
        one.max(other)
    }

    async fn knows(
        &self,
        process: usize,
        key: &str,
        [before, after]: [u16; 2],
        changed: Instant,
    ) -> Duration {
        let mut longest = Duration::ZERO;
        loop {
            let began = changed.elapsed();
            let answer = self.answer(process, key).await;
            if answer == after {
                return longest;
            }
            assert_eq!(answer, before);
            assert!(began < WITHIN, "process {process} does not know it after {began:?}");
            longest = began;
        }
    }

    async fn switch(&self, is_active: bool) {
        let reply = self.house.change_source(json!({ "isActive": is_active })).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
    }

    async fn rotate(&self) -> Value {
        let path = format!("/api/tracking-sources/{}/regenerate-key", self.house.source_id());
        self.house.post(&path, json!({})).await.json()["source"].clone()
    }

    async fn end_workspace(&self, method: Method, rest: &str) {
        let path = format!("/api/organizations/{}{rest}", self.house.organization);
        let call = self.house.client.call(method, &path).bearer(&self.house.token);
        let reply = call.json(&json!({})).send().await;
        assert!(reply.status.is_success(), "{}", reply.text());
    }
}

/// At least one of several changes was known faster than it could be without a word: the first few may come before
/// anyone listens.
fn require_prompt(database: &TestDb, mut took: Vec<Duration>) {
    took.sort();
    assert!(!database.is_postgres() || took[0] < PROMPTLY, "{took:?}");
}

async fn a_rotated_key_stops_and_the_new_one_goes(database: &TestDb) {
    let three = Listeners::over(database).await;
    let (mut key, mut took) = (three.house.key(), Vec::new());
    for _ in 0..ROUNDS {
        let mut rotated = Value::Null;
        took.push(three.after(&key, [200, 404], async { rotated = three.rotate().await }).await);
        key = text(&rotated["publicKey"]);
    }
    require_prompt(database, took);
}

async fn a_source_that_is_switched_off_and_on(database: &TestDb) {
    let three = Listeners::over(database).await;
    let (key, mut took) = (three.house.key(), Vec::new());
    for _ in 0..ROUNDS {
        took.push(three.after(&key, [200, 403], three.switch(false)).await);
        took.push(three.after(&key, [403, 200], three.switch(true)).await);
    }
    require_prompt(database, took);
}

async fn a_workspace_that_is_deleted_and_comes_back(database: &TestDb) {
    let three = Listeners::over(database).await;
    let (key, mut took) = (three.house.key(), Vec::new());
    for _ in 0..ROUNDS {
        let ended = three.end_workspace(Method::DELETE, "?confirm=acme");
        took.push(three.after(&key, [200, 403], ended).await);
        let restored = three.end_workspace(Method::POST, "/restore");
        took.push(three.after(&key, [403, 200], restored).await);
    }
    require_prompt(database, took);
}

on_both! {
    a_rotated_key_stops_and_the_new_one_goes
    a_source_that_is_switched_off_and_on
    a_workspace_that_is_deleted_and_comes_back
}
