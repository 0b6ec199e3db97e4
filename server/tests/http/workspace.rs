//! Accounts, workspaces and sources through the API: every refusal with its status, body and headers.

use crate::house::{EMAIL, House, PASSWORD, text, token};
use serde_json::{Value, json};
use testkit::{Call, Client, Reply};
use web::SignupMode;

const FORM: &str = "application/x-www-form-urlencoded";

/// What every refusal of the workspace dialect has.
fn assert_refused(reply: &Reply, status: u16, error: &str) {
    assert_eq!(reply.status, status, "{}", reply.text());
    let body = reply.json();
    assert_eq!(body["error"], error);
    assert!(text(&body["message"]).ends_with('.'), "{body}");
    assert_eq!(body["requestId"], reply.header("x-request-id"));
    assert_eq!(reply.header("content-type"), "application/json");
}

testkit::both! {
    async fn sign_up_answers_with_the_account(db: db::Db) {
        let client = Client::new(crate::house::router(&db, SignupMode::Open));
        let body = json!({ "email": "  Mira@ACME.dev ", "password": PASSWORD, "name": "Mira" });
        let reply = client.post("/api/auth/signup").json(&body).send().await;
        assert_eq!(reply.status, 201);
        let user = reply.json()["user"].clone();
        assert_eq!(user["email"], "mira@acme.dev");
        assert_eq!(user["name"], "Mira");
        assert_eq!(user["createdAt"], "2026-04-10T13:45:00.000Z");
        assert!(!reply.text().contains(PASSWORD));
        assert_refused(&client.post("/api/auth/signup").json(&body).send().await, 409, "email_taken");
    }

    async fn sign_up_names_the_field_at_fault(db: db::Db) {
        let client = Client::new(crate::house::router(&db, SignupMode::Open));
        let sign_up = async |body: Value| client.post("/api/auth/signup").json(&body).send().await;
        let reply = sign_up(json!({ "password": PASSWORD })).await;
        assert_refused(&reply, 400, "email is required");
        let reply = sign_up(json!({ "email": EMAIL })).await;
        assert_refused(&reply, 400, "password is required");
        for (body, field) in [
            (json!({ "email": "nobody", "password": PASSWORD }), "email"),
            (json!({ "email": EMAIL, "password": "short" }), "password"),
            (json!({ "email": EMAIL, "password": "password123" }), "password"),
            (json!({ "email": 7, "password": PASSWORD }), "email"),
        ] {
            let reply = sign_up(body).await;
            assert_refused(&reply, 400, "invalid_request");
            assert_eq!(reply.json()["field"], field);
        }
    }

    async fn a_closed_instance_takes_no_sign_up_but_its_first(db: db::Db) {
        let client = Client::new(crate::house::router(&db, SignupMode::Closed));
        let first = json!({ "email": "first@acme.dev", "password": PASSWORD });
        assert_eq!(client.post("/api/auth/signup").json(&first).send().await.status, 201);
        let body = json!({ "email": EMAIL, "password": PASSWORD });
        assert_refused(&client.post("/api/auth/signup").json(&body).send().await, 403, "Forbidden");
    }

    async fn a_wrong_password_and_an_unknown_address_answer_alike(db: db::Db) {
        let house = House::furnished(db).await;
        let sign_in = async |email: &str| {
            let body = json!({ "email": email, "password": "wrong horse battery" });
            let reply = house.client.post("/api/auth/token").json(&body).send().await;
            assert_refused(&reply, 401, "invalid_credentials");
            let mut body = reply.json();
            body["requestId"] = Value::Null;
            body
        };
        assert_eq!(sign_in(EMAIL).await, sign_in("nobody@acme.dev").await);
        assert_eq!(sign_in("not an address").await, sign_in(EMAIL).await);
    }

    async fn a_token_works_for_an_hour(db: db::Db) {
        let house = House::furnished(db).await;
        house.db.clock().advance_ms(60 * 60_000 - 1);
        assert_eq!(house.get("/api/tracking-sources").await.status, 200);
        house.db.clock().advance_ms(1);
        let reply = house.get("/api/tracking-sources").await;
        assert_refused(&reply, 401, "unauthorized");
        assert_eq!(reply.header("www-authenticate"), "Bearer");
    }

    async fn whatever_is_no_token_is_unauthorized(db: db::Db) {
        let house = House::furnished(db).await;
        let key = house.key();
        for header in ["", "Bearer", "Bearer ", "Bearer tat_nonsense", "Basic abc", key.as_str()] {
            let call = house.client.get("/api/organizations").header("authorization", header);
            assert_refused(&call.send().await, 401, "unauthorized");
        }
        let public_key = house.client.get("/api/organizations").bearer(&key).send().await;
        assert_refused(&public_key, 401, "unauthorized");
        assert_refused(&house.client.get("/api/organizations").send().await, 401, "unauthorized");
    }

    async fn the_order_of_answers_is_401_400_403_404(db: db::Db) {
        let house = House::furnished(db).await;
        let path = "/api/tracking-sources";
        let nobody = house.client.post(path).json(&json!({})).send().await;
        assert_refused(&nobody, 401, "unauthorized");
        let post = async |body: Value| {
            house.client.post(path).bearer(&house.token).json(&body).send().await
        };
        assert_refused(&post(json!({})).await, 400, "organizationId is required");
        let foreign = "org_00000000000000000000000000";
        let reply = post(json!({ "organizationId": foreign })).await;
        assert_refused(&reply, 400, "name is required");
        let reply = post(json!({ "organizationId": foreign, "name": "x" })).await;
        assert_refused(&reply, 400, "allowedOrigins is required");
        let whole = json!({ "organizationId": foreign, "name": "x", "allowedOrigins": [] });
        assert_refused(&post(whole).await, 403, "Forbidden");
        let reply = house.client.get(path).bearer(&house.token).send().await;
        assert_refused(&reply, 400, "organizationId is required");
    }

    async fn a_workspace_of_others_answers_like_one_that_is_not_there(db: db::Db) {
        let house = House::furnished(db).await;
        let body = json!({ "email": "eve@evil.dev", "password": PASSWORD });
        house.client.post("/api/auth/signup").json(&body).send().await;
        let eve = token(&house.client, "eve@evil.dev", PASSWORD).await;
        let session = house.session().await;
        let attempt = text(&house.events(&crate::house::events_body(&session)).await.json()["attemptId"]);
        let source = house.source_id();
        let paths = [
            "/api/tracking-sources".to_owned(),
            format!("/api/tracking-sources/{source}/install"),
            format!("/api/tracking-sources/{source}/debug"),
            "/api/attempts".to_owned(),
            format!("/api/attempts/{attempt}"),
        ];
        for path in paths {
            let told = async |organization: &str| {
                let path = format!("{path}?organizationId={organization}");
                let reply = house.client.get(&path).bearer(&eve).send().await;
                assert_refused(&reply, 403, "Forbidden");
                text(&reply.json()["message"])
            };
            let theirs = told(&house.organization).await;
            assert_eq!(theirs, told("org_00000000000000000000000000").await, "{path}");
            assert_eq!(theirs, told("nonsense").await, "{path}");
        }
        // In her own workspace the ids of another are the ids of nothing.
        let own = house.client.post("/api/organizations").bearer(&eve);
        let own = own.json(&json!({ "name": "Evil" })).send().await.json();
        let own = text(&own["organization"]["id"]);
        let get = async |path: String| {
            let path = format!("{path}?organizationId={own}");
            house.client.get(&path).bearer(&eve).send().await
        };
        let reply = get(format!("/api/tracking-sources/{source}/debug")).await;
        assert_refused(&reply, 404, "tracking_source_not_found");
        assert_refused(&get(format!("/api/attempts/{attempt}")).await, 404, "attempt_not_found");
    }

    async fn a_workspace_has_its_creator_as_owner_and_its_own_address(db: db::Db) {
        let house = House::furnished(db).await;
        let list = house.client.get("/api/organizations").bearer(&house.token).send().await.json();
        let organization = &list["organizations"][0];
        assert_eq!((&organization["name"], &organization["slug"]), (&json!("Acme"), &json!("acme")));
        assert_eq!(organization["roleName"], "Owner");
        let make = async |body: Value| {
            house.client.post("/api/organizations").bearer(&house.token).json(&body).send().await
        };
        assert_refused(&make(json!({ "name": "Acme", "slug": "acme" })).await, 409, "slug_taken");
        let suggested = make(json!({ "name": "Acme" })).await;
        assert_eq!(suggested.json()["organization"]["slug"], "acme-2");
        let reply = make(json!({ "name": "Acme", "slug": "Not A Slug" })).await;
        assert_refused(&reply, 400, "invalid_request");
        assert_eq!(reply.json()["field"], "slug");
    }

    async fn a_source_is_made_changed_and_listed(db: db::Db) {
        let house = House::furnished(db).await;
        let source = &house.source;
        assert_eq!(source["slug"], "web-app");
        assert_eq!(source["allowedOrigins"], json!(["http://localhost:3000"]));
        assert_eq!((&source["maxPayloadBytes"], &source["rateLimitPerMinute"]), (&json!(65_536), &json!(6_000)));
        assert_eq!((&source["isActive"], &source["requireOrigin"]), (&json!(true), &json!(false)));
        let changes = json!({ "name": "Shop", "frameworkHint": "nextjs", "rateLimitPerMinute": 0 });
        let changed = house.change_source(changes).await.json()["source"].clone();
        assert_eq!((&changed["name"], &changed["frameworkHint"]), (&json!("Shop"), &json!("nextjs")));
        let cleared = house.change_source(json!({ "frameworkHint": null })).await.json();
        assert_eq!(cleared["source"]["frameworkHint"], Value::Null);
        let listed = house.get("/api/tracking-sources").await.json();
        assert_eq!(listed["sources"], json!([cleared["source"]]));
        assert_eq!(listed["nextCursor"], Value::Null);
    }

    async fn a_source_that_cannot_be_is_refused_with_what_would_be_right(db: db::Db) {
        let house = House::furnished(db).await;
        for (changes, field, said) in [
            (json!({ "allowedOrigins": ["https://a.example/path"] }), "allowedOrigins", "https://a.example"),
            (json!({ "allowedOrigins": ["app.acme.dev"] }), "allowedOrigins", "https://app.acme.dev"),
            (json!({ "allowedOrigins": ["https://*.co.uk"] }), "allowedOrigins", "co.uk"),
            (json!({ "allowedOrigins": "https://a.example" }), "allowedOrigins", "array"),
            (json!({ "maxPayloadBytes": 5_000_000 }), "maxPayloadBytes", ""),
            (json!({ "rateLimitPerMinute": -1 }), "rateLimitPerMinute", ""),
            (json!({ "isActive": "yes" }), "isActive", "true or false"),
            (json!({ "frameworkHint": "cobol" }), "frameworkHint", "nextjs"),
        ] {
            let reply = house.change_source(changes).await;
            assert_refused(&reply, 400, "invalid_request");
            assert_eq!(reply.json()["field"], field);
            assert!(text(&reply.json()["message"]).contains(said), "{}", reply.text());
        }
    }

    async fn the_install_page_carries_the_key_and_where_to_look(db: db::Db) {
        let house = House::furnished(db).await;
        let install = house.get(&format!("/api/tracking-sources/{}/install", house.source_id())).await;
        let install = install.json();
        assert_eq!(install["publicKey"], house.source["publicKey"]);
        for part in ["browserSnippet", "reactExample", "nextjsExample", "curlExample", "installBrief"] {
            assert!(text(&install[part]).contains(&house.key()), "{part}");
        }
        assert_eq!(install["debugUrl"], "http://tiny.test/acme/analytics/setup/debug?source=web-app");
    }

    async fn attempts_are_listed_newest_first_filtered_and_paged(db: db::Db) {
        let house = House::furnished(db).await;
        for minute in 0..3 {
            house.db.clock().advance_ms(minute);
            house.session().await;
        }
        house.events(&json!({})).await;
        let list = async |query: &str| house.get(&format!("/api/attempts?{query}")).await.json();
        let all = list("limit=200").await;
        assert_eq!(all["attempts"].as_array().unwrap().len(), 4);
        assert_eq!(all["nextCursor"], Value::Null);
        let refused = list("status=4xx").await["attempts"].clone();
        assert_eq!(refused.as_array().unwrap().len(), 1);
        assert_eq!(refused[0]["code"], "invalid_events_payload");
        assert_eq!(list("kind=bootstrap&status=200").await["attempts"].as_array().unwrap().len(), 3);
        assert_eq!(list("originVerdict=missing").await["attempts"], json!([]));
        let first = list("limit=3").await;
        let second = list(&format!("limit=3&cursor={}", text(&first["nextCursor"]))).await;
        let mut paged = first["attempts"].as_array().unwrap().clone();
        paged.extend(second["attempts"].as_array().unwrap().clone());
        assert_eq!(json!(paged), all["attempts"]);
        for query in ["limit=0", "limit=201", "status=9xx", "kind=x", "cursor=x", "from=yesterday"] {
            assert_refused(&house.get(&format!("/api/attempts?{query}")).await, 400, "invalid_request");
        }
    }

    async fn every_change_of_a_source_is_in_the_audit_log(db: db::Db) {
        let house = House::furnished(db).await;
        house.change_source(json!({ "isActive": false })).await;
        let path = format!("/api/tracking-sources/{}/regenerate-key", house.source_id());
        house.post(&path, json!({})).await;
        let actions: Vec<(String,)> = db::on_db!(house.db.read(), c => {
            sqlx::query_as("SELECT action FROM audit_log ORDER BY id").fetch_all(c).await
        })
        .unwrap();
        let mut actions: Vec<_> = actions.into_iter().map(|(action,)| action).collect();
        actions.sort();
        assert_eq!(
            actions,
            ["organization.created", "source.created", "source.key_regenerated", "source.updated"]
        );
    }
}

