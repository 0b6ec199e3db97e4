//! Tokens for tools, links by mail, and how much one may ask, through the API.

use accounts::Mailer;
use http::Method;
use serde_json::{Value, json};
use testkit::{Client, Reply};
use web::{Instance, SignupMode};

use crate::{
    house::{EMAIL, House, PASSWORD, instance, router_with, text, token},
    pages::Browser,
    team::Person,
};

const NEW_PASSWORD: &str = "another horse battery";

/// A named token of the owner.
async fn named(house: &House, body: Value) -> (String, String) {
    let call = house.client.post("/api/tokens").bearer(&house.token);
    let made = call.json(&body).send().await;
    assert_eq!(made.status, 201, "{}", made.text());
    (text(&made.json()["token"]["id"]), text(&made.json()["secret"]))
}

async fn get(house: &House, token: &str, path: &str) -> u16 {
    let path = format!("{path}?organizationId={}", house.organization);
    house.client.get(&path).bearer(token).send().await.status.as_u16()
}

/// An application that sends mail, and the mails.
fn with_mail(db: &db::Db) -> (Client, Mailer) {
    let mailer = Mailer::memory();
    (Client::new(router_with(db, instance(SignupMode::Open), mailer.clone())), mailer)
}

async fn post(client: &Client, path: &str, body: Value) -> Reply {
    client.post(path).json(&body).send().await
}

/// The end of the link in the newest mail.
fn secret_in(mailer: &Mailer) -> String {
    let mails = mailer.sent();
    let link = mails.last().and_then(|mail| mail.link()).expect("a mail with a link");
    link.rsplit('/').next().unwrap().to_owned()
}

/// A reply without what differs from exchange to exchange.
fn alike(reply: &Reply) -> (u16, Value) {
    let mut body = reply.json();
    body["requestId"] = Value::Null;
    body["user"]["id"] = Value::Null;
    (reply.status.as_u16(), body)
}

