//! How long the disk takes for next to nothing beside the load. Whoever answers after a sync cannot be faster, so a bad
//! moment of the disk shows here as well, and one of the server does not.

use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use tempfile::tempfile_in;
use tokio::task::spawn_blocking;

use crate::load::Span;

/// One is due after each of these.
const EVERY: Duration = Duration::from_millis(10);
const A_SECOND: usize = 100;
const PAGE: [u8; 4_096] = [b'.'; 4_096];
/// The file is written over and over, so no sync waits for it to grow.
const PAGES: u64 = 256;
/// A disk that takes so long stands still: it is what an answer may take in all.
const STILL: Duration = Duration::from_millis(25);

/// Writes over 4 KiB of a file in `folder` and syncs it, a hundred times in each second of `span`; how long each took from
/// when it was due.
pub async fn over(folder: &Path, span: Span) -> Result<Vec<Duration>> {
    let mut file = tempfile_in(folder)?;
    for _ in 0..PAGES {
        file.write_all(&PAGE)?;
    }
    file.sync_all()?;
    let (from, until) = (span.from.into_std(), span.until.into_std());
    spawn_blocking(move || sync_until(&mut file, from, until)).await?
}

fn sync_until(file: &mut File, from: Instant, until: Instant) -> Result<Vec<Duration>> {
    let mut took = Vec::new();
    let (mut due, mut page) = (from, 0);
    while due < until {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        file.seek(SeekFrom::Start(page % PAGES * PAGE.len() as u64))?;
        file.write_all(&PAGE)?;
        file.sync_data()?;
        took.push(due.elapsed());
        (due, page) = (due + EVERY, page + 1);
    }
    Ok(took)
}

/// What was measured while the disk did not stand still.
#[derive(Debug, Default)]
pub struct Calm {
    /// Of the requests that were due then, in order.
    pub latencies: Vec<Duration>,
    /// How long that was.
    pub seconds: usize,
    /// Of how long in all.
    pub of: usize,
}

impl Calm {
    /// From each second's latencies, and how long the lone syncs took meanwhile. What a second could not send in time
    /// comes in the next, so that one does not count either.
    pub fn of(measured: Vec<Vec<Duration>>, syncs: &[Duration]) -> Self {
        let is_still: Vec<bool> =
            syncs.chunks(A_SECOND).map(|took| took.iter().any(|took| *took > STILL)).collect();
        let mut calm = Self { of: measured.len(), ..Self::default() };
        for (second, latencies) in measured.into_iter().enumerate() {
            let around = second.saturating_sub(1)..=second;
            if !around.into_iter().any(|second| is_still.get(second).is_none_or(|it| *it)) {
                calm.latencies.extend(latencies);
                calm.seconds += 1;
            }
        }
        calm.latencies.sort_unstable();
        calm
    }

    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.latencies.sort_unstable();
        self.seconds += other.seconds;
        self.of += other.of;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[tokio::test]
    async fn each_counts_from_when_it_was_due() {
        let from = tokio::time::Instant::now() - ms(50);
        let span = Span { from, until: from + ms(60) };
        let took = over(&std::env::temp_dir(), span).await.unwrap();
        assert_eq!(took.len(), 6);
        assert!(took[0] >= ms(50), "{took:?}");
    }

    #[test]
    fn a_second_in_which_the_disk_stood_still_does_not_count_nor_the_one_after_it() {
        let mut syncs = vec![ms(1); 5 * A_SECOND];
        syncs[A_SECOND + 7] = ms(26);
        let measured = vec![vec![ms(9)], vec![ms(300)], vec![ms(200)], vec![ms(8)], vec![ms(7)]];
        let mut calm = Calm::of(measured, &syncs);
        assert_eq!(calm.latencies, [ms(7), ms(8), ms(9)]);
        calm.add(Calm::of(vec![vec![ms(1)]], &[ms(25)]));
        assert_eq!(calm.latencies, [ms(1), ms(7), ms(8), ms(9)]);
        assert_eq!((calm.seconds, calm.of), (4, 6));
    }

    #[test]
    fn nothing_is_calm_of_which_nothing_is_known() {
        assert_eq!(Calm::of(vec![vec![ms(1)]], &[]).seconds, 0);
    }
}
