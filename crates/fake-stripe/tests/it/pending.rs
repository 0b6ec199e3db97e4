//! Changes that wait for their payment: `payment_behavior=pending_if_incomplete`.

use fake_stripe::{AfterRetries, Card, Knobs, Status, Subscription, TEAM_MONTHLY, TEAM_YEARLY};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{DAY, HOUR, START, Stage};

const APPLIED: &str = "customer.subscription.pending_update_applied";
const EXPIRED: &str = "customer.subscription.pending_update_expired";
const UPDATED: &str = "customer.subscription.updated";

/// Asks for another quantity, to be had once it is paid.
async fn ask(stage: &Stage, subscription: &Subscription, quantity: &str) -> Value {
    change(stage, subscription, &[("items[0][quantity]", quantity)]).await
}

async fn change(stage: &Stage, subscription: &Subscription, what: &[(&str, &str)]) -> Value {
    let mut form = vec![
        ("items[0][id]", subscription.item.as_str()),
        ("proration_behavior", "always_invoice"),
        ("payment_behavior", "pending_if_incomplete"),
    ];
    form.extend(what);
    stage.ok("POST", &format!("/v1/subscriptions/{}", subscription.id), &form).await
}

fn shown(stage: &Stage, subscription: &Subscription) -> Value {
    stage.fake.object(&subscription.id).unwrap()
}

fn latest_status(stage: &Stage, subscription: &Subscription) -> String {
    stage.fake.invoices(&subscription.customer).pop().unwrap().status
}

/// The types of the events since there were so many.
fn kinds_since(stage: &Stage, before: usize) -> Vec<String> {
    stage.kinds().split_off(before)
}

#[rstest]
#[case::more_that_is_paid(Card::Works, "always_invoice", "5")]
#[case::less_which_costs_nothing(Card::FailsAtRenewal, "always_invoice", "1")]
#[case::more_on_the_next_invoice(Card::FailsAtRenewal, "create_prorations", "5")]
#[case::more_for_nothing(Card::FailsAtRenewal, "none", "5")]
#[tokio::test]
async fn what_is_paid_or_costs_nothing_now_is_had_at_once(
    #[case] card: Card,
    #[case] proration: &str,
    #[case] quantity: &str,
) {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, card);
    let form = [("items[0][quantity]", quantity), ("proration_behavior", proration)];
    let changed = change(&stage, &subscription, &form).await;
    assert_eq!(changed["items"]["data"][0]["quantity"].to_string(), quantity);
    assert_eq!(changed["pending_update"], Value::Null);
    assert_eq!(latest_status(&stage, &subscription), "paid");
    let kinds = stage.kinds();
    assert_eq!(kinds.iter().filter(|kind| *kind == UPDATED).count(), 1);
    assert!(!kinds.iter().any(|kind| kind.contains("pending_update")));
}

#[tokio::test]
async fn what_cannot_be_paid_waits_and_the_subscription_stays_as_it_is() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::FailsAtRenewal);
    stage.advance(7 * DAY);
    let before = stage.fake.events().len();
    let asked = ask(&stage, &subscription, "5").await;
    assert_eq!(
        (&asked["status"], &asked["items"]["data"][0]["quantity"]),
        (&json!("active"), &json!(2))
    );
    let mut update = asked["pending_update"].clone();
    let items = update["subscription_items"].take();
    assert_eq!(
        update,
        json!({
            "billing_cycle_anchor": null,
            "expires_at": START + 7 * DAY + 23 * HOUR,
            "subscription_items": null,
            "trial_end": null,
            "trial_from_plan": null,
        })
    );
    assert_eq!((&items[0]["id"], &items[0]["quantity"]), (&json!(subscription.item), &json!(5)));
    assert_eq!(items[0]["price"]["id"], TEAM_MONTHLY);
    let invoice = stage.fake.object(asked["latest_invoice"].as_str().unwrap()).unwrap();
    assert_eq!((&invoice["status"], &invoice["amount_due"]), (&json!("open"), &json!(2025)));
    assert!(invoice["hosted_invoice_url"].is_string());
    let told = stage.fake.events().split_off(before);
    assert!(told.iter().any(|event| event.kind == "invoice.payment_failed"));
    let updates: Vec<_> = told.iter().filter(|event| event.kind == UPDATED).collect();
    assert_eq!(updates.len(), 1);
    assert_eq!(
        updates[0].previous_attributes,
        Some(json!({ "latest_invoice": subscription.latest_invoice, "pending_update": null }))
    );
}

