//! The requests a minute of a source, counted by three processes over one PostgreSQL.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use testkit::TestDb;

use crate::{
    house::{ORIGIN, bootstrap_body},
    processes_ingest::Three,
};

const LIMIT: i64 = 240;

impl Three {
    async fn with_limit(database: &TestDb, limit: i64) -> Self {
        let three = Self::over(database).await;
        three.limit(limit).await;
        three
    }

    async fn limit(&self, limit: i64) {
        let reply = self.house.change_source(json!({ "rateLimitPerMinute": limit })).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
    }

    /// Sends so many bootstraps to a process, some at a time; tells how many were let in.
    async fn let_in(&self, process: usize, requests: usize) -> i64 {
        let path = format!("/api/ingest/v2/{}/bootstrap", self.house.key());
        let mut all = 0;
        for _ in 0..requests.div_ceil(20) {
            let calls = (0..requests.min(20)).map(|_| {
                let call = self.doors[process].post(&path).header("origin", ORIGIN);
                call.json(&bootstrap_body()).send()
            });
            for reply in join_all(calls).await {
                match reply.status.as_u16() {
                    200 => all += 1,
                    429 => assert_eq!(reply.header("retry-after"), "60"),
                    _ => panic!("{}", reply.text()),
                }
            }
        }
        all
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_busy_processes_let_in_the_limit_together() {
    let database = TestDb::postgres().await;
    let three = Three::with_limit(&database, LIMIT).await;
    for minute in 0..3 {
        let counts = join_all((0..3).map(|process| three.let_in(process, 160))).await;
        let all: i64 = counts.iter().sum();
        assert!((LIMIT * 9 / 10..=LIMIT).contains(&all), "minute {minute}: {counts:?}");
        three.house.db.clock().advance_ms(60_000);
    }
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_process_gets_nearly_all_while_the_others_have_little_to_do() {
    let database = TestDb::postgres().await;
    let three = Three::with_limit(&database, LIMIT).await;
    let little = three.let_in(1, 3).await + three.let_in(2, 2).await;
    let all = three.let_in(0, 300).await + little;
    assert!((LIMIT * 95 / 100..=LIMIT).contains(&all), "{all} of {LIMIT}");
    assert_eq!(three.let_in(1, 60).await + all, LIMIT, "what it held back is its own to use");
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_limit_holds_in_every_process_within_a_second() {
    let database = TestDb::postgres().await;
    let three = Three::with_limit(&database, 20).await;
    let all = join_all((0..3).map(|process| three.let_in(process, 20))).await;
    assert_eq!(all.iter().sum::<i64>(), 20);
    three.limit(40).await;
    let (changed, mut more) = (Instant::now(), 0);
    while more == 0 {
        let began = changed.elapsed();
        more = three.let_in(2, 1).await;
        assert!(more > 0 || began < Duration::from_secs(1), "not known after {began:?}");
    }
    let rest = join_all((0..3).map(|process| three.let_in(process, 40))).await;
    let all = 20 + more + rest.iter().sum::<i64>();
    assert!((36..=40).contains(&all), "{all} of 40");
    three.limit(30).await;
    assert_eq!(three.let_in(0, 20).await, 0, "fewer than were let in already");
    database.close().await;
}
