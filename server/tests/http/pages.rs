//! Pages and forms as a browser without JavaScript sees them.

use testkit::{Client, Reply, TestDb};
use web::SignupMode;

use crate::house::{EMAIL, House, PASSWORD, router};

/// A browser that keeps its cookie.
pub struct Browser {
    pub client: Client,
    pub cookie: String,
}

impl Browser {
    pub async fn signed_in(client: Client) -> Self {
        Self::signed_in_as(client, EMAIL).await
    }

    pub async fn signed_in_as(client: Client, email: &str) -> Self {
        let form = format!("email={email}&password={}", PASSWORD.replace(' ', "+"));
        let reply = client.post("/login").form(&form).send().await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        let cookie = format!("tiny={}", reply.cookie("tiny").expect("a cookie"));
        Self { client, cookie }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.client.get(path).header("cookie", &self.cookie).send().await
    }

    pub async fn post(&self, path: &str, form: &str) -> Reply {
        self.client.post(path).header("cookie", &self.cookie).form(form).send().await
    }
}

fn credentials(password: &str) -> String {
    format!("email={EMAIL}&password={}", password.replace(' ', "+"))
}

async fn at_home() -> (TestDb, House, Browser) {
    let database = TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let browser = Browser::signed_in(house.client.clone()).await;
    (database, house, browser)
}

#[tokio::test]
async fn a_fresh_instance_leads_to_sign_up_and_from_there_to_a_first_workspace() {
    let database = TestDb::sqlite().await;
    let client = Client::new(router(&database.db(), SignupMode::Open));
    assert_eq!(client.get("/").send().await.header("location"), "/login?next=/");
    assert_eq!(client.get("/login").send().await.header("location"), "/signup");
    let form = format!("name=Mira&{}", credentials(PASSWORD));
    let reply = client.post("/signup").form(&form).send().await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/"));
    let cookie = reply.headers["set-cookie"].to_str().unwrap().to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let browser = Browser { client, cookie: format!("tiny={}", reply.cookie("tiny").unwrap()) };
    assert_eq!(browser.get("/").await.header("location"), "/workspaces/new");
    let made = browser.post("/workspaces/new", "name=Acme+Inc&slug=").await;
    assert_eq!(made.header("location"), "/acme-inc");
    let overview = browser.get("/acme-inc").await;
    assert_eq!(overview.status, 200);
    assert!(overview.text().contains("/acme-inc/analytics/setup"));
}

#[tokio::test]
async fn a_form_that_is_refused_comes_back_with_what_was_typed_but_the_password() {
    let (_database, house, _) = at_home().await;
    let reply = house.client.post("/login").form(&credentials("wrong+horse+battery")).send().await;
    assert_eq!(reply.status, 401);
    assert!(reply.text().contains(EMAIL));
    assert!(!reply.text().contains("wrong horse"));
    let reply = house.client.post("/signup").form("email=nobody&password=short").send().await;
    assert_eq!(reply.status, 400);
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let (_database, _house, browser) = at_home().await;
    assert_eq!(browser.get("/acme").await.status, 200);
    assert_eq!(browser.post("/logout", "").await.status, 303);
    assert_eq!(browser.get("/acme").await.header("location"), "/login?next=/acme");
}

#[tokio::test]
async fn after_signing_in_one_is_where_one_wanted_to_go_but_nowhere_else() {
    let (_database, house, _) = at_home().await;
    let asked = house.client.get("/acme/analytics/setup?source=web-app").send().await;
    assert_eq!(asked.header("location"), "/login?next=/acme/analytics/setup%3Fsource%3Dweb-app");
    let led = async |next: &str| {
        let form = format!("{}&next={next}", credentials(PASSWORD));
        house.client.post("/login").form(&form).send().await.header("location").to_owned()
    };
    assert_eq!(
        led("/acme/analytics/setup%3Fsource%3Dweb-app").await,
        "/acme/analytics/setup?source=web-app"
    );
    assert_eq!(led("//evil.example").await, "/");
}

