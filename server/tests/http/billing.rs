//! Plans: bought, changed, late, over; and what Stripe tells of it.

use std::time::Duration;

use db::Db;
use fake_stripe::{Card, Fault, Scripted, sign};
use http::Method;
use serde_json::json;
use testkit::{Log, TestDb};
use tiny::{keeper, telemetry};
use tokio_util::sync::CancellationToken;
use web::{Services, SignupMode};

use crate::{
    house::{EMAIL, House, PASSWORD, instance, token},
    pages::Browser,
    store::{SECRETS, Store, TEAM},
    team,
};

const EVENT: &[u8] =
    br#"{"id": "evt_1", "type": "customer.updated", "data": {"object": {"object": "customer", "id": "cus_x"}}}"#;

/// Days go by, here and at Stripe; the owner signs in again.
async fn pass(store: &mut Store, days: u64) {
    store.fake.advance(Duration::from_hours(days * 24));
    store.house.db.clock().advance_ms(i64::try_from(days * 24 * 60 * 60 * 1_000).unwrap());
    store.house.token = token(&store.house.client, EMAIL, PASSWORD).await;
}

testkit::both! {
    async fn who_hits_the_limit_is_led_to_billing_buys_and_invites_at_once(db: Db) {
        let store = Store::open(db).await;
        for email in ["ana@acme.dev", "bo@acme.dev"] {
            assert_eq!(team::invite(&store.house, email, "Viewer").await.status, 201);
        }
        let refused = team::invite(&store.house, "cy@acme.dev", "Viewer").await;
        assert_eq!(refused.status, 402, "{}", refused.text());
        assert_eq!(refused.json()["upgradeUrl"], "http://tiny.test/acme/billing");
        assert_eq!(store.standing().await["plan"]["name"], "Free");
        let session = store.checkout(5).await;
        store.fake.pay_checkout(&session, Card::Works).unwrap();
        let mira = Browser::signed_in(store.house.client.clone()).await;
        let back = mira.get(&format!("/acme/billing?checkout={session}")).await;
        assert_eq!((back.status.as_u16(), back.header("location")), (303, "/acme/billing?done=bought"));
        assert_eq!(team::invite(&store.house, "cy@acme.dev", "Viewer").await.status, 201);
        let standing = store.standing().await;
        assert_eq!(standing["plan"], json!({ "name": "Team", "priceId": TEAM }));
        assert_eq!(standing["seats"], json!({ "used": 4, "limit": 5, "pending": 3 }));
        assert_eq!((&standing["status"], &standing["quantity"]), (&json!("active"), &json!(5)));
        assert_eq!(standing["prices"][0]["amount"], 900);
        let page = mira.get("/acme/billing").await.text();
        for words in ["Team plan", "5 seats at $9.00 per seat and month", "Next charge", "$45.00"] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }

    async fn a_message_alone_is_enough_and_a_lost_one_does_no_harm(db: Db) {
        let store = Store::open(db).await;
        let session = store.checkout(4).await;
        store.fake.pay_checkout(&session, Card::Works).unwrap();
        store.hear().await;
        assert_eq!(store.standing().await["seats"]["limit"], 4);
        store.set_card(Card::Works);
        let bought = store.fake.customers()[0].id.clone();
        let bought = store.fake.subscriptions(&bought)[0].id.clone();
        store.fake.set_quantity(&bought, 7).unwrap();
        drop(store.fake.take_deliveries());
        keeper::compare_plans(&services(&store), &CancellationToken::new()).await;
        assert_eq!(store.standing().await["seats"]["limit"], 7);
    }

    async fn a_preview_costs_nothing_and_says_what_the_change_costs(db: Db) {
        let mut store = Store::open(db).await;
        let bought = store.buy(5).await;
        pass(&mut store, 15).await;
        let wanted = json!({ "seats": 8, "preview": true });
        let preview = store.house.post("/api/billing/seats", wanted).await.json();
        assert_eq!(store.standing().await["quantity"], 5);
        assert!(preview["dueNow"].as_i64().is_some_and(|due| (1_000..2_000).contains(&due)), "{preview}");
        assert_eq!(preview["then"], 7_200);
        let change = json!({ "seats": 8, "prorationDate": preview["prorationDate"] });
        let changed = store.house.post("/api/billing/seats", change).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
        let newest = store.fake.object(&bought).unwrap()["latest_invoice"].clone();
        let newest = store.fake.object(newest.as_str().unwrap()).unwrap();
        assert_eq!(newest["total"], preview["dueNow"]);
        assert_eq!(store.standing().await["seats"]["limit"], 8);
    }

    async fn a_smaller_plan_removes_nobody_and_refuses_new_ones(db: Db) {
        let store = Store::open(db).await;
        store.buy(5).await;
        for email in ["ana@acme.dev", "bo@acme.dev", "cy@acme.dev"] {
            assert_eq!(team::invite(&store.house, email, "Viewer").await.status, 201);
        }
        let changed = store.house.post("/api/billing/seats", json!({ "seats": 2 })).await.json();
        assert!(changed["dueNow"].as_i64().is_some_and(|due| due < 0), "{changed}");
        assert_eq!(store.standing().await["seats"], json!({ "used": 4, "limit": 2, "pending": 3 }));
        assert_eq!(team::invite(&store.house, "di@acme.dev", "Viewer").await.status, 402);
        let mira = Browser::signed_in(store.house.client.clone()).await;
        assert!(mira.get("/acme/billing").await.text().contains("Over the limit."));
    }

    async fn more_seats_are_had_once_they_are_paid(db: Db) {
        let store = Store::open(db).await;
        store.buy(4).await;
        store.set_card(Card::Declined);
        let refused = store.house.post("/api/billing/seats", json!({ "seats": 9 })).await;
        assert_eq!(refused.status, 402, "{}", refused.text());
        assert_eq!(refused.json()["error"], "payment_failed");
        let standing = store.standing().await;
        assert_eq!(standing["seats"]["limit"], 4);
        assert_eq!(standing["problems"][0]["code"], "update_pending");
        let customer = store.fake.customers()[0].id.clone();
        let open = store.fake.invoices(&customer).into_iter().find(|one| one.status == "open").unwrap();
        store.fake.pay_invoice(&open.id, Some(Card::Works)).unwrap();
        store.hear().await;
        let standing = store.standing().await;
        assert_eq!((&standing["seats"]["limit"], &standing["problems"]), (&json!(9), &json!([])));
    }

    async fn a_late_payment_is_forgiven_for_a_while_and_recovers(db: Db) {
        let mut store = Store::open(db).await;
        store.buy(5).await;
        store.set_card(Card::FailsAtRenewal);
        pass(&mut store, 32).await;
        store.hear().await;
        let standing = store.standing().await;
        assert_eq!((&standing["status"], &standing["seats"]["limit"]), (&json!("past_due"), &json!(5)));
        assert_eq!(standing["problems"][0]["code"], "past_due");
        let mira = Browser::signed_in(store.house.client.clone()).await;
        let page = mira.get("/acme/billing").await.text();
        assert!(page.contains("The last payment failed.") && page.contains("Pay the open invoice"));
        let customer = store.fake.customers()[0].id.clone();
        let open = store.fake.invoices(&customer).into_iter().find(|one| one.status == "open").unwrap();
        store.fake.pay_invoice(&open.id, Some(Card::Works)).unwrap();
        store.hear().await;
        let standing = store.standing().await;
        assert_eq!((&standing["status"], &standing["problems"]), (&json!("active"), &json!([])));
    }

    async fn a_cancelled_plan_stays_until_its_end_and_can_be_resumed(db: Db) {
        let mut store = Store::open(db).await;
        store.buy(5).await;
        let none = || json!({});
        let cancelled = store.house.post("/api/billing/cancel", none()).await.json();
        assert_eq!(cancelled["cancelsAt"], cancelled["periodEnd"]);
        assert_eq!(cancelled["seats"]["limit"], 5);
        let resumed = store.house.post("/api/billing/resume", none()).await.json();
        assert_eq!(resumed["cancelsAt"], json!(null));
        store.house.post("/api/billing/cancel", none()).await;
        pass(&mut store, 32).await;
        store.hear().await;
        let standing = store.standing().await;
        assert_eq!((&standing["status"], &standing["seats"]["limit"]), (&json!("canceled"), &json!(3)));
        let gone = store.house.post("/api/billing/resume", none()).await;
        assert_eq!((gone.status.as_u16(), gone.json()["error"].clone()), (409, json!("not_subscribed")));
        assert_eq!(store.checkout(3).await.get(..3), Some("cs_"));
    }

    async fn there_is_never_a_second_subscription(db: Db) {
        let store = Store::open(db).await;
        let first = store.checkout(4).await;
        assert_eq!(store.checkout(4).await, first, "asked for again it is the same");
        let second = store.checkout(6).await;
        assert_ne!(second, first);
        store.fake.pay_checkout(&second, Card::Works).unwrap();
        let refused = store.house.post("/api/billing/checkout", json!({ "priceId": TEAM, "seats": 4 })).await;
        assert_eq!(refused.json()["error"], "already_subscribed");
        let customer = store.fake.customers();
        assert_eq!(customer.len(), 1);
        assert_eq!(store.fake.subscriptions(&customer[0].id).len(), 1);
    }

    async fn who_removes_a_workspace_pays_for_it_no_longer(db: Db) {
        let mut store = Store::open(db).await;
        let bought = store.buy(5).await;
        let path = format!("/api/organizations/{}?confirm=acme", store.house.organization);
        let call = store.house.client.call(Method::DELETE, &path).bearer(&store.house.token);
        assert_eq!(call.send().await.status, 204);
        pass(&mut store, 8).await;
        keeper::keep(&services(&store)).await;
        assert_eq!(store.fake.object(&bought).unwrap()["status"], "canceled");
        let left = store.house.client.get("/api/organizations").bearer(&store.house.token).send().await;
        assert_eq!(left.json()["organizations"], json!([]));
    }

    async fn who_waits_for_stripe_too_long_is_told_so_and_the_act_goes_on(db: Db) {
        let store = Store::open_with(db, |it| it.pace.caller = Duration::from_millis(300)).await;
        store.buy(5).await;
        let mut knobs = store.fake.knobs();
        knobs.timeout_ms = 1_500;
        store.fake.set_knobs(knobs);
        store.fake.script(Scripted::on(Fault::TimeoutAfter, "POST", "/v1/subscriptions"));
        let body = json!({ "seats": 8 });
        let late = store.house.post("/api/billing/seats", body).await;
        assert_eq!(late.status, 503, "{}", late.text());
        assert_eq!(late.json()["error"], "stripe_unavailable");
        let has_changed = async {
            while store.standing().await["quantity"] != 8 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), has_changed).await.expect("it goes on");
    }

    async fn what_was_given_up_is_processed_again_by_whoever_runs_the_instance(db: Db) {
        let mut store = Store::open(db).await;
        store.buy(5).await;
        store.unplug();
        let payload = json!({ "id": "evt_9", "type": "invoice.paid", "data": { "object": {
            "object": "invoice", "customer": store.fake.customers()[0].id } } });
        let payload = payload.to_string();
        let signature = sign(payload.as_bytes(), store.house.db.now().0 / 1_000, &[SECRETS[0]]);
        assert_eq!(store.tell(payload.as_bytes(), Some(&signature)).await.status, 200);
        for _ in 0..20 {
            store.billing.work_once().await.unwrap();
            store.house.db.clock().advance_ms(60 * 60 * 1_000);
        }
        let mira = Browser::signed_in(store.house.client.clone()).await;
        let page = mira.get("/instance/stripe").await.text();
        assert!(page.contains("given up") && page.contains("Process again"), "{page}");
        let again = mira.post("/instance/stripe/evt_9/retry", "").await;
        assert_eq!(again.header("location"), "/instance/stripe?done=retried");
        assert!(mira.get("/instance/stripe").await.text().contains("1 message waiting"));
        team::Person::new(&store.house, "ana@acme.dev").await;
        let ana = Browser::signed_in_as(store.house.client.clone(), "ana@acme.dev").await;
        assert_eq!(ana.get("/instance/stripe").await.status, 404);
        assert_eq!(ana.post("/instance/stripe/evt_9/retry", "").await.status, 404);
    }
}

