//! A steady rate: when each of a row of requests is due, whatever became of those before it.
//!
//! The runtime's timers tell whole milliseconds, which is as long as an answer may take. A thread's sleep is finer,
//! so one that does nothing else beats.

use std::{
    sync::{Arc, Weak},
    thread,
    time::Duration,
};

use anyhow::Result;
use tokio::{sync::Notify, time::Instant};

const SECOND_NS: u64 = 1_000_000_000;
/// No beat is shorter; above this rate several requests are due with each.
const SHORTEST_BEAT_NS: u64 = 100_000;

/// A rate that has begun; it ends when dropped.
#[derive(Debug)]
pub struct Pace {
    beats: Arc<Notify>,
    began: Instant,
    per_second: u64,
}

impl Pace {
    /// Begins now, with the first request.
    pub fn start(per_second: u32) -> Result<Self> {
        let per_second = u64::from(per_second).max(1);
        let beat = Duration::from_nanos((SECOND_NS / per_second).max(SHORTEST_BEAT_NS));
        let beats = Arc::new(Notify::new());
        let heard = Arc::downgrade(&beats);
        thread::Builder::new().name("pace".to_owned()).spawn(move || keep_beating(&heard, beat))?;
        Ok(Self { beats, began: Instant::now(), per_second })
    }

    /// Waits for the next beat; how many requests are due by then, from the beginning.
    pub async fn due(&self) -> u64 {
        self.beats.notified().await;
        self.due_until(Instant::now())
    }

    /// How many are due until `then`.
    pub fn due_until(&self, then: Instant) -> u64 {
        let ns = then.saturating_duration_since(self.began).as_nanos();
        let due = ns * u128::from(self.per_second) / u128::from(SECOND_NS);
        u64::try_from(due).unwrap_or(u64::MAX).saturating_add(1)
    }

    /// When the request of this number is due; the first is 0.
    pub fn time_of(&self, number: u64) -> Instant {
        let (seconds, rest) = (number / self.per_second, number % self.per_second);
        let rest_ns = (rest * SECOND_NS).div_ceil(self.per_second);
        self.began + Duration::from_secs(seconds) + Duration::from_nanos(rest_ns)
    }
}

fn keep_beating(heard: &Weak<Notify>, beat: Duration) {
    while let Some(beats) = heard.upgrade() {
        beats.notify_one();
        drop(beats);
        thread::sleep(beat);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_request_is_due_at_its_time_and_not_before() {
        for per_second in [1, 3, 200, 2_000, 7_777] {
            let pace = Pace::start(per_second).unwrap();
            assert_eq!(pace.due_until(pace.began), 1);
            for number in [1, 2, 9, 100, 123_456] {
                let time = pace.time_of(number);
                assert_eq!(pace.due_until(time), number + 1, "{number} at {per_second}/s");
                assert_eq!(pace.due_until(time - Duration::from_nanos(1)), number);
            }
        }
    }

    #[tokio::test]
    async fn in_time_more_is_due_and_never_too_early() {
        let pace = Pace::start(2_000).unwrap();
        let mut last = 0;
        while last < 10 {
            let due = pace.due().await;
            assert!(due >= last && pace.time_of(due - 1) <= Instant::now());
            last = due;
        }
    }
}
