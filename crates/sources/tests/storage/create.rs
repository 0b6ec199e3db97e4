//! Making and reading sources.

use futures_util::future::join_all;
use model::wire::sources::FrameworkHint;
use serde_json::json;
use sources::Error;

use super::*;

fn with_slug(slug: &str) -> NewSource {
    NewSource { slug: Some(slug.into()), ..named("Web app") }
}

testkit::both! {
    async fn a_new_source_has_a_key_and_the_default_limits_and_is_recorded(db: Db) {
        let (sources, organization) = (Sources::new(db.clone()), organization(&db).await);
        let new = NewSource {
            name: "  Web app ".into(),
            slug: None,
            allowed_origins: vec!["HTTPS://App.Acme.dev:443".into(), "https://*.acme.dev".into()],
            framework_hint: Some(FrameworkHint::React),
        };
        let source = sources.create_source(actor(), organization, new).await.expect("a source");
        assert_eq!(
            (source.organization_id, source.name.as_str(), source.slug.as_str()),
            (organization, "Web app", "web-app")
        );
        assert_eq!(source.allowed_origins, ["https://app.acme.dev", "https://*.acme.dev"]);
        assert_eq!(source.framework_hint, Some(FrameworkHint::React));
        assert_eq!((source.max_payload_bytes, source.rate_limit_per_minute), (65_536, 6_000));
        assert_eq!((source.is_active, source.require_origin), (true, false));
        assert_eq!((source.created_at, source.updated_at), (testkit::START, testkit::START));
        assert!(source.public_key.starts_with("pk_"));

        assert_eq!(sources.get_source(organization, source.id).await.expect("it"), source);
        let recorded = Recorded {
            action: "source.created".into(),
            subject: source.id.to_string(),
            before: Value::Null,
            after: json!({
                "name": "Web app", "slug": "web-app", "publicKey": source.public_key,
                "allowedOrigins": ["https://app.acme.dev", "https://*.acme.dev"],
                "frameworkHint": "react", "isActive": true, "maxPayloadBytes": 65_536,
                "rateLimitPerMinute": 6_000, "requireOrigin": false,
            }),
        };
        assert_eq!(audit_log(&db, organization).await, [recorded]);
    }

    async fn a_slug_made_from_the_name_gets_a_number_when_it_is_taken(db: Db) {
        let (sources, organization, first) = acme(&db).await;
        assert_eq!(first.slug, "web-app");
        for slug in ["web-app-2", "web-app-3"] {
            let next = sources.create_source(actor(), organization, named("Web app")).await;
            assert_eq!(next.expect("a source").slug, slug);
        }
    }

    async fn sources_of_one_name_made_at_once_get_different_slugs(db: Db) {
        let (sources, organization) = (Sources::new(db.clone()), organization(&db).await);
        let made = join_all((0..8).map(|_| sources.create_source(actor(), organization, named("Web")))).await;
        let mut slugs: Vec<_> = made.into_iter().map(|source| source.expect("a source").slug).collect();
        slugs.sort();
        assert_eq!(slugs, ["web", "web-2", "web-3", "web-4", "web-5", "web-6", "web-7", "web-8"]);
    }

    async fn a_slug_that_was_asked_for_and_is_taken_is_refused(db: Db) {
        let (sources, organization, _) = acme(&db).await;
        let again = sources.create_source(actor(), organization, with_slug("web-app")).await;
        assert!(matches!(again, Err(Error::SlugTaken)), "{again:?}");
        assert_eq!(audit_log(&db, organization).await.len(), 1, "what failed is not recorded");
    }

    async fn two_workspaces_may_use_one_slug(db: Db) {
        let (sources, _, _) = acme(&db).await;
        let other = organization(&db).await;
        let there = sources.create_source(actor(), other, with_slug("web-app")).await;
        assert_eq!(there.expect("a source").slug, "web-app");
    }

    async fn values_that_no_source_may_have_are_refused_with_their_field(db: Db) {
        let (sources, organization) = (Sources::new(db.clone()), organization(&db).await);
        let origin = NewSource { allowed_origins: vec!["app.acme.dev".into()], ..named("Web") };
        for (new, refused) in [
            (named("  "), "name"),
            (named(&"a".repeat(81)), "name"),
            (named("a\0b"), "name"),
            (with_slug("new"), "slug"),
            (with_slug("Web"), "slug"),
            (with_slug(""), "slug"),
            (origin, "allowedOrigins"),
        ] {
            let made = sources.create_source(actor(), organization, new).await;
            assert!(matches!(&made, Err(Error::Invalid { field, .. }) if *field == refused), "{made:?}");
        }
        assert_eq!(sources.list_sources(organization).await.expect("a list"), []);
    }

    async fn a_list_has_the_workspaces_own_sources_oldest_first(db: Db) {
        let (sources, organization, first) = acme(&db).await;
        acme(&db).await;
        db.clock().advance_ms(1);
        let second =
            sources.create_source(actor(), organization, named("App")).await.expect("a source");
        let list = sources.list_sources(organization).await.expect("a list");
        assert_eq!(list, [first, second]);
    }

    async fn a_source_is_found_by_its_slug_in_its_workspace_only(db: Db) {
        let (sources, organization_id, source) = acme(&db).await;
        let find = async |organization, slug| {
            sources.find_source_by_slug(organization, slug).await.expect("an answer")
        };
        assert_eq!(find(organization_id, "web-app").await, Some(source));
        for slug in ["web", "", "WEB-APP", "web-app\0"] {
            assert_eq!(find(organization_id, slug).await, None);
        }
        assert_eq!(find(organization(&db).await, "web-app").await, None);
    }
}
