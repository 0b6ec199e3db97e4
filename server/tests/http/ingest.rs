//! Ingest v2 through its door: what a client is told, and what the record says, on both engines.

use crate::house::{House, ORIGIN, bootstrap_body, events_body, text};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

testkit::both! {
    async fn the_documented_requests_are_stored_and_explained(db: db::Db) {
        let house = House::furnished(db).await;
        let reply = house.bootstrap(&bootstrap_body()).await;
        assert_eq!(reply.status, 200);
        let body = reply.json();
        assert_eq!(body["ok"], true);
        assert_eq!(body["resumed"], false);
        assert_eq!(body["anonymousId"], "vis_abc123");
        assert_eq!(body["expiresAt"], "2026-04-10T14:15:00.000Z");
        let session = text(&body["sessionId"]);
        assert!(session.starts_with("sess_"));

        let reply = house.events(&events_body(&session)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let body = reply.json();
        assert_eq!(body["accepted"], 2);
        assert_eq!(body["results"], json!([
            { "id": "evt_1", "status": "accepted" }, { "id": "evt_2", "status": "accepted" }
        ]));
        assert_eq!(body["issues"], json!([]));

        let attempt = house.attempt(&reply).await;
        assert_eq!(attempt["status"], 200);
        assert_eq!(attempt["origin"], ORIGIN);
        assert_eq!(attempt["originVerdict"], "allowed");
        assert_eq!(attempt["requestId"], reply.header("x-request-id"));
        assert_eq!(attempt["events"][0]["name"], "page_view");
        assert_eq!(attempt["normalised"][1]["name"], "report_generated");
        assert_eq!(attempt["normalised"][1]["userId"], "user_42");
        assert_eq!(attempt["normalised"][0]["receivedAt"], "2026-04-10T13:45:00.000Z");
    }

    async fn a_repeat_is_a_success_and_says_who_came_first(db: db::Db) {
        let house = House::furnished(db).await;
        let body = events_body(&house.session().await);
        let first = house.events(&body).await;
        let again = house.events(&body).await;
        assert_eq!(again.status, 200);
        assert_eq!(again.json()["accepted"], 0);
        assert_eq!(again.json()["duplicates"], 2);
        let attempt = house.attempt(&again).await;
        assert_eq!(attempt["events"][0]["status"], "duplicate");
        assert_eq!(attempt["events"][0]["firstAttemptId"], first.json()["attemptId"]);
    }

    async fn a_second_copy_in_one_batch_is_a_duplicate_too(db: db::Db) {
        let house = House::furnished(db).await;
        let mut body = events_body(&house.session().await);
        body["events"][1]["id"] = json!("evt_1");
        let reply = house.events(&body).await.json();
        assert_eq!((&reply["accepted"], &reply["duplicates"]), (&json!(1), &json!(1)));
    }

    async fn one_bad_event_never_costs_its_neighbours(db: db::Db) {
        let house = House::furnished(db).await;
        let mut body = events_body(&house.session().await);
        body["events"][0]["type"] = json!("click");
        let reply = house.events(&body).await;
        assert_eq!(reply.status, 200);
        let told = reply.json();
        assert_eq!((&told["accepted"], &told["rejected"]), (&json!(1), &json!(1)));
        assert_eq!(told["results"][0], json!({
            "id": "evt_1", "status": "rejected", "code": "invalid_event_type",
            "field": "events[0].type", "message": "events[0].type must be page, track or identify"
        }));
        let attempt = house.attempt(&reply).await;
        assert_eq!(attempt["issues"], told["issues"]);
        assert_eq!(attempt["events"][0]["code"], "invalid_event_type");
        assert_eq!(attempt["rejected"], 1);
    }

    async fn events_without_a_session_id_are_refused_and_open_with_the_same_bytes(db: db::Db) {
        let house = House::furnished(db).await;
        let mut body = events_body("sess_789");
        body.as_object_mut().unwrap().remove("sessionId");
        let sent = serde_json::to_string_pretty(&body).unwrap();
        let reply = house
            .ingest("events")
            .header("content-type", "application/json")
            .body(sent.clone())
            .send()
            .await;
        assert_eq!(reply.status, 422);
        let told = reply.json();
        assert_eq!(told["error"], "invalid_events_payload");
        let wanted = json!({
            "code": "missing_session_id", "field": "sessionId", "message": "sessionId is required"
        });
        assert!(told["issues"].as_array().unwrap().contains(&wanted), "{told}");
        let attempt = house.attempt(&reply).await;
        assert_eq!(attempt["raw"], sent);
        assert_eq!(STANDARD.decode(text(&attempt["rawBase64"])).unwrap(), sent.as_bytes());
        assert_eq!(attempt["issues"], told["issues"]);
        assert_eq!(attempt["code"], told["error"]);
    }

    async fn every_fault_of_the_envelope_is_listed_and_nothing_is_stored(db: db::Db) {
        let house = House::furnished(db).await;
        let reply = house.events(&json!({ "events": [], "ingestVersion": "2" })).await;
        assert_eq!(reply.status, 422);
        let issues = reply.json()["issues"].clone();
        let codes: Vec<_> =
            issues.as_array().unwrap().iter().map(|issue| text(&issue["code"])).collect();
        assert_eq!(codes, [
            "invalid_ingest_version", "missing_sdk_version", "missing_batch_id", "missing_sent_at",
            "missing_session_id", "missing_anonymous_id", "invalid_events",
        ]);
    }

    async fn an_identify_ties_later_events_and_not_earlier_ones(db: db::Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        let mut body = events_body(&session);
        body.as_object_mut().unwrap().remove("userId");
        let at = "2026-04-10T13:45:05.000Z";
        body["events"] = json!([
            { "id": "a", "type": "track", "name": "before", "timestamp": at },
            { "id": "b", "type": "identify", "userId": "user_7", "timestamp": at },
            { "id": "c", "type": "track", "name": "after", "timestamp": at },
        ]);
        let reply = house.events(&body).await;
        let users = |attempt: &Value| -> Vec<Value> {
            attempt["normalised"].as_array().unwrap().iter().map(|e| e["userId"].clone()).collect()
        };
        let attempt = house.attempt(&reply).await;
        assert_eq!(users(&attempt), [Value::Null, json!("user_7"), json!("user_7")]);

        body["events"] = json!([{ "id": "d", "type": "track", "name": "later", "timestamp": at }]);
        let later = house.events(&body).await;
        assert_eq!(users(&house.attempt(&later).await), [json!("user_7")]);
    }

    async fn a_session_is_resumed_within_30_minutes_and_made_anew_after(db: db::Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        let mut body = bootstrap_body();
        body["sessionId"] = json!(session);
        house.db.clock().advance_ms(30 * 60_000);
        let resumed = house.bootstrap(&body).await.json();
        assert_eq!((&resumed["resumed"], &resumed["sessionId"]), (&json!(true), &json!(session)));
        house.db.clock().advance_ms(30 * 60_000 + 1);
        let anew = house.bootstrap(&body).await.json();
        assert_eq!(anew["resumed"], false);
        assert_ne!(anew["sessionId"], json!(session));
    }

    async fn whom_a_session_is_not_of_gets_a_new_one_and_no_refusal(db: db::Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        let other = json!({ "name": "Other", "allowedOrigins": [ORIGIN] });
        let other = house.post("/api/tracking-sources", other).await.json()["source"].clone();
        let elsewhere = format!("/api/ingest/v2/{}/bootstrap", text(&other["publicKey"]));
        let mut body = bootstrap_body();
        body["sessionId"] = json!(session);
        let of_another_source = house.client.post(&elsewhere).json(&body).send().await;
        body["anonymousId"] = json!("vis_other");
        let of_another_visitor = house.bootstrap(&body).await;
        body["sessionId"] = json!("no session of ours");
        let of_nobody = house.bootstrap(&body).await;
        for reply in [of_another_source, of_another_visitor, of_nobody] {
            assert_eq!(reply.status, 200, "{}", reply.text());
            assert_eq!(reply.json()["resumed"], false);
            assert_ne!(reply.json()["sessionId"], json!(session));
        }
    }

    async fn a_batch_of_repeats_refreshes_no_session(db: db::Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        assert_eq!(house.events(&events_body(&session)).await.status, 200);
        house.db.clock().advance_ms(20 * 60_000);
        assert_eq!(house.events(&events_body(&session)).await.json()["duplicates"], 2);
        house.db.clock().advance_ms(20 * 60_000);
        let mut body = bootstrap_body();
        body["sessionId"] = json!(session);
        assert_eq!(house.bootstrap(&body).await.json()["resumed"], false);
    }

    async fn a_session_of_nobody_of_another_visitor_or_of_yesterday_is_refused(db: db::Db) {
        let mut house = House::furnished(db).await;
        let session = house.session().await;
        let refused = async |house: &House, body: &Value, cause: &str| {
            let reply = house.events(body).await;
            assert_eq!(reply.status, 403);
            assert_eq!(reply.json()["error"], "invalid_session_for_source");
            let attempt = house.attempt(&reply).await;
            assert!(text(&attempt["explanation"]["cause"]).contains(cause), "{attempt}");
        };
        refused(&house, &events_body("sess_789"), "never made").await;
        let mut stolen = events_body(&session);
        stolen["anonymousId"] = json!("vis_other");
        stolen["events"] = json!([
            { "id": "x", "type": "track", "name": "n", "timestamp": "2026-04-10T13:45:05Z" }
        ]);
        refused(&house, &stolen, "another visitor").await;
        house.db.clock().advance_ms(24 * 60 * 60_000 + 1);
        house.token = crate::house::token(&house.client, crate::house::EMAIL, crate::house::PASSWORD).await;
        refused(&house, &events_body(&session), "24 hours").await;
    }

    async fn a_session_of_another_source_is_refused(db: db::Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        let other = json!({ "name": "Other", "allowedOrigins": [ORIGIN] });
        let other = house.post("/api/tracking-sources", other).await.json()["source"].clone();
        let path = format!("/api/ingest/v2/{}/events", text(&other["publicKey"]));
        let reply = house.client.post(&path).json(&events_body(&session)).send().await;
        assert_eq!(reply.status, 403);
        assert_eq!(reply.json()["error"], "invalid_session_for_source");
    }

    async fn a_body_over_the_limit_is_refused_and_its_first_bytes_are_kept(db: db::Db) {
        let house = House::furnished(db).await;
        house.change_source(json!({ "maxPayloadBytes": 20_000 })).await;
        let exact = padded(20_000);
        let over = padded(20_001);
        let send = async |body: &str| {
            house
                .ingest("bootstrap")
                .header("content-type", "application/json")
                .body(body.to_owned())
                .send()
                .await
        };
        assert_eq!(send(&exact).await.status, 200);
        let reply = send(&over).await;
        assert_eq!(reply.status, 413);
        assert_eq!(reply.json()["error"], "payload_too_large");
        let attempt = house.attempt(&reply).await;
        assert_eq!(attempt["bodyBytes"], 20_001);
        assert_eq!(attempt["isRawCut"], true);
        assert_eq!(text(&attempt["raw"]), over[..16_384]);
    }

    async fn malformed_bodies_get_their_answer_and_are_kept_byte_for_byte(db: db::Db) {
        let house = House::furnished(db).await;
        let nested = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
        let deep_object = format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
        let bodies: [&[u8]; 12] = [
            b"", b"{", b"null", b"[]", b"\"text\"", b"42", b"\xff\xfe{}", b"{\"a\":1}trailing",
            b"{\"a\":\"\\ud800\"}", b"{'a':1}", nested.as_bytes(), deep_object.as_bytes(),
        ];
        for body in bodies {
            for endpoint in ["bootstrap", "events"] {
                let reply = house
                    .ingest(endpoint)
                    .header("content-type", "application/json")
                    .body(body.to_vec())
                    .send()
                    .await;
                let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
                assert_eq!(reply.status, 400, "{shown}");
                assert_eq!(reply.json()["error"], "invalid_json", "{shown}");
                let attempt = house.attempt(&reply).await;
                assert_eq!(STANDARD.decode(text(&attempt["rawBase64"])).unwrap(), body, "{shown}");
                assert_eq!(attempt["normalised"], Value::Null);
            }
        }
    }

    async fn a_header_as_long_as_it_may_be_is_cut_and_harms_nobody(db: db::Db) {
        let house = House::furnished(db).await;
        // Nothing that a compression makes shorter: an index refuses what is longer than a third of its page.
        let noise: Vec<_> = (0_u32..3_000).map(|at| at.wrapping_mul(40_503) >> 7 & 0xffff).collect();
        let noise = noise.iter().fold(String::new(), |noise, part| noise + &format!("{part:04x}"));
        let path = format!("/api/ingest/v2/{}/bootstrap", house.key());
        let call = house.client.post(&path).header("origin", &format!("https://{noise}"));
        let call = call.header("user-agent", &noise).json(&bootstrap_body());
        let body = bootstrap_body();
        let (reply, well) = tokio::join!(call.send(), house.bootstrap(&body));
        assert_eq!(reply.json()["error"], "tracking_source_origin_not_allowed");
        assert_eq!(well.status, 200);
        let attempt = house.attempt(&reply).await;
        for kept in [&attempt["origin"], &attempt["userAgent"]] {
            assert_eq!(text(kept).chars().count(), 513, "{kept}");
        }
    }

    async fn only_json_is_read_and_a_beacon_may_call_it_text(db: db::Db) {
        let house = House::furnished(db).await;
        let send = async |media: &str| {
            let body = bootstrap_body().to_string();
            house.ingest("bootstrap").header("content-type", media).body(body).send().await
        };
        for media in ["text/plain;charset=UTF-8", "Application/JSON; charset=utf-8"] {
            assert_eq!(send(media).await.status, 200, "{media}");
        }
        let reply = send("application/x-www-form-urlencoded").await;
        assert_eq!(reply.status, 415);
        assert_eq!(reply.json()["error"], "unsupported_media_type");
        assert!(reply.json()["attemptId"].is_string());
    }

    async fn an_opened_bootstrap_shows_the_session_it_was_given(db: db::Db) {
        let house = House::furnished(db).await;
        let reply = house.bootstrap(&bootstrap_body()).await;
        let attempt = house.attempt(&reply).await;
        let given = json!({ "anonymousId": "vis_abc123", "sessionId": reply.json()["sessionId"] });
        assert_eq!(attempt["normalised"], given);
    }

    async fn a_source_that_is_switched_off_says_so(db: db::Db) {
        let house = House::furnished(db).await;
        house.change_source(json!({ "isActive": false })).await;
        let path = format!("/api/tracking-sources/{}/debug", house.source_id());
        let reason = text(&house.get(&path).await.json()["verdict"]["reason"]);
        assert!(reason.contains("switched off"), "{reason}");
    }

    async fn the_verdict_follows_what_arrives(db: db::Db) {
        let house = House::furnished(db).await;
        let path = format!("/api/tracking-sources/{}/debug", house.source_id());
        let verdict = async || house.get(&path).await.json()["verdict"].clone();
        assert_eq!(verdict().await["label"], "Waiting for first request");
        let session = house.session().await;
        assert_eq!(verdict().await["label"], "Snippet connected, waiting for first event");
        house.events(&events_body(&session)).await;
        assert_eq!(verdict().await["label"], "Installation verified");
        let wrong = format!("/api/ingest/v2/{}/events", house.key());
        for _ in 0..3 {
            let call = house.client.post(&wrong).header("origin", "https://elsewhere.example");
            call.json(&events_body(&session)).send().await;
        }
        let told = verdict().await;
        assert_eq!(told["label"], "Requests are being rejected");
        assert_eq!(told["error"], "tracking_source_origin_not_allowed");
        assert_eq!(told["allowOrigin"], "https://elsewhere.example");
        house.db.clock().advance_ms(1);
        house.change_source(json!({ "allowedOrigins": [ORIGIN, "https://elsewhere.example"] })).await;
        house.db.clock().advance_ms(1);
        assert_eq!(verdict().await["label"], "Waiting for first request");
    }
}

#[tokio::test]
async fn a_preflight_is_answered_whatever_the_key() {
    let database = testkit::TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let reply = house
        .client
        .call(http::Method::OPTIONS, "/api/ingest/v2/pk_nobody/events")
        .header("origin", "https://a.example")
        .header("access-control-request-method", "POST")
        .send()
        .await;
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("access-control-allow-origin"), "https://a.example");
    assert_eq!(reply.header("access-control-allow-methods"), "POST, OPTIONS");
    assert_eq!(reply.header("access-control-allow-headers"), "content-type");
    assert_eq!(reply.header("access-control-max-age"), "86400");
    assert_eq!(reply.header("access-control-allow-credentials"), "");
}

#[tokio::test]
async fn wrong_methods_and_paths_speak_the_dialect_of_ingest() {
    let database = testkit::TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let path = format!("/api/ingest/v2/{}/events", house.key());
    let reply = house.client.get(&path).send().await;
    assert_eq!(reply.status, 405);
    assert_eq!(reply.json()["error"], "method_not_allowed");
    assert_eq!(reply.header("allow"), "POST, OPTIONS");
    let reply = house.client.post("/api/ingest/v2/pk_a/nothing").send().await;
    assert_eq!(reply.status, 404);
    assert_eq!(reply.json()["error"], "not_found");
    assert!(reply.json()["docs"].is_string());
}

/// A valid bootstrap of exactly `bytes` bytes.
fn padded(bytes: usize) -> String {
    let mut body = bootstrap_body();
    body["context"]["padding"] = json!("");
    let bare = body.to_string().len();
    body["context"]["padding"] = json!("x".repeat(bytes - bare));
    body.to_string()
}
