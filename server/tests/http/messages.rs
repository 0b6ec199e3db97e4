//! Stripe's messages: how they come in, what whoever runs the instance sees of them, and when they go.

use std::time::Duration;

use billing::webhook::MOST_BYTES;
use db::{Db, on_db};
use fake_stripe::{Faults, sign};
use http::Method;
use serde_json::json;
use testkit::{Log, TestDb};
use tiny::{keeper, telemetry};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use web::{Services, SignupMode};

use crate::{
    house::instance,
    pages::Browser,
    store::{SECRETS, Store},
    team,
};

const HOUR_MS: i64 = 60 * 60 * 1_000;
const DAY_MS: i64 = 24 * HOUR_MS;

async fn tell(store: &Store, payload: &[u8]) {
    let signature = sign(payload, store.house.db.now().0 / 1_000, &[SECRETS[0]]);
    assert_eq!(store.tell(payload, Some(&signature)).await.status, 200);
}

/// A message about the customer.
async fn tell_of_customer(store: &Store, id: &str) {
    let customer = &store.fake.customers()[0].id;
    let object = json!({ "object": "invoice", "customer": customer });
    let event = json!({ "id": id, "type": "invoice.paid", "data": { "object": object } });
    tell(store, event.to_string().as_bytes()).await;
}

async fn kept(db: &Db) -> i64 {
    const COUNT: &str = "SELECT COUNT(*) FROM stripe_events";
    let (count,): (i64,) =
        on_db!(db.read(), c => sqlx::query_as(COUNT).fetch_one(c).await).unwrap();
    count
}

fn services(store: &Store) -> Services {
    Services::new(store.house.db.clone(), instance(SignupMode::Open))
        .with_billing(store.billing.clone())
}

