//! Planned ends: the moment `cancel_at`, the flag `cancel_at_period_end`, and what takes them back.

use fake_stripe::{Card, Status, Subscription};
use rstest::rstest;

use crate::support::{DAY, HOUR, START, Stage};

const END: i64 = START + 28 * DAY;
/// Ten days in.
const MOMENT: &str = "1802260800";

/// `cancel_at` and `cancel_at_period_end`, as the API shows them.
fn planned(stage: &Stage, subscription: &Subscription) -> (Option<i64>, bool) {
    let shown = stage.fake.object(&subscription.id).unwrap();
    (shown["cancel_at"].as_i64(), shown["cancel_at_period_end"].as_bool().unwrap())
}

async fn update(stage: &Stage, subscription: &Subscription, key: &str, value: &str) {
    let path = format!("/v1/subscriptions/{}", subscription.id);
    stage.ok("POST", &path, &[(key, value)]).await;
}

#[tokio::test]
async fn the_portal_sets_a_moment_and_no_flag_and_takes_it_back() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    let form = [("customer", subscription.customer.as_str())];
    let visit = stage.ok("POST", "/v1/billing_portal/sessions", &form).await;
    let own =
        format!("/portal/{}/subscriptions/{}", visit["id"].as_str().unwrap(), subscription.id);
    stage.submit(&own, "act=cancel").await;
    assert_eq!(planned(&stage, &subscription), (Some(END), false));
    let told = stage.fake.events().pop().unwrap();
    assert_eq!(told.kind, "customer.subscription.updated");
    let previous = told.previous_attributes.unwrap();
    assert!(previous.get("cancel_at").is_some() && previous.get("cancel_at_period_end").is_none());
    assert_eq!(stage.only(&subscription.customer).canceled_at, Some(START));
    stage.submit(&own, "act=uncancel").await;
    assert_eq!(planned(&stage, &subscription), (None, false));
    assert_eq!(stage.only(&subscription.customer).canceled_at, None);
    update(&stage, &subscription, "cancel_at_period_end", "true").await;
    stage.submit(&own, "act=uncancel").await;
    assert_eq!(planned(&stage, &subscription), (None, false));
}

#[rstest]
#[case::not_by_the_flag("cancel_at_period_end", "false", Some(END))]
#[case::by_an_empty_moment("cancel_at", "", None)]
#[tokio::test]
async fn a_moment_that_was_set_on_its_own_is_taken_back(
    #[case] key: &str,
    #[case] value: &str,
    #[case] left: Option<i64>,
) {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    stage.fake.cancel(&subscription.id, true);
    update(&stage, &subscription, key, value).await;
    assert_eq!(planned(&stage, &subscription), (left, false));
}

#[rstest]
#[case::by_the_flag("cancel_at_period_end", "false")]
#[case::by_an_empty_moment("cancel_at", "")]
#[tokio::test]
async fn the_flag_shows_the_moment_too_and_is_taken_back(#[case] key: &str, #[case] value: &str) {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    update(&stage, &subscription, "cancel_at", MOMENT).await;
    assert_eq!(planned(&stage, &subscription), (Some(START + 10 * DAY), false));
    update(&stage, &subscription, "cancel_at_period_end", "true").await;
    assert_eq!(planned(&stage, &subscription), (Some(END), true));
    update(&stage, &subscription, key, value).await;
    assert_eq!(planned(&stage, &subscription), (None, false));
}

#[rstest]
#[case::both("true", MOMENT)]
#[case::both_to_take_it_back("false", "")]
#[tokio::test]
async fn only_one_of_them_may_be_sent(#[case] flag: &str, #[case] moment: &str) {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    let path = format!("/v1/subscriptions/{}", subscription.id);
    let form = [("cancel_at_period_end", flag), ("cancel_at", moment)];
    let reply = stage.call("POST", &path, &form).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.body["error"]["type"]),
        (400, &"invalid_request_error".into())
    );
    assert!(reply.body["error"]["message"].as_str().unwrap().contains("pass in only one"));
    let begun =
        [("customer", subscription.customer.as_str()), ("items[0][price]", "price_team_monthly")];
    let begun = [begun.as_slice(), form.as_slice()].concat();
    assert_eq!(stage.refused("POST", "/v1/subscriptions", &begun).await.0, 400);
    let (flag, moment) = (
        ("subscription_details[cancel_at_period_end]", flag),
        ("subscription_details[cancel_at]", moment),
    );
    let preview = [("subscription", subscription.id.as_str()), flag, moment];
    assert_eq!(stage.refused("POST", "/v1/invoices/create_preview", &preview).await.0, 400);
    assert_eq!(stage.only(&subscription.customer), subscription);
}

#[rstest]
#[case::the_flag("cancel_at_period_end", "true", END)]
#[case::a_moment("cancel_at", MOMENT, START + 10 * DAY)]
#[case::the_period_as_a_moment("cancel_at", "min_period_end", END)]
#[tokio::test]
async fn it_ends_when_its_moment_comes(#[case] key: &str, #[case] value: &str, #[case] end: i64) {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    update(&stage, &subscription, key, value).await;
    stage.fake.advance_to(end - 1);
    assert_eq!(stage.only(&subscription.customer).status, Status::Active);
    stage.fake.advance_to(end);
    let ended = stage.only(&subscription.customer);
    assert_eq!((ended.status, ended.ended_at), (Status::Canceled, Some(end)));
    stage.advance(40 * DAY);
    assert_eq!(stage.fake.invoices(&subscription.customer).len(), 1);
}

#[tokio::test]
async fn what_waits_for_the_next_invoice_is_collected_at_the_end() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    stage.fake.cancel(&subscription.id, true);
    stage.advance(14 * DAY);
    stage.fake.set_quantity(&subscription.id, 4).unwrap();
    let form = [("subscription", subscription.id.as_str())];
    let preview = stage.ok("POST", "/v1/invoices/create_preview", &form).await;
    assert_eq!((&preview["total"], &preview["period_end"]), (&900.into(), &END.into()));
    stage.advance(14 * DAY + HOUR);
    assert_eq!(stage.only(&subscription.customer).status, Status::Canceled);
    let last = stage.fake.invoices(&subscription.customer).pop().unwrap();
    assert_eq!((last.status.as_str(), last.amount_paid), ("paid", 900));
}

#[tokio::test]
async fn who_does_not_pay_the_last_invoice_is_canceled_all_the_same() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::FailsAtRenewal);
    stage.fake.cancel(&subscription.id, true);
    stage.fake.set_quantity(&subscription.id, 4).unwrap();
    stage.advance(40 * DAY);
    assert_eq!(stage.only(&subscription.customer).status, Status::Canceled);
    let last = stage.fake.invoices(&subscription.customer).pop().unwrap();
    assert_eq!((last.status.as_str(), last.next_payment_attempt), ("open", None));
    let ends = stage.kinds().into_iter().filter(|kind| kind == "customer.subscription.deleted");
    assert_eq!(ends.count(), 1);
}