#[tokio::test]
async fn setup_changes_a_source_by_forms() {
    let (_database, _house, browser) = at_home().await;
    let setup = "/acme/analytics/setup";
    let page = browser.get(&format!("{setup}?source=web-app")).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("http://localhost:3000"));
    let refused =
        browser.post(&format!("{setup}/web-app/origins/add"), "origin=app.acme.dev%2Fx").await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("https://app.acme.dev"));
    let added = browser
        .post(&format!("{setup}/web-app/origins/add"), "origin=https%3A%2F%2Fapp.acme.dev")
        .await;
    assert_eq!(added.header("location"), "/acme/analytics/setup?source=web-app&done=origin-added");
    assert!(browser.get(added.header("location")).await.text().contains("https://app.acme.dev"));
    let settings = "name=Shop&slug=shop&frameworkHint=&maxPayloadBytes=2048&rateLimitPerMinute=0";
    let saved = browser.post(&format!("{setup}/web-app/settings"), settings).await;
    assert_eq!(saved.header("location"), "/acme/analytics/setup?source=shop&done=saved");
    let refused =
        browser.post(&format!("{setup}/shop/settings"), "name=Shop&maxPayloadBytes=much").await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("Write a whole number"));
    assert_eq!(browser.post(&format!("{setup}/new"), "name=Blog").await.status, 303);
    let taken = browser.post(&format!("{setup}/shop/settings"), "name=Shop&slug=blog").await;
    assert_eq!(taken.status, 409);
    let off = browser.post(&format!("{setup}/shop/active"), "isActive=false").await;
    assert_eq!(off.status, 303);
    let rotated = browser.post(&format!("{setup}/shop/rotate-key"), "confirm=rotate").await;
    assert_eq!(rotated.status, 303);
    let unconfirmed = browser.post(&format!("{setup}/shop/rotate-key"), "").await;
    assert_eq!(unconfirmed.status, 400);
}

