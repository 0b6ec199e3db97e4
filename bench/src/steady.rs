//! Ingest at a fixed rate, whether answers come or not.
//!
//! Each latency begins when its request was due, so the time it had to wait for a free connection counts: a server
//! that stands still for a second shows a second, and not one slow answer a connection.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, timeout_at},
};

use crate::{
    lane::{Lane, Sent},
    load::{PATIENCE, Span, Tally, percentile},
    pace::Pace,
};

/// Requests in the order they are due; whichever connection is free takes the next.
struct Queue {
    pace: Pace,
    due: Semaphore,
    taken: AtomicU64,
    total: u64,
    measured_from: Instant,
}

/// What came of it.
pub struct Steady {
    /// Lanes that still work.
    pub lanes: Vec<Lane>,
    /// Its latencies are in order.
    pub tally: Tally,
    /// The latencies of requests that were due in each second of the span, each second's in order.
    pub seconds: Vec<Vec<Duration>>,
}

impl Steady {
    /// What a hundredth of each second's requests took longer than.
    pub fn p99_of_seconds(&self) -> Vec<Duration> {
        self.seconds.iter().map(|latencies| percentile(latencies, 99)).collect()
    }
}

/// A request that was answered well.
struct Answered {
    due: Instant,
    latency: Duration,
}

/// Sends so many requests a second over `lanes` until the end of `span`, and waits for the answers.
pub async fn send(mut lanes: Vec<Lane>, rate: u32, span: Span) -> Result<Steady> {
    let queue = Arc::new(Queue::start(rate, span)?);
    let count = lanes.len();
    let mut driven: JoinSet<_> =
        lanes.drain(..).map(|lane| drive(lane, Arc::clone(&queue))).collect();
    queue.release_all(count).await?;
    let mut all = Tally::default();
    let mut answered = Vec::new();
    let end = span.until + PATIENCE;
    while let Some(done) =
        timeout_at(end, driven.join_next()).await.context("answers never came")?
    {
        let (lane, tally, its) = done?;
        lanes.extend(lane);
        all.add(tally);
        answered.extend(its);
    }
    for _ in queue.taken.load(Ordering::Relaxed)..queue.total {
        all.fail("no connection was left to send it".to_owned(), false);
    }
    all.latencies = answered.iter().map(|it: &Answered| it.latency).collect();
    all.latencies.sort_unstable();
    Ok(Steady { lanes, tally: all, seconds: by_second(&answered, span.from) })
}

fn by_second(answered: &[Answered], from: Instant) -> Vec<Vec<Duration>> {
    let mut seconds: BTreeMap<u64, Vec<Duration>> = BTreeMap::new();
    for it in answered {
        seconds.entry((it.due - from).as_secs()).or_default().push(it.latency);
    }
    let mut seconds: Vec<Vec<Duration>> = seconds.into_values().collect();
    for latencies in &mut seconds {
        latencies.sort_unstable();
    }
    seconds
}

impl Queue {
    fn start(rate: u32, span: Span) -> Result<Self> {
        let pace = Pace::start(rate)?;
        let (due, taken) = (Semaphore::new(0), AtomicU64::new(0));
        let total = pace.due_until(span.until);
        Ok(Self { pace, due, taken, total, measured_from: span.from })
    }

    /// A permit for each request as it becomes due, and then one for each lane, which ends it.
    async fn release_all(&self, lanes: usize) -> Result<()> {
        let mut released = 0;
        while released < self.total {
            let due = self.pace.due().await.min(self.total);
            self.due.add_permits(usize::try_from(due - released)?);
            released = due;
        }
        self.due.add_permits(lanes);
        Ok(())
    }

    /// When the next request is due, once it is; `None` when it was the last.
    async fn next(&self) -> Option<Instant> {
        self.due.acquire().await.ok()?.forget();
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        (number < self.total).then(|| self.pace.time_of(number))
    }
}

async fn drive(mut lane: Lane, queue: Arc<Queue>) -> (Option<Lane>, Tally, Vec<Answered>) {
    let (mut tally, mut answered) = (Tally::default(), Vec::new());
    while let Some(due) = queue.next().await {
        match lane.send(&mut tally).await {
            Sent::Well if due >= queue.measured_from => {
                answered.push(Answered { due, latency: due.elapsed() });
            }
            Sent::Well | Sent::Badly => {}
            Sent::Lost => return (None, tally, answered),
        }
    }
    (Some(lane), tally, answered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_counts_for_the_second_in_which_it_was_due() {
        let from = Instant::now();
        let ms = Duration::from_millis;
        let answered = [(1_999, 5), (0, 3_000), (1_000, 1), (999, 2)]
            .map(|(due, latency)| Answered { due: from + ms(due), latency: ms(latency) });
        assert_eq!(by_second(&answered, from), [[ms(2), ms(3_000)], [ms(1), ms(5)]]);
    }

    #[tokio::test]
    async fn every_request_is_taken_once_and_none_before_it_is_due() {
        let now = Instant::now();
        let span = Span { from: now, until: now + Duration::from_millis(50) };
        let queue = Arc::new(Queue::start(1_000, span).unwrap());
        let mut takers = JoinSet::new();
        for _ in 0..3 {
            let queue = Arc::clone(&queue);
            takers.spawn(async move {
                let mut taken = Vec::new();
                while let Some(due) = queue.next().await {
                    assert!(due <= Instant::now());
                    taken.push(due);
                }
                taken
            });
        }
        queue.release_all(3).await.unwrap();
        let mut taken = takers.join_all().await.concat();
        taken.sort_unstable();
        let due: Vec<Instant> = (0..queue.total).map(|number| queue.pace.time_of(number)).collect();
        assert_eq!(taken, due);
        assert!((49..=51).contains(&taken.len()), "{}", taken.len());
    }
}
