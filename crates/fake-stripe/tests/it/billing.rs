//! The engine: periods, prorations, failed payments, ends.

use fake_stripe::{AfterRetries, Card, Knobs, Status, TEAM_MONTHLY, TEAM_YEARLY};
use rstest::rstest;
use serde_json::Value;

use crate::support::{DAY, HOUR, START, Stage};

fn amounts(invoice: &Value) -> Vec<i64> {
    let lines = invoice["lines"]["data"].as_array().unwrap();
    lines.iter().map(|line| line["amount"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_period_ends_on_the_last_day_of_a_short_month_and_returns_to_its_day() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    // 31 January to 28 February.
    assert_eq!(subscription.current_period_end - START, 28 * DAY);
    stage.advance(28 * DAY + HOUR);
    let renewed = stage.only(&subscription.customer);
    // 28 February to 31 March.
    assert_eq!(renewed.current_period_start, START + 28 * DAY);
    assert_eq!(renewed.current_period_end, START + (28 + 31) * DAY);
}

#[tokio::test]
async fn a_renewal_is_a_draft_for_an_hour_and_then_paid() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    stage.advance(28 * DAY);
    let statuses = || {
        let invoices = stage.fake.invoices(&subscription.customer);
        invoices.into_iter().map(|invoice| invoice.status).collect::<Vec<_>>()
    };
    assert_eq!(statuses(), ["paid", "draft"]);
    stage.advance(HOUR);
    assert_eq!(statuses(), ["paid", "paid"]);
    assert_eq!(stage.only(&subscription.customer).status, Status::Active);
}

#[tokio::test]
async fn a_year_passed_at_once_is_twelve_renewals_each_at_its_moment() {
    let stage = Stage::new();
    let subscription = stage.subscribed(1, Card::Works);
    stage.advance(366 * DAY);
    let invoices = stage.fake.invoices(&subscription.customer);
    assert_eq!(invoices.len(), 13);
    let created = stage.fake.events().into_iter().filter(|event| event.kind == "invoice.created");
    let mut moments: Vec<i64> = created.map(|event| event.created).collect();
    moments.dedup();
    assert_eq!(moments.len(), 13);
    assert_eq!(moments[12], START + 365 * DAY);
}

#[tokio::test]
async fn more_seats_are_credited_and_charged_by_the_second_on_the_next_invoice() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    stage.advance(7 * DAY);
    stage.fake.set_quantity(&subscription.id, 5).unwrap();
    stage.advance(21 * DAY + HOUR);
    let latest = stage.only(&subscription.customer).latest_invoice.unwrap();
    let invoice = stage.fake.object(&latest).unwrap();
    // Three quarters of the period were left.
    assert_eq!(amounts(&invoice), [-1350, 3375, 4500]);
    assert_eq!(invoice["amount_paid"], 6525);
}

#[tokio::test]
async fn fewer_seats_charged_at_once_become_credit_that_the_next_invoice_uses() {
    let stage = Stage::new();
    let subscription = stage.subscribed(5, Card::Works);
    stage.advance(14 * DAY);
    let path = format!("/v1/subscriptions/{}", subscription.id);
    let form = [
        ("items[0][id]", subscription.item.as_str()),
        ("items[0][quantity]", "1"),
        ("proration_behavior", "always_invoice"),
    ];
    let changed = stage.ok("POST", &path, &form).await;
    let invoice = stage.fake.object(changed["latest_invoice"].as_str().unwrap()).unwrap();
    assert_eq!(amounts(&invoice), [-2250, 450]);
    assert_eq!((&invoice["status"], &invoice["amount_due"]), (&"paid".into(), &0.into()));
    assert_eq!(stage.fake.customers()[0].balance, -1800);
    stage.advance(14 * DAY + HOUR);
    let latest = stage.only(&subscription.customer).latest_invoice.unwrap();
    let invoice = stage.fake.object(&latest).unwrap();
    assert_eq!((&invoice["total"], &invoice["amount_due"]), (&900.into(), &0.into()));
    assert_eq!(stage.fake.customers()[0].balance, -900);
}

#[tokio::test]
async fn another_interval_begins_a_new_period_that_is_charged_at_once() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    stage.advance(14 * DAY);
    let path = format!("/v1/subscriptions/{}", subscription.id);
    let form = [("items[0][id]", subscription.item.as_str()), ("items[0][price]", TEAM_YEARLY)];
    let changed = stage.ok("POST", &path, &form).await;
    assert_eq!(changed["items"]["data"][0]["current_period_end"], START + (14 + 365) * DAY);
    let invoice = stage.fake.object(changed["latest_invoice"].as_str().unwrap()).unwrap();
    assert_eq!(amounts(&invoice), [-900, 18_000]);
    assert_eq!(invoice["amount_paid"], 17_100);
}