#[rstest]
#[case::on_its_page(Some(Card::Works), None)]
#[case::by_a_card_named_to_the_api(None, Some("pm_card_visa"))]
#[case::by_a_new_card_of_the_customer(None, None)]
#[tokio::test]
async fn once_paid_it_is_had_without_another_invoice(
    #[case] card: Option<Card>,
    #[case] method: Option<&str>,
) {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::FailsAtRenewal);
    stage.advance(7 * DAY);
    let asked = ask(&stage, &subscription, "5").await;
    let invoice = asked["latest_invoice"].as_str().unwrap();
    assert!(stage.fake.pay_invoice(invoice, Some(Card::Declined)).is_err());
    assert_eq!(shown(&stage, &subscription)["pending_update"], asked["pending_update"]);
    let before = stage.fake.events().len();
    if card.is_some() {
        stage.fake.pay_invoice(invoice, card).unwrap();
    } else {
        if method.is_none() {
            stage.fake.set_card(&subscription.customer, Card::Works);
        }
        let form: Vec<_> = method.map(|method| ("payment_method", method)).into_iter().collect();
        stage.ok("POST", &format!("/v1/invoices/{invoice}/pay"), &form).await;
    }
    let paid = shown(&stage, &subscription);
    assert_eq!((&paid["status"], &paid["pending_update"]), (&json!("active"), &Value::Null));
    assert_eq!(stage.only(&subscription.customer).quantity, 5);
    let told = stage.fake.events().split_off(before);
    assert_eq!(told.iter().filter(|event| event.kind == APPLIED).count(), 1);
    let updated = told.iter().rev().find(|event| event.kind == UPDATED).unwrap();
    let previous = updated.previous_attributes.as_ref().unwrap();
    assert_eq!(previous["pending_update"], asked["pending_update"]);
    assert_eq!(previous["items"]["data"][0]["quantity"], 2);
    stage.advance(21 * DAY + HOUR);
    assert_eq!(stage.fake.invoices(&subscription.customer).len(), 3);
    assert_eq!(stage.fake.invoices(&subscription.customer)[2].total, 4500);
    assert!(!stage.kinds().contains(&EXPIRED.to_owned()));
}

#[tokio::test]
async fn what_nobody_pays_within_23_hours_is_dropped_and_its_invoice_void() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::FailsAtRenewal);
    ask(&stage, &subscription, "5").await;
    stage.advance(23 * HOUR - 1);
    assert!(shown(&stage, &subscription)["pending_update"].is_object());
    let before = stage.fake.events().len();
    stage.advance(1);
    let dropped = shown(&stage, &subscription);
    assert_eq!((&dropped["status"], &dropped["pending_update"]), (&json!("active"), &Value::Null));
    assert_eq!(latest_status(&stage, &subscription), "void");
    assert_eq!(kinds_since(&stage, before), ["payment_intent.canceled", "invoice.voided", EXPIRED]);
    stage.fake.set_card(&subscription.customer, Card::Works);
    stage.advance(28 * DAY);
    assert_eq!(stage.fake.invoices(&subscription.customer)[2].total, 1800);
}

#[tokio::test]
async fn it_waits_no_longer_than_the_period() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::FailsAtRenewal);
    stage.advance(28 * DAY - HOUR);
    let asked = ask(&stage, &subscription, "900").await;
    assert_eq!(asked["pending_update"]["expires_at"], START + 28 * DAY);
    stage.advance(HOUR);
    let renewed = stage.only(&subscription.customer);
    assert_eq!((renewed.quantity, renewed.current_period_start), (2, START + 28 * DAY));
    let statuses = stage.fake.invoices(&subscription.customer).into_iter();
    assert_eq!(statuses.map(|one| one.status).collect::<Vec<_>>(), ["paid", "void", "draft"]);
}

