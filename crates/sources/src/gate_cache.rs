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
    /// What `key` stands for: from the cache, or by `look`, once for everybody who waits for it. It is not called before
    /// somebody must read.
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
mod tests {
    use std::{future::poll_fn, sync::atomic::AtomicUsize};

    use model::{
        UnixMs,
        ids::{OrganizationId, SourceId},
    };
    use tokio::{sync::oneshot, time::timeout};
    use uuid::Uuid;

    use super::*;
    use crate::{AllowedOrigins, GateSource};

    fn key() -> PublicKey {
        PublicKey::from_path("pk_1").expect("a key")
    }

    /// The source as it was after its `version`th change.
    fn found(version: i64) -> Lookup {
        Lookup::Known(Arc::new(GateSource {
            id: SourceId::from(Uuid::from_u128(1)),
            organization_id: OrganizationId::from(Uuid::from_u128(2)),
            public_key: "pk_1".into(),
            allowed: AllowedOrigins::default(),
            is_active: true,
            max_payload_bytes: 1_024,
            rate_limit_per_minute: None,
            require_origin: false,
            updated_at: UnixMs(version),
        }))
    }

    async fn version(
        cache: &GateCache,
        look: impl Future<Output = Result<Lookup, db::Error>>,
    ) -> Option<i64> {
        match cache.get(&key(), || look).await.expect("an answer") {
            Lookup::Known(source) => Some(source.updated_at.0),
            _ => None,
        }
    }

    fn not_asked() -> impl Future<Output = Result<Lookup, db::Error>> {
        poll_fn(|_| panic!("the answer was there"))
    }

    #[tokio::test]
    async fn what_was_found_is_not_looked_up_again_until_a_change() {
        let cache = GateCache::default();
        assert_eq!(version(&cache, async { Ok(found(1)) }).await, Some(1));
        assert_eq!(version(&cache, not_asked()).await, Some(1));
        cache.forget();
        assert_eq!(version(&cache, async { Ok(found(2)) }).await, Some(2));
    }

    #[tokio::test]
    async fn what_was_not_found_is_not_looked_up_again_until_a_change() {
        let cache = GateCache::default();
        assert_eq!(version(&cache, async { Ok(Lookup::Unknown) }).await, None);
        assert_eq!(version(&cache, not_asked()).await, None);
        cache.forget();
        assert_eq!(version(&cache, async { Ok(found(1)) }).await, Some(1));
    }

    #[tokio::test]
    async fn what_was_not_found_is_forgotten_when_it_was_read_long_ago_however_long_that_took() {
        let cache = GateCache::default();
        let slow = async {
            tokio::time::sleep(FRESH_FOR).await;
            Ok(Lookup::Unknown)
        };
        assert_eq!(version(&cache, slow).await, None);
        assert_eq!(version(&cache, async { Ok(found(1)) }).await, Some(1));
    }

    #[tokio::test]
    async fn a_failure_is_told_to_everybody_who_waits_and_not_kept() {
        let cache = GateCache::default();
        let failure = async { Err(db::Error::Stored("x".into())) };
        assert!(cache.get(&key(), || failure).await.is_err());
        assert_eq!(version(&cache, async { Ok(found(1)) }).await, Some(1));
    }

    #[tokio::test]
    async fn everybody_who_waits_for_a_key_shares_one_lookup() {
        let (cache, looks) = (GateCache::default(), AtomicUsize::new(0));
        let look = || async {
            looks.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(found(1))
        };
        let all = futures_util::future::join_all((0..20).map(|_| version(&cache, look()))).await;
        assert_eq!(all, [Some(1); 20]);
        assert_eq!(looks.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_lookup_that_read_before_a_change_and_ends_after_it_misleads_nobody() {
        let cache = Arc::new(GateCache::default());
        let (has_read, read) = oneshot::channel();
        let (go_on, goes_on) = oneshot::channel();
        let slow = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move {
                let look = async {
                    has_read.send(()).expect("the test waits");
                    goes_on.await.expect("the test goes on");
                    Ok(found(1))
                };
                version(&cache, look).await
            }
        });
        read.await.expect("the slow lookup has read");
        cache.forget();
        // While the slow one is under way: neither its answer, nor waiting for it.
        let quick = version(&cache, async { Ok(found(2)) });
        let quick = timeout(Duration::from_secs(10), quick).await.expect("no waiting");
        assert_eq!(quick, Some(2));
        go_on.send(()).expect("the slow lookup waits");
        assert_eq!(slow.await.expect("an answer"), Some(1));
        // And after it.
        assert_eq!(version(&cache, not_asked()).await, Some(2));
    }

