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
const PAGE: [u8; 4_096] = [b'.'; 4_096];
/// The file is written over and over, so no sync waits for it to grow.
const PAGES: u64 = 256;

/// Writes over 4 KiB of a file in `folder` and syncs it, a hundred times in each second of `span`; how long each took from
/// when it was due, in order.
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
    took.sort_unstable();
    Ok(took)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_counts_from_when_it_was_due() {
        let late = Duration::from_millis(50);
        let from = tokio::time::Instant::now() - late;
        let span = Span { from, until: from + Duration::from_millis(60) };
        let took = over(&std::env::temp_dir(), span).await.unwrap();
        assert_eq!(took.len(), 6);
        assert!(took.last().is_some_and(|longest| *longest >= late), "{took:?}");
    }
}