#[tokio::test]
async fn a_test_clock_lets_it_expire_too() {
    let stage = Stage::new();
    let frozen = START.to_string();
    let form = [("frozen_time", frozen.as_str())];
    let clock = stage.ok("POST", "/v1/test_helpers/test_clocks", &form).await;
    let clock = clock["id"].as_str().unwrap();
    let customer = stage.ok("POST", "/v1/customers", &[("test_clock", clock)]).await;
    let customer = customer["id"].as_str().unwrap();
    stage.fake.subscribe(customer, TEAM_MONTHLY, 2, Card::FailsAtRenewal).unwrap();
    let subscription = stage.only(customer);
    ask(&stage, &subscription, "5").await;
    stage.advance(2 * DAY);
    assert!(shown(&stage, &subscription)["pending_update"].is_object());
    stage.fake.advance_test_clock(clock, START + 23 * HOUR);
    assert_eq!(shown(&stage, &subscription)["pending_update"], Value::Null);
    assert!(stage.kinds().contains(&EXPIRED.to_owned()));
}

#[tokio::test]
async fn no_schedule_of_retries_touches_the_subscription_for_it() {
    let stage = Stage::new();
    let after_retries = AfterRetries::Cancel;
    stage.fake.set_knobs(Knobs { after_retries, retry_days: vec![0], ..stage.fake.knobs() });
    let subscription = stage.subscribed(2, Card::FailsAtRenewal);
    ask(&stage, &subscription, "5").await;
    stage.advance(22 * HOUR);
    assert_eq!(stage.only(&subscription.customer).status, Status::Active);
    let invoice = stage.fake.invoices(&subscription.customer).pop().unwrap();
    assert_eq!((invoice.attempt_count, invoice.next_payment_attempt), (1, None));
}

#[tokio::test]
async fn another_one_takes_its_place() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::FailsAtRenewal);
    let first = ask(&stage, &subscription, "5").await;
    stage.advance(HOUR);
    let second = ask(&stage, &subscription, "7").await;
    assert_eq!(second["pending_update"]["subscription_items"][0]["quantity"], 7);
    assert_eq!(second["pending_update"]["expires_at"], START + 24 * HOUR);
    let first = stage.fake.object(first["latest_invoice"].as_str().unwrap()).unwrap();
    assert_eq!(first["status"], "void");
    stage.fake.pay_invoice(second["latest_invoice"].as_str().unwrap(), Some(Card::Works)).unwrap();
    assert_eq!(stage.only(&subscription.customer).quantity, 7);
    assert!(!stage.kinds().contains(&EXPIRED.to_owned()));
}

#[rstest]
#[case::a_void_invoice("POST", "/v1/invoices/{invoice}/void", &[])]
#[case::an_end_at_once("DELETE", "/v1/subscriptions/{subscription}", &[])]
#[case::a_change_that_does_not_wait("POST", "/v1/subscription_items/{item}", &[("quantity", "3")])]
#[tokio::test]
async fn it_is_dropped_by(#[case] method: &str, #[case] path: &str, #[case] form: &[(&str, &str)]) {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::FailsAtRenewal);
    let asked = ask(&stage, &subscription, "5").await;
    let invoice = asked["latest_invoice"].as_str().unwrap();
    let path = path
        .replace("{invoice}", invoice)
        .replace("{subscription}", &subscription.id)
        .replace("{item}", &subscription.item);
    stage.ok(method, &path, form).await;
    assert_eq!(shown(&stage, &subscription)["pending_update"], Value::Null);
    assert_eq!(stage.fake.object(invoice).unwrap()["status"], "void");
    let last = stage.fake.events().into_iter().rfind(|event| event.object["id"] == subscription.id);
    assert_eq!(last.unwrap().object["pending_update"], Value::Null);
    stage.advance(2 * DAY);
    assert!(!stage.kinds().contains(&EXPIRED.to_owned()));
}

