//! What the gate has looked up during the last second.
//!
//! Invariant: an answer is never older than the last change that this process made. A lookup that read before
//! a change and ends after it must not be found by those who come later; so the number of changes is part of
//! the cache's key, taken before the read. After a change nobody asks for the old entries, and nobody waits for
//! a read that began before it.
//!
//! What is in use is looked up again before it is too old, by one of those who ask, while the others go on with what is
//! there. So that a source's requests do not all wait each time.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use moka::{Expiry, future::Cache};

use crate::{Lookup, PublicKey};

/// Other processes' changes are seen within a second, counted from the beginning of the read.
const FRESH_FOR: Duration = Duration::from_millis(900);
/// After this the next who asks looks again.
const GOOD_FOR: Duration = Duration::from_millis(500);
const MAX_ENTRIES: u64 = 10_000;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    changes: u64,
    key: PublicKey,
}

#[derive(Clone)]
struct Found {
    lookup: Lookup,
    /// When the read began.
    since: Instant,
    /// Whether somebody looks again. Who gives up while they do leaves it so; then the entry ends in its time.
    is_in_renewal: Arc<AtomicBool>,
}

pub(crate) struct GateCache {
    changes: AtomicU64,
    found: Cache<Key, Found>,
    /// Apart, so that somebody who tries many keys cannot push out those in use.
    unknown: Cache<Key, ReadAt>,
}

/// Why a lookup is not cached as found.
enum NotFound {
    Unknown(ReadAt),
    Failed(Arc<db::Error>),
}

impl GateCache {
    /// What `key` stands for: from the cache, or by `look`, once for everybody who waits for it. It is called only where the
    /// cache does not know, and what it gives is polled by one of those who wait.
    pub async fn get<F: Future<Output = Result<Lookup, db::Error>>>(
        &self,
        key: &PublicKey,
        look: impl FnOnce() -> F,
    ) -> Result<Lookup, Arc<db::Error>> {
        let at = Key { changes: self.changes.load(Ordering::SeqCst), key: key.clone() };
        if self.unknown.contains_key(&at) {
            return Ok(Lookup::Unknown);
        }
        if let Some(found) = self.found.get(&at).await {
            if found.is_to_be_renewed() {
                return Box::pin(self.renew(at, found, look())).await;
            }
            return Ok(found.lookup);
        }
        // Reading is rare and large: apart from what every request holds.
        Box::pin(self.find(at, look())).await
    }

    async fn find(
        &self,
        at: Key,
        look: impl Future<Output = Result<Lookup, db::Error>>,
    ) -> Result<Lookup, Arc<db::Error>> {
        let look = async {
            let since = Instant::now();
            match look.await {
                Ok(Lookup::Unknown) => Err(NotFound::Unknown(ReadAt(since))),
                Ok(lookup) => Ok(Found::new(lookup, since)),
                Err(error) => Err(NotFound::Failed(Arc::new(error))),
            }
        };
        match self.found.try_get_with_by_ref(&at, look).await {
            Ok(found) => Ok(found.lookup),
            Err(not_found) => match &*not_found {
                NotFound::Failed(error) => Err(Arc::clone(error)),
                NotFound::Unknown(read_at) => {
                    self.unknown.insert(at, *read_at).await;
                    Ok(Lookup::Unknown)
                }
            },
        }
    }

    /// Looks again at what `old` was found at. While that fails, `old` is good until its time is over.
    async fn renew(
        &self,
        at: Key,
        old: Found,
        look: impl Future<Output = Result<Lookup, db::Error>>,
    ) -> Result<Lookup, Arc<db::Error>> {
        let since = Instant::now();
        match look.await {
            Ok(Lookup::Unknown) => {
                self.found.invalidate(&at).await;
                self.unknown.insert(at, ReadAt(since)).await;
                Ok(Lookup::Unknown)
            }
            Ok(lookup) => {
                self.found.insert(at, Found::new(lookup.clone(), since)).await;
                Ok(lookup)
            }
            Err(_) if old.since.elapsed() < FRESH_FOR => Ok(old.lookup),
            Err(error) => Err(Arc::new(error)),
        }
    }

    /// To be called after each commit of a change.
    pub fn forget(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        // Nobody can find the old entries any more; they need not take up room either.
        self.found.invalidate_all();
        self.unknown.invalidate_all();
    }
}

impl Default for GateCache {
    fn default() -> Self {
        let cache = Cache::builder().max_capacity(MAX_ENTRIES).expire_after(SinceTheRead);
        let unknown = Cache::builder().max_capacity(MAX_ENTRIES).expire_after(SinceTheRead);
        Self { changes: AtomicU64::new(0), found: cache.build(), unknown: unknown.build() }
    }
}

impl Found {
    fn new(lookup: Lookup, since: Instant) -> Self {
        Self { lookup, since, is_in_renewal: Arc::default() }
    }

    /// Whether it is time to look again, and nobody does so yet.
    fn is_to_be_renewed(&self) -> bool {
        self.since.elapsed() >= GOOD_FOR && !self.is_in_renewal.swap(true, Ordering::Relaxed)
    }
}

/// When the read began.
#[derive(Clone, Copy)]
struct ReadAt(Instant);

impl ReadAt {
    fn left_at(self, now: Instant) -> Duration {
        FRESH_FOR.saturating_sub(now.saturating_duration_since(self.0))
    }
}

impl From<&Found> for ReadAt {
    fn from(found: &Found) -> Self {
        Self(found.since)
    }
}

impl From<&Self> for ReadAt {
    fn from(read_at: &Self) -> Self {
        *read_at
    }
}

struct SinceTheRead;

impl<T> Expiry<Key, T> for SinceTheRead
where
    for<'a> ReadAt: From<&'a T>,
{
    fn expire_after_create(&self, _: &Key, entry: &T, now: Instant) -> Option<Duration> {
        Some(ReadAt::from(entry).left_at(now))
    }

    fn expire_after_update(
        &self,
        _: &Key,
        entry: &T,
        now: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(ReadAt::from(entry).left_at(now))
    }
}

impl fmt::Debug for GateCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateCache").field("changes", &self.changes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