testkit::both! {
    async fn what_was_given_up_has_its_cause_and_its_acts(db: Db) {
        let mut store = Store::open(db).await;
        store.buy(5).await;
        store.unplug();
        for id in ["evt_1", "evt_2"] {
            tell_of_customer(&store, id).await;
        }
        tell(&store, b"no event").await;
        for _ in 0..20 {
            store.billing.work_once().await.unwrap();
            store.house.db.clock().advance_ms(HOUR_MS);
        }
        let unreadable = store.billing.overview().await.unwrap().dead.into_iter().find(|one| !one.can_retry);
        let unreadable = unreadable.unwrap().id;
        let mira = Browser::signed_in(store.house.client.clone()).await;
        let page = mira.get("/instance/stripe").await.text();
        for words in ["Given up", "Stripe", "Tried 20 times.", "no event that can be read", "Process all again"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert_eq!(page.matches("aria-label=\"Process again: ").count(), 2, "{page}");
        assert_eq!(page.matches("aria-label=\"Dismiss now: ").count(), 1, "{page}");
        // A click and another, and what happened meanwhile.
        for _ in 0..2 {
            let again = mira.post("/instance/stripe/evt_1/retry", "").await;
            assert_eq!(again.header("location"), "/instance/stripe?done=retried");
        }
        assert_eq!(mira.post("/instance/stripe/evt_0/retry", "").await.status, 404);
        let all = mira.post("/instance/stripe/retry", "").await;
        assert_eq!(all.header("location"), "/instance/stripe?done=all-retried");
        let dismiss = format!("/instance/stripe/{unreadable}/dismiss");
        assert_eq!(mira.post(&dismiss, "").await.status, 400, "nobody was asked");
        for _ in 0..2 {
            let done = mira.post(&dismiss, "confirm=dismiss").await;
            assert_eq!(done.header("location"), "/instance/stripe?done=dismissed");
        }
        assert_eq!(mira.post("/instance/stripe/evt_0/dismiss", "confirm=dismiss").await.status, 404);
        let page = mira.get("/instance/stripe").await.text();
        assert!(page.contains("2 messages waiting") && page.contains(">dismissed<"), "{page}");
        assert!(!page.contains("Given up") && !page.contains("Process all again"), "{page}");
        team::Person::new(&store.house, "ana@acme.dev").await;
        let ana = Browser::signed_in_as(store.house.client.clone(), "ana@acme.dev").await;
        for path in ["/instance/stripe/retry", "/instance/stripe/evt_1/retry", &dismiss] {
            assert_eq!(ana.post(path, "confirm=dismiss").await.status, 404, "{path}");
        }
    }

    async fn messages_go_after_30_days_and_with_their_workspace(db: Db) {
        let store = Store::open(db).await;
        store.buy(5).await;
        for id in ["evt_1", "evt_2"] {
            tell_of_customer(&store, id).await;
        }
        let db = &store.house.db;
        keeper::keep(&services(&store)).await;
        assert_eq!(kept(db).await, 2);
        let path = format!("/api/organizations/{}?confirm=acme", store.house.organization);
        let call = store.house.client.call(Method::DELETE, &path).bearer(&store.house.token);
        assert_eq!(call.send().await.status, 204);
        tell(&store, br#"{"id": "evt_other", "type": "payout.paid"}"#).await;
        db.clock().advance_ms(8 * DAY_MS);
        keeper::keep(&services(&store)).await;
        assert_eq!(kept(db).await, 1, "that of nobody here");
        db.clock().advance_ms(22 * DAY_MS);
        keeper::keep(&services(&store)).await;
        assert_eq!(kept(db).await, 0);
    }
}

#[tokio::test]
async fn while_stripe_lets_everyone_wait_the_other_hourly_work_is_done() {
    let database = TestDb::sqlite().await;
    let change =
        |settings: &mut billing::StripeSettings| settings.pace.patience = Duration::from_secs(30);
    let store = Store::open_with(database.db(), change).await;
    store.buy(5).await;
    tell(&store, br#"{"id": "evt_old", "type": "payout.paid"}"#).await;
    store.house.db.clock().advance_ms(31 * DAY_MS);
    let mut knobs = store.fake.knobs();
    knobs.timeout_ms = 60_000;
    knobs.faults = Faults { timeout_after: 1.0, ..Faults::default() };
    store.fake.set_knobs(knobs);
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    keeper::start(services(&store), &tasks, stop.clone());
    let is_gone = async {
        while kept(&store.house.db).await > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), is_gone).await.expect("it waits for nobody");
    stop.cancel();
    assert_eq!(tasks.len(), 3, "plans are still compared");
}

#[tokio::test]
async fn the_door_takes_what_may_be_an_event_and_no_byte_more() {
    let database = TestDb::sqlite().await;
    let store = Store::open(database.db()).await;
    let mut payload = br#"{"id": "evt_1", "type": "payout.paid"}"#.to_vec();
    payload.resize(MOST_BYTES, b' ');
    tell(&store, &payload).await;
    payload.push(b' ');
    let signature = sign(&payload, store.house.db.now().0 / 1_000, &[SECRETS[0]]);
    let refused = store.tell(&payload, Some(&signature)).await;
    assert_eq!(
        (refused.status.as_u16(), kept(&store.house.db).await),
        (413, 1),
        "{}",
        refused.text()
    );
    database.close().await;
}

#[tokio::test]
async fn stripe_s_client_is_silent_whatever_the_filter_says() {
    let database = TestDb::sqlite().await;
    let store = Store::open(database.db()).await;
    store.buy(5).await;
    let customer = store.fake.customers()[0].id.clone();
    for wanted in [
        "trace",
        "trace,stripe::hyper=trace,stripe_client_core=trace,stripe::hyper::client=trace",
        "info,stripe::hyper=info",
        "stripe=trace,stripe[execute]=trace",
    ] {
        let (log, _listening) = Log::listen_through(telemetry::filter(wanted, None).unwrap());
        tracing::error!("it listens");
        tracing::error!(target: "stripe_shared", "another crate of it");
        store.billing.sync(store.organization()).await.unwrap();
        let said = log.text();
        assert_eq!(said.contains("it listens"), !wanted.starts_with("stripe"), "{wanted}: {said}");
        for word in ["stripe::", "stripe_client", "another crate", &customer] {
            let line = said.lines().find(|line| line.contains(word));
            assert_eq!(line, None, "{word} with {wanted}");
        }
    }
    database.close().await;
}