    /// A cache that holds what was read so long ago.
    async fn holding(version: i64, age: Duration) -> Arc<GateCache> {
        let cache = GateCache::default();
        let since = Instant::now().checked_sub(age).expect("a moment ago");
        let at = Key { changes: 0, key: key() };
        cache.found.insert(at, Found::new(found(version), since)).await;
        Arc::new(cache)
    }

    #[tokio::test]
    async fn one_of_those_who_ask_looks_again_and_nobody_waits_for_it() {
        let cache = holding(1, GOOD_FOR).await;
        let (has_read, read) = oneshot::channel();
        let (go_on, goes_on) = oneshot::channel::<()>();
        let renewal = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move {
                let look = async {
                    has_read.send(()).expect("the test waits");
                    goes_on.await.expect("the test goes on");
                    Ok(found(2))
                };
                version(&cache, look).await
            }
        });
        read.await.expect("the renewal has read");
        assert_eq!(version(&cache, not_asked()).await, Some(1));
        go_on.send(()).expect("the renewal waits");
        assert_eq!(renewal.await.expect("an answer"), Some(2));
        assert_eq!(version(&cache, not_asked()).await, Some(2));
    }

    #[tokio::test]
    async fn a_renewal_that_read_before_a_change_misleads_nobody() {
        let cache = holding(1, GOOD_FOR).await;
        let look = async {
            cache.forget();
            assert_eq!(version(&cache, async { Ok(found(2)) }).await, Some(2));
            Ok(found(1))
        };
        assert_eq!(version(&cache, look).await, Some(1));
        assert_eq!(version(&cache, not_asked()).await, Some(2));
    }

    #[tokio::test]
    async fn a_renewal_that_fails_costs_nobody_an_answer_and_one_that_finds_nothing_is_kept() {
        let cache = holding(1, GOOD_FOR).await;
        let failure = async { Err(db::Error::Stored("x".into())) };
        assert_eq!(version(&cache, failure).await, Some(1));
        let cache = holding(1, GOOD_FOR).await;
        let late = async {
            tokio::time::sleep(FRESH_FOR).await;
            Err(db::Error::Stored("x".into()))
        };
        assert!(cache.get(&key(), || late).await.is_err(), "what was there is too old by then");
        let cache = holding(1, GOOD_FOR).await;
        assert_eq!(version(&cache, async { Ok(Lookup::Unknown) }).await, None);
        assert_eq!(version(&cache, not_asked()).await, None);
    }

    #[tokio::test]
    async fn what_was_read_too_long_ago_is_not_there() {
        let cache = holding(1, FRESH_FOR).await;
        assert_eq!(version(&cache, async { Ok(found(2)) }).await, Some(2));
    }

    #[tokio::test]
    async fn many_unknown_keys_push_out_no_known_one() {
        let cache = GateCache::default();
        assert_eq!(version(&cache, async { Ok(found(1)) }).await, Some(1));
        for n in 0..100 {
            let key = PublicKey::from_path(&format!("pk_none_{n}")).expect("a key");
            cache.get(&key, || async { Ok(Lookup::Unknown) }).await.expect("an answer");
        }
        cache.found.run_pending_tasks().await;
        assert_eq!(cache.found.entry_count(), 1);
    }
}
