//! How long the disk takes for next to nothing beside the load. A bad moment of the disk shows here and in the answers; so
//! does a server that keeps the disk or the cores busy.

use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
    path::Path,
    sync::{Arc, Weak},
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
/// A calm disk needs less for each sync of a look.
const CALM: Duration = Duration::from_millis(10);
/// So long a look takes.
const LOOK: Duration = Duration::from_secs(8);
/// After so long no other look begins.
const PATIENCE: Duration = Duration::from_mins(1);
/// The file of a look is made in this time.
const MADE_WITHIN: Duration = Duration::from_millis(500);

/// Writes over 4 KiB of a file in `folder` and syncs it, a hundred times in each second of `span`; how long each took from
/// when it was due, in order.
pub async fn over(folder: &Path, span: Span) -> Result<Vec<Duration>> {
    let folder = folder.to_path_buf();
    let (from, until) = (span.from.into_std(), span.until.into_std());
    // Who no longer waits for this drops it, and the thread ends.
    let asked = Arc::new(());
    let wanted = Arc::downgrade(&asked);
    let took = spawn_blocking(move || {
        let mut file = tempfile_in(folder)?;
        for _ in 0..PAGES {
            file.write_all(&PAGE)?;
        }
        file.sync_all()?;
        sync_until(&mut file, from, until, &wanted)
    });
    let took = took.await?;
    drop(asked);
    took
}

/// Waits until the disk under `folder` is calm, but not for ever; whether it is. A large database that is removed keeps it
/// busy: where the file system tells the disk which blocks are free, syncs wait for that, and now and then for seconds after it.
pub async fn until_calm(folder: &Path) -> Result<bool> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let from = Instant::now() + MADE_WITHIN;
        let took = over(folder, Span { from: from.into(), until: (from + LOOK).into() }).await?;
        if took.last().is_some_and(|longest| *longest < CALM) {
            return Ok(true);
        }
        eprintln!("… waiting for a calm disk");
    }
    Ok(false)
}

fn sync_until(
    file: &mut File,
    from: Instant,
    until: Instant,
    wanted: &Weak<()>,
) -> Result<Vec<Duration>> {
    let mut took = Vec::new();
    let (mut due, mut page) = (from, 0);
    while due < until && wanted.strong_count() > 0 {
        let early = due.saturating_duration_since(Instant::now());
        if early > EVERY {
            thread::sleep(EVERY);
            continue;
        }
        thread::sleep(early);
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