#[rstest]
#[case::on_the_next_invoice("create_prorations")]
#[case::at_once("always_invoice")]
#[case::not_at_all("none")]
#[tokio::test]
async fn a_preview_is_what_then_happens(#[case] behavior: &str) {
    let stage = Stage::new();
    let subscription = stage.subscribed(3, Card::Works);
    stage.advance(9 * DAY + 12_345);
    let at = stage.fake.now().to_string();
    let item = subscription.item.as_str();
    let form = [
        ("subscription", subscription.id.as_str()),
        ("subscription_details[items][0][id]", item),
        ("subscription_details[items][0][quantity]", "11"),
        ("subscription_details[proration_behavior]", behavior),
        ("subscription_details[proration_date]", &at),
    ];
    let before = stage.fake.events().len();
    let preview = stage.ok("POST", "/v1/invoices/create_preview", &form).await;
    assert_eq!(stage.fake.events().len(), before);
    assert_eq!(stage.only(&subscription.customer).quantity, 3);
    let path = format!("/v1/subscriptions/{}", subscription.id);
    let form = [
        ("items[0][id]", item),
        ("items[0][quantity]", "11"),
        ("proration_behavior", behavior),
        ("proration_date", &at),
    ];
    stage.ok("POST", &path, &form).await;
    if behavior != "always_invoice" {
        stage.advance(28 * DAY);
    }
    let invoices = stage.fake.invoices(&subscription.customer);
    let invoice = stage.fake.object(&invoices[1].id).unwrap();
    assert_eq!(amounts(&preview), amounts(&invoice));
    assert_eq!(preview["amount_due"], invoice["amount_paid"]);
}

#[tokio::test]
async fn a_failed_renewal_is_tried_after_3_5_and_7_days_and_then_the_subscription_ends() {
    let stage = Stage::new();
    let subscription = stage.subscribed(1, Card::FailsAtRenewal);
    assert_eq!(subscription.status, Status::Active);
    let mut tried = Vec::new();
    for day in 28..50 {
        stage.fake.advance_to(START + day * DAY + HOUR);
        let attempts = stage.fake.invoices(&subscription.customer)[1].attempt_count;
        tried.push((day, attempts, stage.only(&subscription.customer).status));
    }
    tried.dedup_by_key(|(_, attempts, status)| (*attempts, *status));
    assert_eq!(
        tried,
        [
            (28, 1, Status::PastDue),
            (31, 2, Status::PastDue),
            (36, 3, Status::PastDue),
            (43, 4, Status::Canceled),
        ]
    );
}

#[rstest]
#[case(AfterRetries::Unpaid, Status::Unpaid)]
#[case(AfterRetries::PastDue, Status::PastDue)]
#[tokio::test]
async fn what_follows_the_last_try_can_be_set(
    #[case] after_retries: AfterRetries,
    #[case] status: Status,
) {
    let stage = Stage::new();
    stage.fake.set_knobs(Knobs { after_retries, retry_days: vec![1], ..stage.fake.knobs() });
    let subscription = stage.subscribed(1, Card::FailsAtRenewal);
    stage.advance(30 * DAY);
    assert_eq!(stage.only(&subscription.customer).status, status);
    let open = stage.fake.invoices(&subscription.customer).pop().unwrap();
    stage.fake.pay_invoice(&open.id, Some(Card::Works)).unwrap();
    assert_eq!(stage.only(&subscription.customer).status, Status::Active);
}

#[tokio::test]
async fn an_unpaid_subscription_makes_drafts_that_nobody_charges() {
    let stage = Stage::new();
    let after_retries = AfterRetries::Unpaid;
    stage.fake.set_knobs(Knobs { after_retries, retry_days: vec![1], ..stage.fake.knobs() });
    let subscription = stage.subscribed(1, Card::FailsAtRenewal);
    stage.advance(100 * DAY);
    let invoices = stage.fake.invoices(&subscription.customer);
    let statuses: Vec<&str> = invoices.iter().map(|invoice| invoice.status.as_str()).collect();
    assert_eq!(statuses, ["paid", "open", "draft", "draft"]);
}

#[tokio::test]
async fn a_new_card_pays_what_is_owed_at_the_next_try() {
    let stage = Stage::new();
    let subscription = stage.subscribed(1, Card::FailsAtRenewal);
    stage.advance(29 * DAY);
    assert_eq!(stage.only(&subscription.customer).status, Status::PastDue);
    stage.fake.set_card(&subscription.customer, Card::Works);
    stage.advance(3 * DAY);
    assert_eq!(stage.only(&subscription.customer).status, Status::Active);
}

