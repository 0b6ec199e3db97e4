//! Every code of the catalogue is provoked through its door: status and body are what the catalogue says.

use db::{Db, on_db};
use fake_stripe::Card;
use http::Method;
use model::{
    Code,
    catalogue::{Dialect, entries},
};
use serde_json::{Value, json};
use testkit::{Client, Reply, TestDb};
use web::SignupMode;

use crate::{
    house::{self, EMAIL, House, PASSWORD, bootstrap_body, events_body},
    store::{Store, TEAM},
    team,
};

/// A code without a way to provoke it fails here, and a new code fails to compile in [`provoke`].
#[tokio::test]
async fn every_code_is_told_as_the_catalogue_says() {
    for entry in entries() {
        let database = TestDb::sqlite().await;
        let house = House::furnished(database.db()).await;
        let reply = provoke(&house, entry.code).await;
        assert_eq!(reply.status, entry.status, "{}: {}", entry.text, reply.text());
        let body = reply.json();
        let error = entry.text.replace("<field>", "organizationId");
        assert_eq!(body["error"], error, "{}", reply.text());
        assert_eq!(
            entry.is_retryable,
            reply.headers.contains_key("retry-after") || reply.status == 500
        );
        match entry.dialect {
            Dialect::Workspace => assert_eq!(body["requestId"], reply.header("x-request-id")),
            Dialect::Ingest => assert!(body["docs"].is_string()),
            Dialect::Both => assert!(body["docs"].is_string() || body["requestId"].is_string()),
        }
        for internal in ["sqlx", "SELECT", "panicked", "/src/"] {
            assert!(!reply.text().contains(internal), "{}", reply.text());
        }
        database.close().await;
    }
}

async fn provoke(house: &House, code: Code) -> Reply {
    let client = &house.client;
    let events = events_body(&house.session().await);
    match code {
        Code::FieldRequired => client.get("/api/attempts").bearer(&house.token).send().await,
        Code::InvalidRequest => house.change_source(json!({ "name": "" })).await,
        Code::Unauthorized => client.get("/api/organizations").send().await,
        Code::InvalidCredentials => sign_in(client, "wrong horse battery").await,
        Code::SeatLimitReached
        | Code::UserNotFound
        | Code::MemberNotFound
        | Code::RoleNotFound
        | Code::InvitationNotFound
        | Code::InvitationNotPending
        | Code::AlreadyMember
        | Code::LastOwner => provoke_in_team(house, code).await,
        Code::BillingNotConfigured => house.post("/api/billing/portal", json!({})).await,
        Code::SignatureInvalid
        | Code::AlreadySubscribed
        | Code::NotSubscribed
        | Code::PaymentFailed
        | Code::StripeRefused
        | Code::StripeUnavailable => provoke_in_store(code).await,
        Code::LinkNotFound
        | Code::TokenNotFound
        | Code::TransferNotFound
        | Code::RoleIsFixed
        | Code::RoleInUse
        | Code::RoleNameTaken => provoke_access(house, code).await,
        Code::Forbidden => {
            let path = "/api/attempts?organizationId=org_elsewhere";
            client.get(path).bearer(&house.token).send().await
        }
        Code::CsrfRejected => {
            let call = client.post("/api/auth/token").header("sec-fetch-site", "cross-site");
            call.json(&json!({})).send().await
        }
        Code::AttemptNotFound => house.get("/api/attempts/attempt_nothing").await,
        Code::NotFound => client.get("/api/nothing").send().await,
        Code::MethodNotAllowed => client.get(&ingest_path(&house.key())).send().await,
        Code::UnsupportedMediaType => house.ingest("events").body("x").send().await,
        Code::SlugTaken => {
            let body = json!({ "name": "Acme", "slug": "acme" });
            client.post("/api/organizations").bearer(&house.token).json(&body).send().await
        }
        Code::EmailTaken => {
            let body = json!({ "email": EMAIL, "password": PASSWORD });
            client.post("/api/auth/signup").json(&body).send().await
        }
        Code::TooManyRequests => {
            let mut reply = sign_in(client, PASSWORD).await;
            for _ in 0..100 {
                reply = sign_in(client, "wrong horse battery").await;
                if reply.status == 429 {
                    break;
                }
            }
            reply
        }
        Code::PayloadTooLarge => {
            house.change_source(json!({ "maxPayloadBytes": 1_024 })).await;
            house.bootstrap(&json!({ "context": "x".repeat(2_000) })).await
        }
        Code::InternalError => {
            spoil(&house.db).await;
            house.events(&events).await
        }
        Code::ServiceUnavailable => stopped(&house.db, &house.key()).await,
        Code::PublicKeyRequired => client.post("/api/ingest/v2//events").json(&events).send().await,
        Code::TrackingSourceNotFound => {
            client.post(&ingest_path("pk_nobody")).json(&events).send().await
        }
        Code::InvalidJson => {
            let call = house.ingest("events").header("content-type", "application/json");
            call.body("{").send().await
        }
        Code::OriginNotAllowed => {
            let call =
                client.post(&ingest_path(&house.key())).header("origin", "https://b.example");
            call.json(&events).send().await
        }
        Code::SourceInactive => {
            house.change_source(json!({ "isActive": false })).await;
            house.events(&events).await
        }
        Code::InvalidSession => house.events(&events_body("sess_nothing")).await,
        Code::InvalidBootstrapPayload => house.bootstrap(&json!({})).await,
        Code::InvalidEventsPayload => house.events(&json!({})).await,
        Code::RateLimitExceeded => {
            house.change_source(json!({ "rateLimitPerMinute": 1 })).await;
            house.bootstrap(&bootstrap_body()).await;
            house.bootstrap(&bootstrap_body()).await
        }
    }
}

