//! Events and the webhooks that tell of them.

use std::collections::BTreeSet;
use std::time::Duration;

use fake_stripe::{Card, Knobs, sign};
use serde_json::Value;

use crate::support::{DAY, START, Stage};

#[tokio::test]
async fn a_checkout_is_told_by_the_events_that_stripe_sends() {
    let stage = Stage::new();
    let form = [
        ("mode", "subscription"),
        ("line_items[0][price]", fake_stripe::TEAM_MONTHLY),
        ("line_items[0][quantity]", "2"),
        ("success_url", "http://127.0.0.1/"),
    ];
    let session = stage.ok("POST", "/v1/checkout/sessions", &form).await;
    let id = session["id"].as_str().unwrap();
    assert!(stage.fake.pay_checkout(id, Card::Declined).is_err());
    assert!(stage.kinds().is_empty());
    stage.fake.pay_checkout(id, Card::Works).unwrap();
    assert_eq!(
        stage.kinds(),
        [
            "customer.created",
            "payment_method.attached",
            "invoice.created",
            "payment_intent.created",
            "invoice.finalized",
            "payment_intent.succeeded",
            "invoice.paid",
            "invoice.payment_succeeded",
            "invoice_payment.paid",
            "customer.subscription.created",
            "checkout.session.completed",
        ]
    );
    let created = &stage.fake.events()[9];
    assert_eq!(created.object["status"], "active");
}

#[tokio::test]
async fn an_update_tells_what_was_before_and_which_key_asked_for_it() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    let path = format!("/v1/subscriptions/{}", subscription.id);
    let form = [("metadata[seats]", "2"), ("cancel_at_period_end", "true")];
    stage.call_with("POST", &path, &form, &[("idempotency-key", "mine")]).await;
    let event = stage.fake.events().pop().unwrap();
    let previous = event.previous_attributes.unwrap();
    assert_eq!(previous["metadata"]["seats"], Value::Null);
    assert_eq!(previous["cancel_at_period_end"], false);
    assert!(previous.get("status").is_none());
    assert_eq!(event.idempotency_key.as_deref(), Some("mine"));
    let taken = stage.fake.take_deliveries().pop().unwrap();
    let payload: Value = serde_json::from_slice(&taken.payload).unwrap();
    assert_eq!(payload["request"]["idempotency_key"], "mine");
    assert_eq!(payload["api_version"], fake_stripe::API_VERSION);
    assert_eq!(payload["data"]["previous_attributes"]["cancel_at_period_end"], false);
}

#[tokio::test]
async fn a_snapshot_stays_what_it_was() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    stage.fake.set_quantity(&subscription.id, 9).unwrap();
    let quantity =
        |event: &fake_stripe::Event| event.object["items"]["data"][0]["quantity"].clone();
    let events = stage.fake.events();
    let told = events.iter().filter(|event| event.kind.starts_with("customer.subscription."));
    assert_eq!(told.map(quantity).collect::<Vec<_>>(), [2, 9]);
}

#[tokio::test]
async fn a_rolled_secret_signs_beside_the_old_one_for_as_long_as_said() {
    let stage = Stage::new();
    stage.fake.roll_webhook_secret("whsec_new", Duration::from_hours(1));
    stage.subscribed(1, Card::Works);
    let both = stage.fake.take_deliveries().remove(0);
    let expected = sign(&both.payload, START, &["whsec_new", "whsec_fake"]);
    assert_eq!(both.signature, expected);
    stage.advance(3600);
    stage.subscribed(1, Card::Works);
    let one = stage.fake.take_deliveries().remove(0);
    assert_eq!(one.signature, sign(&one.payload, START + 3600, &["whsec_new"]));
}

#[tokio::test]
async fn what_is_taken_is_gone_and_can_be_sent_again() {
    let stage = Stage::new();
    stage.subscribed(1, Card::Works);
    let taken = stage.fake.take_deliveries();
    assert!(!taken.is_empty());
    assert!(stage.fake.take_deliveries().is_empty());
    stage.fake.send_again(&taken[0].event_id);
    let again = stage.fake.take_deliveries();
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].event_id, taken[0].event_id);
    assert_ne!(again[0].id, taken[0].id);
}

fn order(seed: u64, knobs: impl FnOnce(Knobs) -> Knobs) -> Vec<String> {
    let stage = Stage::seeded(seed);
    stage.fake.set_knobs(knobs(stage.fake.knobs()));
    for _ in 0..5 {
        stage.subscribed(1, Card::Works);
    }
    stage.fake.take_deliveries().into_iter().map(|delivery| delivery.event_id).collect()
}

#[tokio::test]
async fn the_knobs_lose_double_and_shuffle_the_same_way_from_the_same_seed() {
    let plain = order(3, |knobs| knobs);
    let doubled = order(3, |knobs| Knobs { duplicate: 1.0, duplicates: 2, ..knobs });
    assert_eq!(doubled.len(), 3 * plain.len());
    assert!(order(3, |knobs| Knobs { drop: 1.0, ..knobs }).is_empty());
    let some = order(3, |knobs| Knobs { drop: 0.5, ..knobs });
    assert!(!some.is_empty() && some.len() < plain.len());
    let shuffled = order(3, |knobs| Knobs { reorder: 0.5, ..knobs });
    assert_eq!(shuffled.len(), plain.len());
    let positions = |ids: &[String]| ids.iter().collect::<BTreeSet<_>>().len();
    assert_eq!(positions(&shuffled), positions(&plain));
    assert_eq!(shuffled, order(3, |knobs| Knobs { reorder: 0.5, ..knobs }));
}

#[tokio::test]
async fn a_shuffled_webhook_comes_after_others_that_were_made_later() {
    let stage = Stage::new();
    stage.fake.set_knobs(Knobs { reorder: 0.5, ..stage.fake.knobs() });
    for _ in 0..5 {
        stage.subscribed(1, Card::Works);
    }
    let made: Vec<String> = stage.fake.events().into_iter().map(|event| event.id).collect();
    let taken: Vec<String> =
        stage.fake.take_deliveries().into_iter().map(|delivery| delivery.event_id).collect();
    assert_ne!(taken, made);
    let place = |id: &String| made.iter().position(|other| other == id).unwrap();
    let furthest = taken.iter().enumerate().map(|(now, id)| now.abs_diff(place(id))).max();
    assert!(furthest.is_some_and(|steps| (1..=6).contains(&steps)), "{furthest:?}");
}

#[tokio::test]
async fn a_delayed_webhook_waits_for_its_time() {
    let stage = Stage::new();
    stage.fake.set_knobs(Knobs { delay_seconds: 1000, ..stage.fake.knobs() });
    stage.subscribed(1, Card::Works);
    let all = stage.fake.events().len();
    let early = stage.fake.take_deliveries().len();
    stage.advance(DAY);
    assert!(early < all);
    assert_eq!(early + stage.fake.take_deliveries().len(), all);
}