testkit::both! {
    async fn a_token_permits_what_it_says_and_no_more_than_its_person_may(db: db::Db) {
        let house = House::furnished(db).await;
        let organization = &house.organization;
        let narrow = json!({ "name": "CI", "permissions": ["analytics.report"], "organizationId": organization });
        let (_, secret) = named(&house, narrow).await;
        assert_eq!(get(&house, &secret, "/api/tracking-sources").await, 200);
        assert_eq!(get(&house, &secret, "/api/members").await, 403);
        let other = json!({ "name": "Other" });
        let made = house.client.post("/api/organizations").bearer(&house.token).json(&other).send().await;
        let elsewhere = text(&made.json()["organization"]["id"]);
        let path = format!("/api/tracking-sources?organizationId={elsewhere}");
        assert_eq!(house.client.get(&path).bearer(&secret).send().await.status, 403);
        let own = house.client.get("/api/organizations").bearer(&secret).send().await.json();
        assert_eq!(own["organizations"].as_array().unwrap().len(), 1);
        assert_eq!(own["organizations"][0]["id"], *organization);
    }

    async fn a_token_stops_when_it_is_revoked_and_when_it_expires(db: db::Db) {
        let house = House::furnished(db).await;
        let (id, secret) = named(&house, json!({ "name": "CI" })).await;
        assert_eq!(get(&house, &secret, "/api/members").await, 200);
        let path = format!("/api/tokens/{id}");
        let revoke = house.client.call(Method::DELETE, &path).bearer(&house.token).send().await;
        assert_eq!(revoke.status, 204);
        assert_eq!(get(&house, &secret, "/api/members").await, 401);
        let expires = json!({ "name": "CI", "expiresAt": "2026-04-10T14:00:00Z" });
        let (_, secret) = named(&house, expires).await;
        assert_eq!(get(&house, &secret, "/api/members").await, 200);
        house.db.clock().advance_ms(15 * 60_000);
        assert_eq!(get(&house, &secret, "/api/members").await, 401);
        let list = house.client.get("/api/tokens").bearer(&house.token).send().await;
        assert!(!list.text().contains("tat_"), "{}", list.text());
    }

    async fn a_tools_token_makes_no_tokens_and_no_workspaces(db: db::Db) {
        let house = House::furnished(db).await;
        let (id, secret) = named(&house, json!({ "name": "CI" })).await;
        for (method, path, body) in [
            (Method::GET, "/api/tokens".to_owned(), json!({})),
            (Method::POST, "/api/tokens".to_owned(), json!({ "name": "Next" })),
            (Method::DELETE, format!("/api/tokens/{id}"), json!({})),
            (Method::POST, "/api/organizations".to_owned(), json!({ "name": "Next" })),
        ] {
            let reply = house.client.call(method, &path).bearer(&secret).json(&body).send().await;
            assert_eq!(reply.status, 403, "{path}: {}", reply.text());
        }
        assert_eq!(get(&house, &secret, "/api/members").await, 200);
    }

    async fn what_a_person_does_for_themselves_no_tool_of_theirs_does(db: db::Db) {
        let house = House::furnished(db).await;
        let ana = Person::joined(&house, "ana@acme.dev", "Viewer").await;
        let of_ana = crate::team::member_id(&house, "ana@acme.dev").await;
        let of_mira = crate::team::member_id(&house, EMAIL).await;
        let made = house.client.post("/api/tokens").bearer(&ana.token).json(&json!({ "name": "CI" }));
        let anas = text(&made.send().await.json()["secret"]);
        let (_, miras) = named(&house, json!({ "name": "CI" })).await;
        let own = &house.organization;
        let member = |id: &str| format!("/api/members/{id}?organizationId={own}");
        for (tool, method, path) in [
            (&anas, Method::DELETE, member(&of_ana)),
            (&miras, Method::DELETE, member(&of_mira)),
            (&miras, Method::DELETE, format!("/api/organizations/{own}?confirm=acme")),
            (&miras, Method::POST, format!("/api/organizations/{own}/transfer")),
            (&miras, Method::DELETE, format!("/api/organizations/{own}/transfer")),
            (&miras, Method::POST, format!("/api/organizations/{own}/transfer/accept")),
        ] {
            let call = house.client.call(method, &path).bearer(tool);
            let reply = call.json(&json!({ "memberId": of_ana })).send().await;
            assert_eq!((reply.status.as_u16(), text(&reply.json()["error"])), (403, "Forbidden".to_owned()), "{path}");
        }
        let log = house.get("/api/audit?action=access").await.json()["entries"].clone();
        let told = |entry: &Value| (text(&entry["actor"]["email"]), text(&entry["subject"]));
        let mut told: Vec<_> = log.as_array().unwrap().iter().map(told).collect();
        told.sort();
        let denied = |email: &str, key: &str| (email.to_owned(), key.to_owned());
        assert_eq!(told, [
            denied("ana@acme.dev", "users.manage"),
            denied(EMAIL, "users.manage"),
            denied(EMAIL, "workspace.manage"),
        ]);
        let removed = house.client.call(Method::DELETE, &member(&of_ana)).bearer(&miras).send().await;
        assert_eq!(removed.status, 204, "others it may remove: {}", removed.text());
    }

    async fn one_person_may_make_so_many_calls_a_minute(db: db::Db) {
        let house = House::furnished(db).await;
        let few = Instance { api_rate_per_minute: 2, ..instance(SignupMode::Open) };
        let client = Client::new(router_with(&house.db, few, Mailer::off()));
        let call = async || client.get("/api/organizations").bearer(&house.token).send().await;
        assert_eq!([call().await.status, call().await.status], [200, 200]);
        let refused = call().await;
        assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "60"));
        house.db.clock().advance_ms(60_000);
        assert_eq!(call().await.status, 200);
        let any = Instance { api_rate_per_minute: 0, ..instance(SignupMode::Open) };
        let client = Client::new(router_with(&house.db, any, Mailer::off()));
        let reply = client.get("/api/organizations").bearer(&house.token).send().await;
        assert_eq!(reply.status, 200, "0 is no limit");
    }

    async fn by_mail_a_sign_up_is_answered_alike_for_a_new_and_a_taken_address(db: db::Db) {
        let (client, mailer) = with_mail(&db);
        let account = |email: &str| json!({ "email": email, "password": PASSWORD, "name": "Mira" });
        let new = post(&client, "/api/auth/signup", account(EMAIL)).await;
        assert_eq!(new.status, 201, "{}", new.text());
        let early = post(&client, "/api/auth/token", json!({ "email": EMAIL, "password": PASSWORD })).await;
        assert_eq!(early.status, 401);
        let path = format!("/api/auth/confirm/{}", secret_in(&mailer));
        let wrong = post(&client, &path, json!({ "password": NEW_PASSWORD })).await;
        assert_eq!(wrong.status, 401, "{}", wrong.text());
        let confirmed = post(&client, &path, json!({ "password": PASSWORD })).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text());
        assert_eq!(confirmed.json()["user"]["id"], new.json()["user"]["id"]);
        token(&client, EMAIL, PASSWORD).await;

        let taken = post(&client, "/api/auth/signup", account(EMAIL)).await;
        assert_eq!(alike(&taken), alike(&new));
        assert_eq!(mailer.sent()[1].subject(), "You have an account already");
        assert!(post(&client, &path, json!({ "password": PASSWORD })).await.status == 404);
    }

    async fn a_reset_is_answered_alike_whether_there_is_an_account_or_not(db: db::Db) {
        let house = House::furnished(db).await;
        let (client, mailer) = with_mail(&house.db);
        let ask = async |email: &str| {
            let reply = post(&client, "/api/auth/reset", json!({ "email": email })).await;
            (reply.status.as_u16(), reply.text())
        };
        assert_eq!(ask("nobody@acme.dev").await, (202, String::new()));
        assert_eq!(mailer.sent().len(), 0);
        assert_eq!(ask(EMAIL).await, (202, String::new()));
        let path = format!("/api/auth/reset/{}", secret_in(&mailer));
        let weak = post(&client, &path, json!({ "password": "short" })).await;
        assert_eq!(weak.status, 400);
        let reset = post(&client, &path, json!({ "password": NEW_PASSWORD })).await;
        assert_eq!(reset.status, 204, "{}", reset.text());
        assert_eq!(house.get("/api/members").await.status, 401, "tokens of before have ended");
        token(&client, EMAIL, NEW_PASSWORD).await;
        assert_eq!(mailer.sent()[1].subject(), "Your password was changed");
    }

    async fn without_mail_a_reset_leaves_no_link_in_the_log_and_verifying_ones_are_few(db: db::Db) {
        let (log, _listening) = testkit::Log::listen();
        let house = House::furnished(db).await;
        for _ in 0..7 {
            let reply = post(&house.client, "/api/auth/reset", json!({ "email": EMAIL })).await;
            assert_eq!((reply.status.as_u16(), reply.text()), (202, String::new()));
        }
        let said = log.text();
        assert_eq!(said.matches("`tiny admin reset-password` sets one").count(), 5, "{said}");
        assert!(!said.contains("/reset/"), "{said}");
        let mira = Browser::signed_in(house.client.clone()).await;
        house.db.clock().advance_ms(60 * 60_000 + 1);
        for _ in 0..7 {
            assert_eq!(mira.post("/account/verification", "").await.status, 303);
        }
        let said = log.text();
        assert_eq!(said.matches("/verify/").count(), 1 + 5, "one of the sign-up: {said}");
    }

    async fn an_invitation_goes_by_mail_and_its_link_is_not_told_to_who_sent_it(db: db::Db) {
        let house = House::furnished(db).await;
        let (client, mailer) = with_mail(&house.db);
        let house = House { client, ..house };
        let reply = crate::team::invite(&house, "ana@acme.dev", "Viewer").await;
        assert_eq!((reply.status.as_u16(), &reply.json()["link"]), (201, &Value::Null));
        assert_eq!(mailer.sent()[0].to().as_str(), "ana@acme.dev");
        assert!(!reply.text().contains(&secret_in(&mailer)));
    }
}