async fn provoke_in_team(house: &House, code: Code) -> Reply {
    let client = &house.client;
    match code {
        Code::SeatLimitReached => {
            team::set_seats(house, 1).await;
            team::invite(house, "ana@acme.dev", "Viewer").await
        }
        Code::UserNotFound => {
            let role = team::role(house, "Viewer").await;
            let body = json!({ "email": "nobody@acme.dev", "roleId": role });
            house.post("/api/members", body).await
        }
        Code::MemberNotFound => {
            let path = format!("/api/members/member_x?organizationId={}", house.organization);
            client.call(Method::DELETE, &path).bearer(&house.token).send().await
        }
        Code::RoleNotFound => {
            let body = json!({ "email": "ana@acme.dev", "roleId": "role_x" });
            house.post("/api/members", body).await
        }
        Code::InvitationNotFound => house.post("/api/invitations/invite_x/resend", json!({})).await,
        Code::InvitationNotPending => {
            let ana = team::Person::new(house, "ana@acme.dev").await;
            let invited = team::invite(house, "ana@acme.dev", "Viewer").await.json();
            let link = house::text(&invited["link"]);
            ana.accept(&link).await;
            ana.accept(&link).await
        }
        Code::AlreadyMember => team::invite(house, EMAIL, "Viewer").await,
        Code::LastOwner => {
            let members = house.get("/api/members").await.json();
            let id = house::text(&members["members"][0]["id"]);
            let path = format!("/api/members/{id}?organizationId={}", house.organization);
            client.call(Method::DELETE, &path).bearer(&house.token).send().await
        }
        other => panic!("{other} is no code of the team"),
    }
}

async fn provoke_access(house: &House, code: Code) -> Reply {
    let client = &house.client;
    match code {
        Code::LinkNotFound => client.post("/api/auth/verify/x").json(&json!({})).send().await,
        Code::TokenNotFound => {
            let call = client.call(Method::DELETE, "/api/tokens/token_x");
            call.bearer(&house.token).send().await
        }
        Code::TransferNotFound => {
            let path = format!("/api/organizations/{}/transfer/accept", house.organization);
            client.post(&path).bearer(&house.token).json(&json!({})).send().await
        }
        Code::RoleIsFixed => {
            let role = team::role(house, "Viewer").await;
            let path = format!("/api/roles/{role}?organizationId={}", house.organization);
            client.call(Method::DELETE, &path).bearer(&house.token).send().await
        }
        Code::RoleInUse => {
            let body = json!({ "name": "Guest", "permissions": [] });
            let made = house.post("/api/roles", body).await.json();
            team::invite(house, "ana@acme.dev", "Guest").await;
            let role = house::text(&made["role"]["id"]);
            let path = format!("/api/roles/{role}?organizationId={}", house.organization);
            client.call(Method::DELETE, &path).bearer(&house.token).send().await
        }
        Code::RoleNameTaken => {
            house.post("/api/roles", json!({ "name": "Viewer", "permissions": [] })).await
        }
        other => panic!("{other} is no code of links, tokens, roles or owners"),
    }
}

async fn provoke_in_store(code: Code) -> Reply {
    let database = TestDb::sqlite().await;
    let mut store = Store::open_with(database.db(), |settings| {
        if code == Code::StripeRefused {
            "sk_test_revoked".clone_into(&mut settings.secret_key);
        }
    })
    .await;
    let checkout = json!({ "priceId": TEAM, "seats": 4 });
    match code {
        Code::SignatureInvalid => store.tell(b"{}", None).await,
        Code::NotSubscribed => store.house.post("/api/billing/cancel", json!({})).await,
        Code::AlreadySubscribed => {
            store.buy(4).await;
            store.house.post("/api/billing/checkout", checkout).await
        }
        Code::PaymentFailed => {
            store.buy(4).await;
            store.set_card(Card::Declined);
            store.house.post("/api/billing/seats", json!({ "seats": 5 })).await
        }
        Code::StripeRefused => store.house.post("/api/billing/checkout", checkout).await,
        Code::StripeUnavailable => {
            store.unplug();
            store.house.post("/api/billing/checkout", checkout).await
        }
        other => panic!("{other} is no code of plans"),
    }
}

fn ingest_path(key: &str) -> String {
    format!("/api/ingest/v2/{key}/events")
}

async fn sign_in(client: &Client, password: &str) -> Reply {
    let body: Value = json!({ "email": EMAIL, "password": password });
    client.post("/api/auth/token").json(&body).send().await
}

/// Takes a table away, which no client can.
async fn spoil(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    on_db!(tx.conn().unwrap(), c => sqlx::query("DROP TABLE traffic").execute(c).await.map(|_| ()))
        .unwrap();
    tx.commit().await.unwrap();
}

/// An instance whose writer has stopped.
async fn stopped(db: &Db, key: &str) -> Reply {
    let client = Client::new(house::stopped_router(db, SignupMode::Open).await);
    client.post(&ingest_path(key)).json(&events_body("sess_any")).send().await
}
