//! What the ingest gate sees.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::{join, join_all};
use model::{UnixMs, wire::attempts::OriginVerdict};
use sources::{Changes, GateSource, Lookup};
use tokio::time::timeout;

use super::*;

const REMOVE_ALL: &str = "DELETE FROM sources";

async fn known(sources: &Sources, key: &str) -> Arc<GateSource> {
    match sources.gate_lookup(key).await.expect("an answer") {
        Lookup::Known(source) => source,
        other => panic!("not known: {other:?}"),
    }
}

async fn retired(sources: &Sources, key: &str) -> (Arc<GateSource>, UnixMs) {
    match sources.gate_lookup(key).await.expect("an answer") {
        Lookup::Retired { source, retired_at } => (source, retired_at),
        other => panic!("not retired: {other:?}"),
    }
}

async fn is_unknown(sources: &Sources, key: &str) -> bool {
    matches!(sources.gate_lookup(key).await.expect("an answer"), Lookup::Unknown)
}

testkit::both! {
    async fn a_key_leads_to_its_source(db: Db) {
        let (sources, organization, source) = acme(&db).await;
        let gate = known(&sources, &source.public_key).await;
        assert_eq!((gate.id, gate.organization_id), (source.id, organization));
        assert_eq!(gate.public_key, source.public_key);
        assert_eq!((gate.is_active, gate.require_origin), (true, false));
        assert_eq!(gate.max_payload_bytes, 65_536);
        assert_eq!(gate.rate_limit_per_minute, NonZeroU32::new(6_000));
        assert_eq!(gate.updated_at, source.updated_at);
        assert_eq!(gate.allowed.iter().count(), 0);
    }

    async fn a_text_that_is_no_key_leads_nowhere(db: Db) {
        let (sources, _, source) = acme(&db).await;
        let shouted = source.public_key.to_uppercase();
        for key in ["", "pk_none", "pk_\0", &shouted, &"k".repeat(10_000)] {
            assert!(is_unknown(&sources, key).await, "{key}");
        }
    }

    async fn a_change_is_seen_at_once(db: Db) {
        let (sources, organization, source) = acme(&db).await;
        assert!(known(&sources, &source.public_key).await.is_active);

        let changes = Changes {
            is_active: Some(false),
            rate_limit_per_minute: Some(0),
            max_payload_bytes: Some(2_048),
            ..Changes::default()
        };
        sources.update_source(actor(), organization, source.id, changes).await.expect("it");
        let gate = known(&sources, &source.public_key).await;
        assert_eq!(
            (gate.is_active, gate.rate_limit_per_minute, gate.max_payload_bytes),
            (false, None, 2_048)
        );

        let origin = "https://*.acme.dev".parse().expect("an origin");
        sources.add_origin(actor(), organization, source.id, &origin).await.expect("it");
        let gate = known(&sources, &source.public_key).await;
        let check = gate.allowed.verdict(Some("https://app.acme.dev"), gate.require_origin);
        assert_eq!(check.verdict, OriginVerdict::Allowed);

        sources
            .remove_origin(actor(), organization, source.id, "https://*.acme.dev")
            .await
            .expect("it");
        let gate = known(&sources, &source.public_key).await;
        let check = gate.allowed.verdict(Some("https://app.acme.dev"), gate.require_origin);
        assert_eq!(check.verdict, OriginVerdict::NotAllowed);
    }

    async fn a_rotated_key_is_retired_at_once_and_leads_to_its_source_as_it_is_now(db: Db) {
        let (sources, organization, first) = acme(&db).await;
        known(&sources, &first.public_key).await;

        db.clock().advance_ms(1_000);
        let second = sources.regenerate_key(actor(), organization, first.id).await.expect("it");
        let (gate, at) = retired(&sources, &first.public_key).await;
        assert_eq!((gate.id, at), (first.id, testkit::START.plus_ms(1_000)));
        assert_eq!(gate.public_key, second.public_key);
        assert_eq!(known(&sources, &second.public_key).await.id, first.id);

        db.clock().advance_ms(1_000);
        let third = sources.regenerate_key(actor(), organization, first.id).await.expect("it");
        let (gate, at) = retired(&sources, &first.public_key).await;
        assert_eq!((&gate.public_key, at), (&third.public_key, testkit::START.plus_ms(1_000)));
        let (_, at) = retired(&sources, &second.public_key).await;
        assert_eq!(at, testkit::START.plus_ms(2_000));
    }

    async fn between_changes_a_key_is_read_once(db: Db) {
        let (sources, _, source) = acme(&db).await;
        let gate = known(&sources, &source.public_key).await;
        remove_all(&db).await;
        let again = known(&sources, &source.public_key).await;
        assert!(Arc::ptr_eq(&gate, &again));
        assert!(is_unknown(&Sources::new(db), &source.public_key).await);
    }

    async fn a_change_by_another_process_is_seen_soon(db: Db) {
        let (sources, _, source) = acme(&db).await;
        known(&sources, &source.public_key).await;
        assert!(is_unknown(&sources, "pk_none").await);
        remove_all(&db).await;
        let is_seen = async {
            while !is_unknown(&sources, &source.public_key).await {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(10), is_seen).await.expect("it is seen");
    }

    async fn a_lookup_after_a_change_has_seen_it_whatever_else_is_under_way(db: Db) {
        let (sources, organization, source) = acme(&db).await;
        let is_over = AtomicBool::new(false);
        let change = async {
            for bytes in 2_000..2_050_usize {
                let max = Some(i64::try_from(bytes).expect("small"));
                let changes = Changes { max_payload_bytes: max, ..Changes::default() };
                sources.update_source(actor(), organization, source.id, changes).await.expect("it");
                let seen = known(&sources, &source.public_key).await.max_payload_bytes;
                assert_eq!(seen, bytes);
            }
            is_over.store(true, Ordering::SeqCst);
        };
        let look = async || {
            while !is_over.load(Ordering::SeqCst) {
                known(&sources, &source.public_key).await;
                tokio::task::yield_now().await;
            }
        };
        join(change, join_all((0..4).map(|_| look()))).await;
    }
}

async fn remove_all(db: &Db) {
    let mut tx = db.begin().await.expect("a transaction");
    on_db!(tx.conn().expect("a connection"), c => sqlx::query(REMOVE_ALL).execute(c).await.map(|_| ())).expect("gone");
    tx.commit().await.expect("a commit");
}