fn services(store: &Store) -> Services {
    Services::new(store.house.db.clone(), instance(SignupMode::Open))
        .with_billing(store.billing.clone())
}

#[tokio::test]
async fn each_kind_of_signature_has_its_answer() {
    let database = TestDb::sqlite().await;
    let store = Store::open(database.db()).await;
    let now = store.house.db.now().0 / 1_000;
    let right = sign(EVENT, now, &[SECRETS[0]]);
    let wrong = "0".repeat(64);
    let with = |header: String| (header, EVENT.to_vec());
    let again =
        serde_json::from_slice::<serde_json::Value>(EVENT).unwrap().to_string().into_bytes();
    let large = [EVENT, &vec![b' '; 1 << 20]].concat();
    let cases = [
        ("right", with(right.clone()), 200),
        ("the same event again", with(right.clone()), 200),
        ("by the secret that is being replaced", with(sign(EVENT, now, &[SECRETS[1]])), 200),
        ("two, one of them right", with(right.replace(",v1=", &format!(",v1={wrong},v1="))), 200),
        ("299 seconds old", with(sign(EVENT, now - 299, &[SECRETS[0]])), 200),
        ("301 seconds old", with(sign(EVENT, now - 301, &[SECRETS[0]])), 400),
        ("by another secret", with(sign(EVENT, now, &["whsec_other"])), 400),
        ("cut", with(right[..right.len() - 2].to_owned()), 400),
        ("of another scheme only", with(right.replace("v1=", "v0=")), 400),
        ("of bytes that were written again", (right.clone(), again), 400),
        ("of a body that is too large", (sign(&large, now, &[SECRETS[0]]), large), 413),
    ];
    for (what, (header, payload), status) in cases {
        let reply = store.tell(&payload, Some(&header)).await;
        assert_eq!(reply.status, status, "{what}: {}", reply.text());
        if status == 400 {
            assert_eq!(reply.json()["error"], "signature_invalid", "{what}");
        }
    }
    assert_eq!(store.tell(EVENT, None).await.status, 400);
    let call = store.house.client.post("/api/stripe/webhook").header("content-type", "text/plain");
    let reply = call.header("stripe-signature", &right).body(EVENT.to_vec()).send().await;
    assert_eq!(reply.status, 415, "{}", reply.text());
    let kept = store.billing.overview().await.unwrap().events;
    assert_eq!(kept.len(), 1);
    database.close().await;
}

