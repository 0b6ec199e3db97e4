use std::{future::poll_fn, sync::atomic::AtomicUsize};

use model::{
    UnixMs,
    ids::{OrganizationId, SourceId},
};
use tokio::{sync::oneshot, task::JoinHandle, time::timeout};
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

/// A lookup that has read and is not yet allowed to tell.
struct Slow {
    go_on: oneshot::Sender<()>,
    told: JoinHandle<Option<i64>>,
}

impl Slow {
    async fn of(cache: &Arc<GateCache>, reads: i64) -> Self {
        let (has_read, read) = oneshot::channel();
        let (go_on, goes_on) = oneshot::channel();
        let cache = Arc::clone(cache);
        let told = tokio::spawn(async move {
            let look = async {
                has_read.send(()).expect("the test waits");
                goes_on.await.expect("the test goes on");
                Ok(found(reads))
            };
            version(&cache, look).await
        });
        read.await.expect("it has read");
        Self { go_on, told }
    }

    /// What it told to who asked for it.
    async fn end(self) -> Option<i64> {
        self.go_on.send(()).expect("it waits");
        self.told.await.expect("an answer")
    }
}

#[tokio::test]
async fn a_lookup_that_read_before_a_change_and_ends_after_it_misleads_nobody() {
    let cache = Arc::new(GateCache::default());
    let slow = Slow::of(&cache, 1).await;
    cache.forget();
    // While the slow one is under way: neither its answer, nor waiting for it.
    let quick = version(&cache, async { Ok(found(2)) });
    let quick = timeout(Duration::from_secs(10), quick).await.expect("no waiting");
    assert_eq!(quick, Some(2));
    assert_eq!(slow.end().await, Some(1));
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
    let renewal = Slow::of(&cache, 2).await;
    assert_eq!(version(&cache, not_asked()).await, Some(1));
    assert_eq!(renewal.end().await, Some(2));
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