#[rstest]
#[case("cancel_at_period_end", "true")]
#[case("cancel_at", "1801400000")]
#[case("metadata[a]", "1")]
#[case("description", "x")]
#[case("default_payment_method", "pm_card_visa")]
#[tokio::test]
async fn what_cannot_wait_is_refused_beside_it(#[case] key: &str, #[case] value: &str) {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::FailsAtRenewal);
    let path = format!("/v1/subscriptions/{}", subscription.id);
    let form = [
        ("items[0][id]", subscription.item.as_str()),
        ("items[0][quantity]", "5"),
        ("payment_behavior", "pending_if_incomplete"),
        (key, value),
    ];
    let reply = stage.call("POST", &path, &form).await;
    let (error, param) = (&reply.body["error"], key.split('[').next().unwrap());
    assert_eq!((reply.status.as_u16(), &error["param"]), (400, &json!(param)));
    assert_eq!(error["type"], "invalid_request_error");
    assert!(error["message"].as_str().unwrap().contains(&format!("`{param}` is not supported")));
    assert_eq!(stage.only(&subscription.customer), subscription);
}

#[tokio::test]
async fn nothing_begins_with_it() {
    let stage = Stage::new();
    let customer = stage.fake.create_customer("a@example.com", &[]);
    let form = [
        ("customer", customer.as_str()),
        ("items[0][price]", TEAM_MONTHLY),
        ("payment_behavior", "pending_if_incomplete"),
    ];
    let (status, _, param) = stage.refused("POST", "/v1/subscriptions", &form).await;
    assert_eq!((status, param.as_str()), (400, "payment_behavior"));
}

#[tokio::test]
async fn a_new_period_that_waits_begins_when_it_was_asked_for() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::FailsAtRenewal);
    stage.advance(7 * DAY);
    let asked = change(&stage, &subscription, &[("items[0][price]", TEAM_YEARLY)]).await;
    assert_eq!(asked["pending_update"]["billing_cycle_anchor"], START + 7 * DAY);
    assert_eq!(stage.only(&subscription.customer).current_period_end, START + 28 * DAY);
    stage.advance(HOUR);
    stage.fake.pay_invoice(asked["latest_invoice"].as_str().unwrap(), Some(Card::Works)).unwrap();
    let paid = stage.only(&subscription.customer);
    assert_eq!((paid.price.as_str(), paid.current_period_start), (TEAM_YEARLY, START + 7 * DAY));
    assert_eq!(paid.current_period_end, START + (7 + 365) * DAY);
}

#[tokio::test]
async fn credit_that_its_void_invoice_used_is_there_again() {
    let stage = Stage::new();
    let subscription = stage.subscribed(5, Card::FailsAtRenewal);
    ask(&stage, &subscription, "1").await;
    assert_eq!(stage.fake.customers()[0].balance, -3600);
    let asked = ask(&stage, &subscription, "9").await;
    let invoice = stage.fake.object(asked["latest_invoice"].as_str().unwrap()).unwrap();
    assert_eq!(invoice["amount_due"], 3600);
    assert_eq!(stage.fake.customers()[0].balance, 0);
    stage.advance(DAY);
    assert_eq!(stage.fake.customers()[0].balance, -3600);
}

#[tokio::test]
async fn a_subscription_that_is_behind_recovers_by_its_own_invoice_whatever_waits() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::FailsAtRenewal);
    // The renewal is a draft still.
    stage.advance(28 * DAY + HOUR / 2);
    ask(&stage, &subscription, "5").await;
    stage.advance(HOUR);
    assert_eq!(stage.only(&subscription.customer).status, Status::PastDue);
    let renewal = stage.fake.invoices(&subscription.customer)[1].id.clone();
    stage.fake.pay_invoice(&renewal, Some(Card::Works)).unwrap();
    assert_eq!(stage.only(&subscription.customer).status, Status::Active);
    assert!(shown(&stage, &subscription)["pending_update"].is_object());
    stage.advance(DAY);
    assert_eq!(stage.only(&subscription.customer).status, Status::Active);
}