#[tokio::test]
async fn nothing_of_stripe_s_is_in_the_log() {
    let database = TestDb::sqlite().await;
    let store = Store::open(database.db()).await;
    // As loud as it can be made.
    let (log, _listening) = Log::listen_through(telemetry::filter("trace", None).unwrap());
    let bought = store.buy(5).await;
    store.hear().await;
    store.set_card(Card::Declined);
    store.house.post("/api/billing/seats", json!({ "seats": 9 })).await;
    store.tell(EVENT, Some("t=1,v1=00")).await;
    let said = log.text();
    assert!(said.contains("/api/stripe/webhook"), "it listens");
    let customer = store.fake.customers()[0].id.clone();
    for secret in
        [SECRETS[0], store.fake.secret_key(), &customer, &bought, "cus_x", "customer.updated"]
    {
        let line = said.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
    database.close().await;
}

#[tokio::test]
async fn where_nothing_is_sold_the_page_says_what_to_set_to_whoever_can() {
    let database = TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    assert_eq!(house.get("/api/billing").await.json()["configured"], false);
    let mira = Browser::signed_in(house.client.clone()).await;
    let page = mira.get("/acme/billing").await.text();
    for words in [
        "Billing is not configured on this instance.",
        "TINY_STRIPE_SECRET_KEY",
        "http://tiny.test/api/stripe/webhook",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let refused = mira.post("/acme/billing/portal", "").await;
    assert_eq!(refused.status, 503);
    assert!(refused.text().contains("Billing is not set up on this instance."));
    database.close().await;
}