#[tokio::test]
async fn malformed_calls_are_refused_in_the_workspace_dialect() {
    let database = testkit::TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let post = || house.client.post("/api/tracking-sources").bearer(&house.token);
    let reply = post().header("content-type", "text/plain").body("{}").send().await;
    assert_refused(&reply, 415, "unsupported_media_type");
    for body in ["", "{", "[]", "\u{0}"] {
        let reply = post().header("content-type", "application/json").body(body).send().await;
        assert_refused(&reply, 400, "invalid_request");
    }
    let huge = format!("{{\"name\":\"{}\"}}", "x".repeat(2 << 20));
    let reply = post().header("content-type", "application/json").body(huge).send().await;
    assert_refused(&reply, 413, "payload_too_large");
    assert_refused(&house.client.get("/api/nothing").send().await, 404, "not_found");
    let reply = house.client.call(http::Method::DELETE, "/api/tracking-sources").send().await;
    assert_refused(&reply, 405, "method_not_allowed");
    assert_eq!(reply.header("allow"), "GET,HEAD,POST");
}

#[tokio::test]
async fn a_write_from_another_site_is_refused() {
    let database = testkit::TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let sign_in = format!("email={EMAIL}&password={}", PASSWORD.replace(' ', "+"));
    let signed_in = house.client.post("/login").form(&sign_in).send().await;
    assert_eq!(signed_in.status, 303);
    let cookie = format!("tiny={}", signed_in.cookie("tiny").unwrap());
    let new = json!({ "organizationId": house.organization, "name": "x", "allowedOrigins": [] });
    let (site, origin, host) = ("sec-fetch-site", "origin", ("host", "tiny.test"));
    for (words, status) in [
        (&[][..], 403),
        (&[host], 403),
        (&[(site, "")], 403),
        (&[(site, "none")], 403),
        (&[(site, "cross-site")], 403),
        (&[(site, "same-site")], 403),
        (&[(site, "cross-site"), (origin, "http://tiny.test"), host], 403),
        (&[(origin, "http://evil.test"), host], 403),
        (&[(site, "none"), (origin, "http://evil.test"), host], 403),
        (&[(origin, "null"), host], 403),
        (&[(origin, "http://tiny.test")], 403),
        (&[(site, "same-origin")], 201),
        (&[(origin, "http://tiny.test"), host], 201),
        (&[(site, "none"), (origin, "http://tiny.test"), host], 201),
    ] {
        let said =
            |call: Call| words.iter().fold(call, |call, (name, value)| call.header(name, value));
        let write = |path: &str| said(house.client.post(path).header("cookie", &cookie));
        let call = write("/api/tracking-sources").json(&new).send().await;
        assert_eq!(call.status, status, "{words:?}: {}", call.text());
        let form =
            write("/account/name").header("content-type", FORM).body("name=Eve").send().await;
        assert_eq!(form.status, if status == 201 { 303 } else { 403 }, "{words:?}");
        if status == 403 {
            assert_refused(&call, 403, "csrf_rejected");
        }
        let read = said(house.client.get("/api/organizations").header("cookie", &cookie));
        assert_eq!(read.send().await.status, 200, "{words:?}");
    }
}

#[tokio::test]
async fn a_tool_says_nothing_of_a_site_and_is_heard() {
    let database = testkit::TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let new = json!({ "name": "Other" });
    let post = || house.client.post("/api/organizations").bearer(&house.token).json(&new);
    assert_eq!(post().send().await.status, 201);
    let reply = post().header("sec-fetch-site", "cross-site").send().await;
    assert_refused(&reply, 403, "csrf_rejected");
}

#[tokio::test]
async fn too_many_sign_ins_from_one_address_must_wait() {
    let database = testkit::TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let body = json!({ "email": EMAIL, "password": "wrong horse battery" });
    let sign_in = || house.client.post("/api/auth/token").json(&body);
    let mut last = sign_in().send().await;
    for _ in 0..40 {
        last = sign_in().send().await;
        if last.status != 401 {
            break;
        }
    }
    assert_refused(&last, 429, "too_many_requests");
    assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
    house.db.clock().advance_ms(60 * 60_000);
    assert_eq!(sign_in().send().await.status, 401);
}