#[tokio::test]
async fn what_a_customer_tries_in_vain_does_not_use_up_the_schedule() {
    let stage = Stage::new();
    let subscription = stage.subscribed(1, Card::FailsAtRenewal);
    stage.advance(29 * DAY);
    let open = stage.fake.invoices(&subscription.customer).pop().unwrap();
    for _ in 0..5 {
        assert!(stage.fake.pay_invoice(&open.id, Some(Card::Declined)).is_err());
    }
    let after = stage.fake.invoices(&subscription.customer).pop().unwrap();
    assert_eq!((after.attempt_count, after.next_payment_attempt), (1, open.next_payment_attempt));
}

#[tokio::test]
async fn a_first_invoice_that_nobody_pays_expires_after_23_hours() {
    let stage = Stage::new();
    let customer = stage.incomplete().await.customer;
    stage.advance(23 * HOUR - 1);
    assert_eq!(stage.only(&customer).status, Status::Incomplete);
    stage.advance(1);
    assert_eq!(stage.only(&customer).status, Status::IncompleteExpired);
    assert_eq!(stage.fake.invoices(&customer)[0].status, "void");
}

#[tokio::test]
async fn a_cancellation_at_the_end_can_be_taken_back_until_then() {
    let stage = Stage::new();
    let subscription = stage.subscribed(1, Card::Works);
    stage.fake.cancel(&subscription.id, true);
    assert_eq!(stage.only(&subscription.customer).cancel_at, Some(START + 28 * DAY));
    stage.fake.uncancel(&subscription.id);
    stage.advance(28 * DAY);
    assert_eq!(stage.only(&subscription.customer).status, Status::Active);
    stage.fake.cancel(&subscription.id, true);
    stage.advance(32 * DAY);
    let ended = stage.only(&subscription.customer);
    assert_eq!((ended.status, ended.ended_at), (Status::Canceled, Some(START + 59 * DAY)));
    assert_eq!(stage.fake.invoices(&subscription.customer).len(), 2);
}

#[tokio::test]
async fn a_trial_costs_nothing_is_warned_of_and_ends_in_a_paid_period() {
    let stage = Stage::new();
    let customer = stage.fake.create_customer("a@example.com", &[]);
    stage.fake.set_card(&customer, Card::Works);
    let form = [
        ("customer", customer.as_str()),
        ("items[0][price]", TEAM_MONTHLY),
        ("trial_period_days", "14"),
    ];
    stage.ok("POST", "/v1/subscriptions", &form).await;
    assert_eq!(stage.only(&customer).status, Status::Trialing);
    assert_eq!(stage.fake.invoices(&customer)[0].total, 0);
    stage.advance(11 * DAY);
    assert!(stage.kinds().contains(&"customer.subscription.trial_will_end".to_owned()));
    stage.advance(3 * DAY + HOUR);
    let begun = stage.only(&customer);
    assert_eq!((begun.status, begun.current_period_start), (Status::Active, START + 14 * DAY));
    assert_eq!(stage.fake.invoices(&customer)[1].amount_paid, 900);
}

#[tokio::test]
async fn a_change_within_a_trial_costs_nothing() {
    let stage = Stage::new();
    let customer = stage.fake.create_customer("a@example.com", &[]);
    let form = [
        ("customer", customer.as_str()),
        ("items[0][price]", TEAM_MONTHLY),
        ("trial_period_days", "14"),
    ];
    stage.ok("POST", "/v1/subscriptions", &form).await;
    stage.fake.set_quantity(&stage.only(&customer).id, 9).unwrap();
    let waiting = stage.ok("GET", "/v1/invoiceitems", &[("pending", "true")]).await;
    assert_eq!(waiting["data"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn a_refused_change_leaves_everything_as_it_was() {
    let stage = Stage::new();
    let subscription = stage.subscribed(1, Card::FailsAtRenewal);
    stage.advance(DAY);
    let path = format!("/v1/subscriptions/{}", subscription.id);
    let form = [
        ("items[0][id]", subscription.item.as_str()),
        ("items[0][quantity]", "9"),
        ("proration_behavior", "always_invoice"),
        ("payment_behavior", "error_if_incomplete"),
    ];
    let refused = stage.refused("POST", &path, &form).await;
    assert_eq!(refused, (402, "card_declined".to_owned(), String::new()));
    assert_eq!(stage.only(&subscription.customer), subscription);
    assert_eq!(stage.fake.invoices(&subscription.customer).len(), 1);
}
