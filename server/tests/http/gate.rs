//! Who may send: keys, origins, switched-off sources and the rate, on both engines.

use serde_json::json;

use crate::house::{House, ORIGIN, bootstrap_body, events_body, text};

testkit::both! {
    async fn an_origin_that_is_not_listed_is_refused_with_a_door(db: db::Db) {
        let house = House::furnished(db).await;
        let path = format!("/api/ingest/v2/{}/bootstrap", house.key());
        let other = "http://127.0.0.1:3000";
        let reply =
            house.client.post(&path).header("origin", other).json(&bootstrap_body()).send().await;
        assert_eq!(reply.status, 403);
        assert_eq!(reply.json()["error"], "tracking_source_origin_not_allowed");
        assert_eq!(reply.header("access-control-allow-origin"), other);
        assert_eq!(reply.header("vary"), "Origin");
        let attempt = house.attempt(&reply).await;
        assert_eq!(attempt["originVerdict"], "not_allowed");
        assert_eq!(attempt["explanation"]["allowOrigin"], other);
        assert!(text(&attempt["explanation"]["cause"]).contains("two different origins"));
        assert_eq!(attempt["checks"][2], json!({ "name": "origin", "passed": false }));

        house.change_source(json!({ "allowedOrigins": [ORIGIN, other] })).await;
        let reply =
            house.client.post(&path).header("origin", other).json(&bootstrap_body()).send().await;
        assert_eq!(reply.status, 200);
    }

    async fn no_origin_at_all_is_taken_and_noted_as_missing(db: db::Db) {
        let house = House::furnished(db).await;
        let path = format!("/api/ingest/v2/{}/bootstrap", house.key());
        let reply = house.client.post(&path).json(&bootstrap_body()).send().await;
        assert_eq!(reply.status, 200);
        assert_eq!(house.attempt(&reply).await["originVerdict"], "missing");
    }

    async fn origins_are_compared_as_the_url_standard_writes_them(db: db::Db) {
        let house = House::furnished(db).await;
        let allowed = ["https://*.example.com", "https://münchen.example", "https://acme.dev:443"];
        let changed = house.change_source(json!({ "allowedOrigins": allowed })).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
        let path = format!("/api/ingest/v2/{}/bootstrap", house.key());
        for (origin, status) in [
            ("https://app.example.com", 200),
            ("https://a.b.example.com", 200),
            ("https://APP.example.COM", 200),
            ("https://app.example.com:443", 200),
            ("https://xn--mnchen-3ya.example", 200),
            ("https://acme.dev", 200),
            ("https://example.com", 403),
            ("http://app.example.com", 403),
            ("https://app.example.com:8443", 403),
            ("https://app.example.com.evil.dev", 403),
            ("https://notexample.com", 403),
            ("https://acme.dev:444", 403),
            ("null", 403),
            ("", 403),
        ] {
            let call = house.client.post(&path).header("origin", origin).json(&bootstrap_body());
            assert_eq!(call.send().await.status, status, "{origin:?}");
        }
        for suffix in ["https://*.com", "https://*.co.uk", "https://*.github.io", "null", "*"] {
            let refused = house.change_source(json!({ "allowedOrigins": [suffix] })).await;
            assert_eq!(refused.status, 400, "{suffix}");
        }
    }

    async fn where_an_origin_is_required_none_is_refused(db: db::Db) {
        let house = House::furnished(db).await;
        house.change_source(json!({ "requireOrigin": true })).await;
        let path = format!("/api/ingest/v2/{}/bootstrap", house.key());
        let reply = house.client.post(&path).json(&bootstrap_body()).send().await;
        assert_eq!(reply.status, 403);
        assert_eq!(reply.json()["error"], "tracking_source_origin_not_allowed");
        assert_eq!(house.attempt(&reply).await["originVerdict"], "missing");
        assert_eq!(house.bootstrap(&bootstrap_body()).await.status, 200);
    }

    async fn a_source_that_is_switched_off_refuses(db: db::Db) {
        let house = House::furnished(db).await;
        house.change_source(json!({ "isActive": false })).await;
        let reply = house.bootstrap(&bootstrap_body()).await;
        assert_eq!(reply.status, 403);
        assert_eq!(reply.json()["error"], "tracking_source_inactive");
        assert_eq!(house.attempt(&reply).await["originVerdict"], "not_checked");
    }

    async fn a_rotated_key_stops_at_once_and_shows_under_its_source(db: db::Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        let path = format!("/api/tracking-sources/{}/regenerate-key", house.source_id());
        let rotated = house.post(&path, json!({})).await.json()["source"].clone();
        assert_ne!(rotated["publicKey"], house.source["publicKey"]);
        let reply = house.bootstrap(&bootstrap_body()).await;
        assert_eq!(reply.status, 404);
        assert_eq!(reply.json()["error"], "tracking_source_not_found");
        let attempt = house.attempt(&reply).await;
        assert_eq!(attempt["sourceId"], house.source["id"]);
        assert!(text(&attempt["explanation"]["cause"]).contains("rotated away at 2026-04-10T13:45"));
        // The source is the same, so a session goes on under the new key.
        let path = format!("/api/ingest/v2/{}/events", text(&rotated["publicKey"]));
        let reply = house.client.post(&path).json(&events_body(&session)).send().await;
        assert_eq!(reply.status, 200);
    }

    async fn an_unknown_key_and_no_key_are_told_apart(db: db::Db) {
        let house = House::furnished(db).await;
        let post = async |path: &str| {
            house.client.post(path).json(&bootstrap_body()).send().await
        };
        // The second is no text when it is decoded.
        for key in ["pk_nobody", "%ff"] {
            let reply = post(&format!("/api/ingest/v2/{key}/bootstrap")).await;
            assert_eq!((reply.status.as_u16(), &reply.json()["error"]), (404, &json!("tracking_source_not_found")));
            assert!(text(&reply.json()["attemptId"]).starts_with("attempt_"));
        }
        for path in ["/api/ingest/v2//events", "/api/ingest/v2/events", "/api/ingest/v2/bootstrap"] {
            let reply = post(path).await;
            assert_eq!(reply.status, 400, "{path}");
            assert_eq!(reply.json()["error"], "publicKey is required");
        }
    }

    async fn the_minute_holds_what_the_source_allows(db: db::Db) {
        let house = House::furnished(db).await;
        house.change_source(json!({ "rateLimitPerMinute": 2 })).await;
        for _ in 0..2 {
            assert_eq!(house.bootstrap(&bootstrap_body()).await.status, 200);
        }
        let reply = house.bootstrap(&bootstrap_body()).await;
        assert_eq!(reply.status, 429);
        assert_eq!(reply.json()["error"], "rate_limit_exceeded");
        assert_eq!(reply.header("retry-after"), "60");
        assert!(text(&house.attempt(&reply).await["explanation"]["cause"]).contains("2 requests a minute"));
        house.db.clock().advance_ms(60_000);
        assert_eq!(house.bootstrap(&bootstrap_body()).await.status, 200);
    }
}
