//! The load: connections that each send, wait for the answer, and send again until the time is over.

use std::time::Duration;

use anyhow::{Context, Result};
use db::Clock;
use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};

use crate::{
    connection::{Connection, Reply},
    payload::EventsRequest,
};

/// An answer that takes longer never comes.
const PATIENCE: Duration = Duration::from_secs(30);

/// When is measured.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The end of the warm-up.
    pub from: Instant,
    /// The end of the load; what is under way is waited for.
    pub until: Instant,
}

/// What came of it. The row counts must agree with these.
#[derive(Debug, Default)]
pub struct Tally {
    /// Times from sending to the whole answer, of requests answered well within the span.
    pub latencies: Vec<Duration>,
    /// Requests answered well, the warm-up's included.
    pub acknowledged: u64,
    /// Requests answered otherwise or not at all.
    pub failures: u64,
    /// Of these, requests that may have been stored all the same.
    pub unclear: u64,
    /// What the first failure was.
    pub first_failure: Option<String>,
}

impl Tally {
    fn fail(&mut self, what: String, is_unclear: bool) {
        self.failures += 1;
        self.unclear += u64::from(is_unclear);
        self.first_failure.get_or_insert(what);
    }

    fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.acknowledged += other.acknowledged;
        self.failures += other.failures;
        self.unclear += other.unclear;
        self.first_failure = self.first_failure.take().or(other.first_failure);
    }
}

/// Connections at work.
#[derive(Debug)]
pub struct Load(JoinSet<Tally>);

impl Load {
    /// Lets every connection send `events` events a request until the end of `span`.
    pub fn start(lanes: Vec<(Connection, EventsRequest)>, events: usize, span: Span) -> Self {
        let drive = |(connection, request)| drive(connection, request, events, span);
        Self(lanes.into_iter().map(drive).collect())
    }

    /// Waits until all are done; the latencies are in order then.
    pub async fn finish(self) -> Result<Tally> {
        let tallies = timeout(PATIENCE, self.0.join_all()).await.context("answers never came")?;
        let mut all = Tally::default();
        for tally in tallies {
            all.add(tally);
        }
        all.latencies.sort_unstable();
        Ok(all)
    }
}

async fn drive(
    mut connection: Connection,
    mut request: EventsRequest,
    events: usize,
    span: Span,
) -> Tally {
    let clock = Clock::system();
    let accepted = format!("\"accepted\":{events},");
    let mut tally = Tally::default();
    loop {
        let began = Instant::now();
        if began >= span.until {
            return tally;
        }
        request.renew(clock.now());
        match connection.exchange(request.as_bytes()).await {
            Ok(reply) if is_good(reply, &accepted) => {
                tally.acknowledged += 1;
                let now = Instant::now();
                if (span.from..span.until).contains(&now) {
                    tally.latencies.push(now - began);
                }
            }
            Ok(reply) => {
                let body: String = String::from_utf8_lossy(reply.body).chars().take(300).collect();
                tally.fail(format!("{} {body}", reply.status), reply.status == 200);
            }
            // Whether the server had read it is unknown, and the connection is of no more use.
            Err(error) => {
                tally.fail(format!("{error:#}"), true);
                return tally;
            }
        }
    }
}

/// Every event accepted; the count comes before the long list of results.
fn is_good(reply: Reply<'_>, accepted: &str) -> bool {
    let is_accepted = || reply.body.windows(accepted.len()).any(|part| part == accepted.as_bytes());
    reply.status == 200 && is_accepted()
}

/// The latency that `percent` of a hundred stay within (nearest rank); zero when there is none.
pub fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100);
    rank.checked_sub(1).and_then(|at| sorted.get(at)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_nearest_rank() {
        let sorted: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&sorted, 50), Duration::from_millis(100));
        assert_eq!(percentile(&sorted, 99), Duration::from_millis(198));
        assert_eq!(percentile(&sorted[..1], 99), Duration::from_millis(1));
        assert_eq!(percentile(&[], 99), Duration::ZERO);
    }

    #[test]
    fn an_answer_is_good_only_if_every_event_was_accepted() {
        let body = br#"{"ok":true,"batchId":"b","accepted":25,"duplicates":0}"#;
        let accepted = "\"accepted\":25,";
        assert!(is_good(Reply { status: 200, body }, accepted));
        assert!(!is_good(Reply { status: 503, body }, accepted));
        let body = br#"{"ok":true,"batchId":"b","accepted":2,"duplicates":23}"#;
        assert!(!is_good(Reply { status: 200, body }, accepted));
    }
}
