//! The dry run: everything is checked and told as the real endpoint would tell it, and nothing is stored but the attempt.

use serde_json::{Value, json};
use testkit::Reply;

use crate::house::{House, bootstrap_body, events_body, text};

async fn validate(house: &House, body: &Value) -> Reply {
    house.ingest("validate").json(body).send().await
}

async fn verdict(house: &House) -> Value {
    let path = format!("/api/tracking-sources/{}/debug", house.source_id());
    house.get(&path).await.json()["verdict"].clone()
}

testkit::both! {
    async fn a_bootstrap_is_checked_and_no_session_made(db: db::Db) {
        let house = House::furnished(db).await;
        let reply = validate(&house, &bootstrap_body()).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let told = reply.json();
        assert_eq!(told, json!({
            "validated": "bootstrap", "ok": true, "sessionId": null, "anonymousId": "vis_abc123",
            "resumed": false, "expiresAt": "2026-04-10T14:15:00.000Z", "issues": [],
            "attemptId": told["attemptId"],
        }));
        let attempt = house.attempt(&reply).await;
        assert_eq!((&attempt["kind"], &attempt["status"]), (&json!("validate"), &json!(200)));
        assert_eq!(attempt["sessionId"], Value::Null);
        assert_eq!(attempt["explanation"]["title"], "Dry run, nothing stored");
        assert!(attempt["checks"].as_array().unwrap().iter().all(|check| check["passed"] == true));

        // What would be resumed is told, and lives no longer for it.
        let session = house.session().await;
        let mut body = bootstrap_body();
        body["sessionId"] = json!(session);
        house.db.clock().advance_ms(20 * 60_000);
        let told = validate(&house, &body).await.json();
        assert_eq!((&told["resumed"], &told["sessionId"]), (&json!(true), &json!(session)));
        house.db.clock().advance_ms(20 * 60_000);
        assert_eq!(validate(&house, &body).await.json()["resumed"], false);
        assert_eq!(house.bootstrap(&body).await.json()["resumed"], false);
    }

    async fn events_are_checked_and_none_is_stored(db: db::Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        let mut body = events_body(&session);
        house.events(&body).await;
        body["events"].as_array_mut().unwrap().extend([
            json!({ "id": "evt_3", "type": "identify", "userId": "u", "timestamp": "2026-04-10T13:45:05Z" }),
            json!({ "id": "evt_3", "type": "track", "name": "n", "timestamp": "2026-04-10T13:45:05Z" }),
            json!({ "id": "evt_4", "type": "click", "timestamp": "2026-04-10T13:45:05Z" }),
        ]);
        for _ in 0..2 {
            let reply = validate(&house, &body).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            let told = reply.json();
            assert_eq!((&told["validated"], &told["ok"]), (&json!("events"), &json!(true)));
            let counts = ["accepted", "duplicates", "rejected"].map(|key| told[key].clone());
            assert_eq!(counts, [json!(1), json!(3), json!(1)]);
            let results = told["results"].as_array().unwrap();
            let statuses: Vec<_> = results.iter().map(|result| text(&result["status"])).collect();
            assert_eq!(statuses, ["duplicate", "duplicate", "accepted", "duplicate", "rejected"]);
            assert_eq!(told["issues"][0]["field"], "events[4].type");
            let attempt = house.attempt(&reply).await;
            assert_eq!(attempt["kind"], "validate");
            assert_eq!(attempt["batchId"], "batch_123");
            assert_eq!(["accepted", "duplicates", "rejected"].map(|key| attempt[key].clone()), [0; 3].map(Value::from));
            assert_eq!(attempt["events"][2]["status"], "accepted");
            assert!(attempt["events"][0]["firstAttemptId"].is_string());
            assert_eq!(attempt["normalised"].as_array().unwrap().len(), 4);
            let cause = text(&attempt["explanation"]["cause"]);
            assert!(cause.contains("1 would be stored, 3 would be duplicates, 1 would be rejected"), "{cause}");
        }
        let reply = house.events(&body).await.json();
        assert_eq!(reply["accepted"], 1, "no dry run stored it");
    }

    async fn a_dry_run_ties_nobody_and_wakes_no_session(db: db::Db) {
        let mut house = House::furnished(db).await;
        let session = house.session().await;
        let mut body = events_body(&session);
        body["events"] = json!([
            { "id": "who", "type": "identify", "userId": "u", "timestamp": "2026-04-10T13:45:05Z" }
        ]);
        assert_eq!(validate(&house, &body).await.json()["accepted"], 1);
        body.as_object_mut().unwrap().remove("userId");
        body["events"] = json!([
            { "id": "what", "type": "track", "name": "n", "timestamp": "2026-04-10T13:45:05Z" }
        ]);
        let reply = house.events(&body).await;
        assert_eq!(house.attempt(&reply).await["normalised"][0]["userId"], Value::Null);
        house.db.clock().advance_ms(24 * 60 * 60_000);
        house.token = crate::house::token(&house.client, crate::house::EMAIL, crate::house::PASSWORD).await;
        assert_eq!(validate(&house, &body).await.status, 200);
        house.db.clock().advance_ms(1);
        for reply in [validate(&house, &body).await, house.events(&body).await] {
            assert_eq!(reply.json()["error"], "invalid_session_for_source");
            let attempt = house.attempt(&reply).await;
            assert!(text(&attempt["explanation"]["cause"]).contains("24 hours"));
        }
    }

    async fn each_check_refuses_a_dry_run_as_it_refuses_the_real_one(db: db::Db) {
        let house = House::furnished(db).await;
        let session = house.session().await;
        let mut rejected = events_body(&session);
        rejected["events"] = json!([{ "id": "a" }]);
        let of_nobody = events_body("sess_nobody");
        for (body, endpoint, status) in [
            (json!({}), "bootstrap", 422),
            (json!({ "events": [] }), "events", 422),
            (json!({ "batchId": "b" }), "events", 422),
            (rejected, "events", 422),
            (of_nobody, "events", 403),
        ] {
            let real = house.ingest(endpoint).json(&body).send().await;
            let dry = validate(&house, &body).await;
            assert_eq!((dry.status, real.status.as_u16()), (real.status, status), "{body}");
            assert_eq!(without_attempt(&dry), without_attempt(&real), "{body}");
            assert_eq!(house.attempt(&dry).await["kind"], "validate");
        }
        let send = async |media: &str, body: &str| {
            let call = house.ingest("validate").header("content-type", media);
            call.body(body.to_owned()).send().await.status.as_u16()
        };
        assert_eq!(send("text/html", "{}").await, 415);
        assert_eq!(send("application/json", "{").await, 400);
        let too_large = "x".repeat(70_000);
        assert_eq!(send("application/json", &too_large).await, 413);
        let unknown = house.client.post("/api/ingest/v2/pk_nobody/validate").json(&json!({})).send().await;
        assert_eq!(unknown.json()["error"], "tracking_source_not_found");
        let path = format!("/api/ingest/v2/{}/validate", house.key());
        let other = house.client.post(&path).header("origin", "https://b.example").json(&json!({}));
        assert_eq!(other.send().await.json()["error"], "tracking_source_origin_not_allowed");
        house.change_source(json!({ "isActive": false })).await;
        assert_eq!(validate(&house, &json!({})).await.json()["error"], "tracking_source_inactive");
    }

    async fn a_dry_run_counts_against_the_rate_and_not_for_the_verdict(db: db::Db) {
        let house = House::furnished(db).await;
        validate(&house, &bootstrap_body()).await;
        validate(&house, &json!({})).await;
        let told = verdict(&house).await;
        assert_eq!(told["label"], "Waiting for first request");
        assert!(text(&told["reason"]).contains("Nothing but dry runs"), "{told}");
        let session = house.session().await;
        assert_eq!(validate(&house, &events_body(&session)).await.json()["accepted"], 2);
        assert_eq!(verdict(&house).await["label"], "Snippet connected, waiting for first event");
        house.events(&events_body(&session)).await;
        for _ in 0..30 {
            assert_eq!(validate(&house, &json!({})).await.status, 422);
        }
        assert_eq!(verdict(&house).await["label"], "Installation verified");
        for _ in 0..30 {
            house.events(&events_body(&session)).await;
        }
        assert_eq!(verdict(&house).await["label"], "Installation verified");
        let listed = house.get("/api/attempts?kind=validate&limit=200").await.json();
        assert_eq!(listed["attempts"].as_array().unwrap().len(), 33);
        let listed = house.get("/api/attempts?kind=events&limit=200").await.json();
        assert_eq!(listed["attempts"].as_array().unwrap().len(), 31);
        house.change_source(json!({ "rateLimitPerMinute": 1 })).await;
        house.db.clock().advance_ms(60_000);
        assert_eq!(validate(&house, &bootstrap_body()).await.status, 200);
        assert_eq!(house.bootstrap(&bootstrap_body()).await.status, 429);
        assert_eq!(validate(&house, &bootstrap_body()).await.status, 429);
    }

    async fn a_dry_run_opens_in_the_pages(db: db::Db) {
        let house = House::furnished(db).await;
        let mut body = events_body(&house.session().await);
        body["events"][1]["id"] = json!("evt_1");
        let id = text(&validate(&house, &body).await.json()["attemptId"]);
        let mira = crate::pages::Browser::signed_in(house.client.clone()).await;
        let page = mira.get(&format!("/acme/analytics/setup/debug/{id}")).await.text();
        for words in ["dry run", "Dry run, nothing stored", "what it would have become", "/validate"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let list = mira.get("/acme/analytics/setup/debug").await.text();
        assert!(list.contains("dry run") && list.contains(">validate<"), "{list}");
    }
}

fn without_attempt(reply: &Reply) -> Value {
    let mut body = reply.json();
    body.as_object_mut().unwrap().remove("attemptId");
    body
}
