//! Changing sources.

use futures_util::future::join_all;
use model::wire::sources::FrameworkHint;
use serde_json::json;
use sources::{AllowedOrigin, AllowedOrigins, Changes, Error};

use super::*;

fn origin(text: &str) -> AllowedOrigin {
    text.parse().expect("an origin")
}

testkit::both! {
    async fn a_change_touches_what_it_names_and_records_what_differs(db: Db) {
        let (sources, organization, before) = acme(&db).await;
        db.clock().advance_ms(1_000);
        let changes = Changes {
            name: Some("Shop".into()),
            slug: Some("shop".into()),
            allowed_origins: Some(vec!["https://Shop.dev".into()]),
            framework_hint: Some(Some(FrameworkHint::Nextjs)),
            is_active: Some(true),
            max_payload_bytes: Some(4 * 1_024 * 1_024),
            rate_limit_per_minute: Some(0),
            require_origin: Some(true),
        };
        let after = sources.update_source(actor(), organization, before.id, changes).await.expect("it");
        let expected = Source {
            name: "Shop".into(),
            slug: "shop".into(),
            allowed_origins: vec!["https://shop.dev".into()],
            framework_hint: Some(FrameworkHint::Nextjs),
            max_payload_bytes: 4_194_304,
            rate_limit_per_minute: 0,
            require_origin: true,
            updated_at: testkit::START.plus_ms(1_000),
            ..before.clone()
        };
        assert_eq!(after, expected);
        assert_eq!(sources.get_source(organization, before.id).await.expect("it"), expected);
        let recorded = Recorded {
            action: "source.updated".into(),
            subject: before.id.to_string(),
            before: json!({
                "name": "Web app", "slug": "web-app", "allowedOrigins": [], "frameworkHint": null,
                "maxPayloadBytes": 65_536, "rateLimitPerMinute": 6_000, "requireOrigin": false,
            }),
            after: json!({
                "name": "Shop", "slug": "shop", "allowedOrigins": ["https://shop.dev"],
                "frameworkHint": "nextjs", "maxPayloadBytes": 4_194_304, "rateLimitPerMinute": 0,
                "requireOrigin": true,
            }),
        };
        assert_eq!(audit_log(&db, organization).await[1], recorded);
    }

    async fn what_a_change_does_not_name_stays(db: Db) {
        let (sources, organization, before) = acme(&db).await;
        let hint = Changes { framework_hint: Some(Some(FrameworkHint::React)), ..Changes::default() };
        let off = Changes { is_active: Some(false), ..Changes::default() };
        let no_hint = Changes { framework_hint: Some(None), ..Changes::default() };
        let change = async |changes| {
            sources.update_source(actor(), organization, before.id, changes).await.expect("it")
        };
        assert_eq!(change(hint).await.framework_hint, Some(FrameworkHint::React));
        assert_eq!(change(off).await.framework_hint, Some(FrameworkHint::React));
        let after = change(no_hint).await;
        assert_eq!(after, Source { is_active: false, ..before.clone() });
    }

    async fn a_change_of_nothing_leaves_no_trace(db: Db) {
        let (sources, organization, before) = acme(&db).await;
        db.clock().advance_ms(1_000);
        let same = Changes { name: Some(" Web app".into()), ..Changes::default() };
        for changes in [same, Changes::default()] {
            let after = sources.update_source(actor(), organization, before.id, changes).await;
            assert_eq!(after.expect("it"), before);
        }
        assert_eq!(audit_log(&db, organization).await.len(), 1);
    }

    async fn a_slug_of_another_source_is_refused(db: Db) {
        let (sources, organization, _) = acme(&db).await;
        let other = sources.create_source(actor(), organization, named("App")).await.expect("a source");
        let changes = Changes { slug: Some("web-app".into()), ..Changes::default() };
        let changed = sources.update_source(actor(), organization, other.id, changes).await;
        assert!(matches!(changed, Err(Error::SlugTaken)), "{changed:?}");
        assert_eq!(sources.get_source(organization, other.id).await.expect("it"), other);
    }

    async fn limits_end_where_the_contract_says(db: Db) {
        let (sources, organization, source) = acme(&db).await;
        let size = |bytes| Changes { max_payload_bytes: Some(bytes), ..Changes::default() };
        let rate = |rate| Changes { rate_limit_per_minute: Some(rate), ..Changes::default() };
        for changes in [size(1_024), size(4_194_304), rate(0), rate(1_000_000)] {
            sources.update_source(actor(), organization, source.id, changes).await.expect("within");
        }
        for (changes, refused) in [
            (size(1_023), "maxPayloadBytes"),
            (size(4_194_305), "maxPayloadBytes"),
            (rate(-1), "rateLimitPerMinute"),
            (rate(1_000_001), "rateLimitPerMinute"),
        ] {
            let changed = sources.update_source(actor(), organization, source.id, changes).await;
            assert!(matches!(&changed, Err(Error::Invalid { field, .. }) if *field == refused), "{changed:?}");
        }
    }

    async fn one_origin_more_and_one_less_are_idempotent(db: Db) {
        let (sources, organization, source) = acme(&db).await;
        let (wide, local) = (origin("https://*.acme.dev"), origin("http://localhost:3000"));
        for added in [&wide, &local, &wide] {
            sources.add_origin(actor(), organization, source.id, added).await.expect("it");
        }
        let listed = sources.get_source(organization, source.id).await.expect("it").allowed_origins;
        assert_eq!(listed, ["https://*.acme.dev", "http://localhost:3000"]);

        for removed in ["HTTP://localhost:3000", "http://localhost:3000", "no origin"] {
            let after = sources.remove_origin(actor(), organization, source.id, removed).await;
            assert_eq!(after.expect("it").allowed_origins, ["https://*.acme.dev"]);
        }
        assert_eq!(audit_log(&db, organization).await.len(), 4, "made, two more, one less");
    }

    async fn origins_added_at_once_are_all_kept(db: Db) {
        let (sources, organization, source) = acme(&db).await;
        let origins: Vec<_> = (0..8).map(|n| origin(&format!("https://app{n}.dev"))).collect();
        let add = |origin| sources.add_origin(actor(), organization, source.id, origin);
        for added in join_all(origins.iter().map(add)).await {
            added.expect("it");
        }
        let mut listed = sources.get_source(organization, source.id).await.expect("it").allowed_origins;
        listed.sort();
        let mut expected: Vec<_> = origins.iter().map(ToString::to_string).collect();
        expected.sort();
        assert_eq!(listed, expected);
        assert_eq!(audit_log(&db, organization).await.len(), 9);
    }

    async fn a_full_list_takes_no_more(db: Db) {
        let (sources, organization, source) = acme(&db).await;
        let full = (0..AllowedOrigins::MAX).map(|n| format!("https://a{n}.dev")).collect();
        let changes = Changes { allowed_origins: Some(full), ..Changes::default() };
        sources.update_source(actor(), organization, source.id, changes).await.expect("full");
        let more = sources.add_origin(actor(), organization, source.id, &origin("https://b.dev")).await;
        assert!(matches!(more, Err(Error::Invalid { field: "allowedOrigins", .. })), "{more:?}");
        sources
            .add_origin(actor(), organization, source.id, &origin("https://a0.dev"))
            .await
            .expect("it is listed already");
    }

    async fn a_new_key_is_recorded_with_the_old_one(db: Db) {
        let (sources, organization, before) = acme(&db).await;
        db.clock().advance_ms(1_000);
        let after = sources.regenerate_key(actor(), organization, before.id).await.expect("it");
        assert_ne!(after.public_key, before.public_key);
        let expected = Source {
            public_key: after.public_key.clone(),
            updated_at: testkit::START.plus_ms(1_000),
            ..before.clone()
        };
        assert_eq!(after, expected);
        assert_eq!(sources.get_source(organization, before.id).await.expect("it"), expected);
        let recorded = Recorded {
            action: "source.key_regenerated".into(),
            subject: before.id.to_string(),
            before: json!({ "publicKey": before.public_key }),
            after: json!({ "publicKey": after.public_key }),
        };
        assert_eq!(audit_log(&db, organization).await[1], recorded);
    }

    async fn a_source_of_another_workspace_does_not_exist(db: Db) {
        let (sources, own, source) = acme(&db).await;
        let foreign = organization(&db).await;
        let rename = Changes { name: Some("Mine".into()), ..Changes::default() };
        let origin = origin("https://evil.dev");
        for (organization, id) in [(foreign, source.id), (own, nobody())] {
            for answer in [
                sources.get_source(organization, id).await,
                sources.update_source(actor(), organization, id, rename.clone()).await,
                sources.update_source(actor(), organization, id, Changes::default()).await,
                sources.add_origin(actor(), organization, id, &origin).await,
                sources.remove_origin(actor(), organization, id, "https://evil.dev").await,
                sources.regenerate_key(actor(), organization, id).await,
            ] {
                assert!(matches!(answer, Err(Error::NotFound)), "{answer:?}");
            }
        }
        assert_eq!(sources.list_sources(foreign).await.expect("a list"), []);
        assert_eq!(sources.get_source(own, source.id).await.expect("it"), source);
        assert_eq!(audit_log(&db, foreign).await, []);
    }
}