#[tokio::test]
async fn an_attempt_opens_from_any_of_its_ids() {
    let (_database, house, browser) = at_home().await;
    let reply =
        house.events(&serde_json::json!({ "sdkVersion": "<script>alert(1)</script>" })).await;
    let attempt = reply.json()["attemptId"].as_str().unwrap().to_owned();
    let page = format!("/acme/analytics/setup/debug/{attempt}");
    for id in [attempt.as_str(), reply.header("x-request-id")] {
        assert_eq!(browser.get(&format!("/id/{id}")).await.header("location"), page);
        assert_eq!(browser.get(&format!("/id?id=+{id}+")).await.header("location"), page);
    }
    let opened = browser.get(&page).await;
    assert_eq!(opened.status, 200);
    assert!(opened.text().contains("missing_session_id"));
    assert!(!opened.text().contains("<script>alert"));
    let list = browser.get("/acme/analytics/setup/debug?source=web-app&outcome=refused").await;
    assert!(list.text().contains(&attempt));
    let workspace = browser.get(&format!("/id/{}", house.organization)).await;
    assert_eq!(workspace.header("location"), "/acme");
    let exchange = opened.header("x-request-id");
    let unkept = browser.get(&format!("/id/{exchange}")).await;
    assert_eq!(unkept.status, 404);
    assert!(unkept.text().contains("names an exchange that began at"), "{}", unkept.text());
    let nothing = browser.get("/id/attempt_00000000000000000000000000").await;
    assert_eq!(nothing.status, 404);
    assert!(nothing.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn the_command_of_an_attempt_sends_what_was_sent() {
    let (_database, house, browser) = at_home().await;
    let path = house.ingest("events");
    let refused = path.header("content-type", "text/csv").body("a,b").send().await;
    let old_key = house.key();
    browser.post("/acme/analytics/setup/web-app/rotate-key", "confirm=rotate").await;
    let rotated = house.events(&serde_json::json!({})).await;
    let opened = async |reply: &Reply| {
        let id = reply.json()["attemptId"].as_str().unwrap().to_owned();
        browser.get(&format!("/acme/analytics/setup/debug/{id}")).await.text()
    };
    assert!(opened(&refused).await.contains("Content-Type: text/csv"));
    let key_in_command = format!("/api/ingest/v2/{old_key}/events");
    assert!(opened(&rotated).await.contains(&key_in_command));
}

#[tokio::test]
async fn a_page_that_is_not_there_keeps_the_way_back() {
    let (_database, house, browser) = at_home().await;
    for path in ["/nothing/at/all", "/acme/analytics/setup/debug/attempt_0"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 404);
        assert!(page.text().contains("/acme/analytics/setup/debug"), "{path}");
        assert!(page.text().contains("Sign out"));
        let stranger = house.client.get(path).send().await;
        assert!(!stranger.text().contains("/acme/analytics/setup/debug"));
    }
}

#[tokio::test]
async fn a_page_that_does_not_take_a_method_tells_those_it_takes() {
    let (_database, house, _) = at_home().await;
    let reply = house.client.call(http::Method::PUT, "/login").send().await;
    assert_eq!((reply.status.as_u16(), reply.header("allow")), (405, "GET,HEAD,POST"));
    assert!(reply.header("content-type").starts_with("text/html"));
    assert!(reply.text().contains(reply.header("x-request-id")));
}

#[tokio::test]
async fn a_stranger_sees_nothing_of_a_workspace() {
    let (_database, house, _) = at_home().await;
    let form = format!("email=eve%40evil.dev&password={}", PASSWORD.replace(' ', "+"));
    let reply = house.client.post("/signup").form(&form).send().await;
    let eve = Browser {
        client: house.client.clone(),
        cookie: format!("tiny={}", reply.cookie("tiny").unwrap()),
    };
    let attempt =
        house.bootstrap(&crate::house::bootstrap_body()).await.json()["attemptId"].clone();
    let attempt = attempt.as_str().unwrap();
    let missing = eve.get("/nowhere").await;
    for path in ["/acme", "/acme/analytics/setup", "/acme/analytics/setup/debug"] {
        let reply = eve.get(path).await;
        assert_eq!(
            (reply.status, missing.status),
            (http::StatusCode::FORBIDDEN, reply.status),
            "{path}"
        );
        assert!(!reply.text().contains("Web app"));
    }
    assert_eq!(eve.get(&format!("/id/{attempt}")).await.status, 404);
    assert_eq!(
        eve.post("/acme/analytics/setup/web-app/active", "isActive=false").await.status,
        403
    );
}

#[tokio::test]
async fn pages_forbid_what_they_do_not_need() {
    let (_database, house, browser) = at_home().await;
    for reply in [browser.get("/acme").await, house.client.get("/docs/errors").send().await] {
        assert_eq!(reply.status, 200);
        let policy = reply.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"),
            "{policy}"
        );
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert!(reply.header("x-request-id").starts_with("req_"));
        assert!(!reply.text().contains(" style=\""));
    }
    let nothing = house.client.get("/nothing/at/all").send().await;
    assert_eq!(nothing.status, 404);
    assert!(nothing.text().contains(nothing.header("x-request-id")));
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_a_page_too() {
    let (_database, house, _) = at_home().await;
    let reply =
        house.client.post("/login").header("content-type", "text/plain").body("x").send().await;
    assert_eq!(reply.status, 415);
    assert!(reply.text().contains(reply.header("x-request-id")));
    let reply = house.client.get("/login?next=a&next=b").send().await;
    assert_eq!(reply.status, 400);
    assert!(reply.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn the_sdk_is_served_with_a_validator() {
    let (_database, house, _) = at_home().await;
    let sdk = house.client.get("/sdk.js").send().await;
    assert_eq!(sdk.status, 200);
    assert!(sdk.header("content-type").starts_with("text/javascript"));
    assert_eq!(sdk.header("access-control-allow-origin"), "*");
    let again =
        house.client.get("/sdk.js").header("if-none-match", sdk.header("etag")).send().await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
}

#[tokio::test]
async fn health_tells_alive_from_ready() {
    let (_database, house, _) = at_home().await;
    assert_eq!(house.client.get("/livez").send().await.text(), "ok");
    assert_eq!(house.client.get("/readyz").send().await.json()["ready"], true);
}
