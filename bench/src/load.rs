//! The load: connections that each send, wait for the answer, and send again until the time is over.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::{
    task::JoinSet,
    time::{Instant, timeout_at},
};

use crate::lane::{Lane, Sent};

/// An answer that takes longer never comes.
pub const PATIENCE: Duration = Duration::from_secs(30);

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
    /// Times to the whole answer, of requests of the span that were answered well: from sending, or from when
    /// they were due.
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
    /// Counts a failure.
    pub fn fail(&mut self, what: String, is_unclear: bool) {
        self.failures += 1;
        self.unclear += u64::from(is_unclear);
        self.first_failure.get_or_insert(what);
    }

    /// The same without the latencies.
    pub fn counts(&self) -> Self {
        let Self { acknowledged, failures, unclear, ref first_failure, .. } = *self;
        let first_failure = first_failure.clone();
        Self { latencies: Vec::new(), acknowledged, failures, unclear, first_failure }
    }

    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.acknowledged += other.acknowledged;
        self.failures += other.failures;
        self.unclear += other.unclear;
        self.first_failure = self.first_failure.take().or(other.first_failure);
    }
}

/// Lets every connection send until the end of `span`, and waits for the answers. The latencies are in order then.
pub async fn send(lanes: Vec<Lane>, span: Span) -> Result<Tally> {
    let driven: JoinSet<_> = lanes.into_iter().map(|lane| drive(lane, span)).collect();
    let end = span.until + PATIENCE;
    let tallies = timeout_at(end, driven.join_all()).await.context("answers never came")?;
    let mut all = Tally::default();
    for tally in tallies {
        all.add(tally);
    }
    all.latencies.sort_unstable();
    Ok(all)
}

async fn drive(mut lane: Lane, span: Span) -> Tally {
    let mut tally = Tally::default();
    loop {
        let began = Instant::now();
        if began >= span.until {
            return tally;
        }
        match lane.send(&mut tally).await {
            Sent::Well => {
                let now = Instant::now();
                if (span.from..span.until).contains(&now) {
                    tally.latencies.push(now - began);
                }
            }
            Sent::Badly => {}
            Sent::Lost => return tally,
        }
    }
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
}
