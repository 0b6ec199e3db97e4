//! What has not begun: subscriptions whose first invoice is not paid, and Checkout that leaves one.

use fake_stripe::{Card, Declined, Status, Subscription, TEAM_MONTHLY};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{DAY, HOUR, START, Stage};

const COMPLETED: &str = "checkout.session.completed";

#[rstest]
#[case::an_item("items[0][quantity]", "3")]
#[case::the_flag("cancel_at_period_end", "true")]
#[case::a_moment("cancel_at", "1801400000")]
#[case::no_moment("cancel_at", "")]
#[case::a_trial("trial_end", "1802400000")]
#[case::the_period("billing_cycle_anchor", "now")]
#[case::a_description("description", "x")]
#[case::a_reason("cancellation_details[comment]", "x")]
#[case::the_end_of_a_trial("trial_settings[end_behavior][missing_payment_method]", "pause")]
#[tokio::test]
async fn an_incomplete_subscription_cannot_be_changed(#[case] key: &str, #[case] value: &str) {
    let stage = Stage::new();
    let subscription = stage.incomplete().await;
    let mut form = vec![(key, value)];
    form.extend(key.starts_with("items").then_some(("items[0][id]", subscription.item.as_str())));
    let before = (stage.fake.events().len(), stage.fake.object(&subscription.id));
    let reply = stage.call("POST", &format!("/v1/subscriptions/{}", subscription.id), &form).await;
    let kind = &reply.body["error"]["type"];
    assert_eq!((reply.status.as_u16(), kind), (400, &json!("invalid_request_error")));
    assert_eq!((stage.fake.events().len(), stage.fake.object(&subscription.id)), before);
    let item = format!("/v1/subscription_items/{}", subscription.item);
    assert_eq!(stage.refused("POST", &item, &[("quantity", "3")]).await.0, 400);
}

#[tokio::test]
async fn its_metadata_and_its_card_can() {
    let stage = Stage::new();
    let subscription = stage.incomplete().await;
    let path = format!("/v1/subscriptions/{}", subscription.id);
    let form = [("metadata[a]", "1"), ("default_payment_method", "pm_card_visa")];
    let changed = stage.ok("POST", &path, &form).await;
    assert_eq!(
        (&changed["metadata"]["a"], &changed["status"]),
        (&json!("1"), &json!("incomplete"))
    );
    assert!(changed["default_payment_method"].is_string());
}

#[tokio::test]
async fn ended_before_it_began_it_is_expired_and_its_invoice_void() {
    let stage = Stage::new();
    let subscription = stage.incomplete().await;
    let path = format!("/v1/subscriptions/{}", subscription.id);
    let ended = stage.ok("DELETE", &path, &[("cancellation_details[comment]", "no")]).await;
    assert_eq!(
        (&ended["status"], &ended["ended_at"]),
        (&json!("incomplete_expired"), &json!(START))
    );
    assert_eq!(ended["cancellation_details"]["comment"], "no");
    assert_eq!(stage.fake.invoices(&subscription.customer)[0].status, "void");
    let told = stage.fake.events().pop().unwrap();
    assert_eq!(told.kind, "customer.subscription.updated");
    assert_eq!(told.previous_attributes.unwrap()["status"], "incomplete");
    assert_eq!(stage.refused("DELETE", &path, &[]).await.0, 404);
}

#[tokio::test]
async fn it_goes_with_its_customer() {
    let stage = Stage::new();
    let subscription = stage.incomplete().await;
    stage.ok("DELETE", &format!("/v1/customers/{}", subscription.customer), &[]).await;
    assert_eq!(stage.only(&subscription.customer).status, Status::IncompleteExpired);
    assert_eq!(stage.fake.invoices(&subscription.customer)[0].status, "void");
}

/// A session that was paid with a card that nobody confirmed, and the subscription that it left.
async fn left(stage: &Stage) -> (String, Subscription) {
    let customer = stage.fake.create_customer("a@example.com", &[]);
    let form = [
        ("mode", "subscription"),
        ("customer", customer.as_str()),
        ("line_items[0][price]", TEAM_MONTHLY),
        ("line_items[0][quantity]", "2"),
        ("line_items[0][adjustable_quantity][enabled]", "true"),
        ("subscription_data[metadata][workspace]", "1"),
        ("success_url", "http://127.0.0.1/done"),
    ];
    let session = stage.ok("POST", "/v1/checkout/sessions", &form).await;
    let id = session["id"].as_str().unwrap().to_owned();
    assert_eq!(stage.fake.pay_checkout(&id, Card::LeavesIncomplete), Err(Declined));
    (id, stage.only(&customer))
}

fn shown(stage: &Stage, session: &str) -> Value {
    let session = stage.fake.object(session).unwrap();
    json!([session["status"], session["payment_status"], session["subscription"]])
}

#[tokio::test]
async fn a_payment_that_is_never_confirmed_leaves_checkout_open_and_a_subscription_incomplete() {
    let stage = Stage::new();
    let (session, subscription) = left(&stage).await;
    assert_eq!(shown(&stage, &session), json!(["open", "unpaid", null]));
    assert_eq!((subscription.status, subscription.quantity), (Status::Incomplete, 2));
    assert_eq!(subscription.metadata["workspace"], "1");
    let invoice = stage.fake.object(subscription.latest_invoice.as_deref().unwrap()).unwrap();
    assert_eq!((&invoice["status"], &invoice["amount_due"]), (&json!("open"), &json!(1800)));
    assert!(invoice["hosted_invoice_url"].is_string());
    let kinds = stage.kinds();
    assert!(kinds.contains(&"customer.subscription.created".to_owned()));
    assert!(kinds.contains(&"invoice.payment_failed".to_owned()));
    assert!(!kinds.contains(&COMPLETED.to_owned()));
    let page = stage.page(&format!("/checkout/{session}")).await;
    assert!(page.contains("was not confirmed") && page.contains("4000 0027 6000 3184"));
}

#[derive(Debug, Clone, Copy)]
enum Where {
    Checkout,
    CheckoutPage,
    InvoicePage,
    Api,
}

#[rstest]
#[tokio::test]
async fn paid_later_it_is_the_one_subscription_and_completes_checkout(
    #[values(Where::Checkout, Where::CheckoutPage, Where::InvoicePage, Where::Api)] place: Where,
) {
    let stage = Stage::new();
    let (session, subscription) = left(&stage).await;
    stage.advance(HOUR);
    let invoice = subscription.latest_invoice.as_deref().unwrap();
    match place {
        Where::Checkout => {
            let paid = stage.fake.pay_checkout(&session, Card::Works);
            assert_eq!(paid, Ok(subscription.id.clone()));
        }
        Where::CheckoutPage => {
            let done = stage.submit(&format!("/checkout/{session}"), "card=works").await;
            assert_eq!(done, "http://127.0.0.1/done");
        }
        Where::InvoicePage => {
            let url = stage.fake.object(invoice).unwrap()["hosted_invoice_url"].clone();
            let path = format!("/invoice/{}", url.as_str().unwrap().rsplit('/').next().unwrap());
            assert_eq!(stage.submit(&path, "card=works").await, path);
        }
        Where::Api => {
            let form = [("payment_method", "pm_card_visa")];
            stage.ok("POST", &format!("/v1/invoices/{invoice}/pay"), &form).await;
        }
    }
    let active = stage.only(&subscription.customer);
    assert_eq!((&active.id, active.status), (&subscription.id, Status::Active));
    assert_eq!(shown(&stage, &session), json!(["complete", "paid", subscription.id]));
    assert_eq!(stage.fake.object(&session).unwrap()["invoice"], invoice);
    let kinds = stage.kinds();
    assert_eq!(kinds.iter().filter(|kind| *kind == COMPLETED).count(), 1);
    assert_eq!(kinds.iter().filter(|kind| kind.ends_with("subscription.created")).count(), 1);
    stage.advance(28 * DAY);
    assert_eq!(stage.only(&subscription.customer).status, Status::Active);
}

#[rstest]
#[case::declined(Card::Declined)]
#[case::not_confirmed_again(Card::LeavesIncomplete)]
#[tokio::test]
async fn another_card_that_does_not_pay_changes_nothing(#[case] card: Card) {
    let stage = Stage::new();
    let (session, subscription) = left(&stage).await;
    let before = stage.fake.events().len();
    assert_eq!(stage.fake.pay_checkout(&session, card), Err(Declined));
    assert_eq!(stage.fake.events().len(), before);
    assert_eq!(stage.only(&subscription.customer), subscription);
    assert_eq!(stage.fake.pay_checkout(&session, Card::Works), Ok(subscription.id));
}

#[tokio::test]
async fn another_basket_takes_its_place() {
    let stage = Stage::new();
    let (session, subscription) = left(&stage).await;
    let path = format!("/checkout/{session}");
    let page = stage.page(&path).await;
    let item = page.split("quantity-").nth(1).unwrap().split('"').next().unwrap();
    stage.submit(&path, &format!("quantity-{item}=5&card=works")).await;
    let own = stage.fake.subscriptions(&subscription.customer);
    let told: Vec<_> = own.iter().map(|one| (one.status, one.quantity)).collect();
    assert_eq!(told, [(Status::IncompleteExpired, 2), (Status::Active, 5)]);
    assert_eq!(shown(&stage, &session), json!(["complete", "paid", own[1].id]));
}

#[tokio::test]
async fn given_up_after_23_hours_it_is_followed_by_another() {
    let stage = Stage::new();
    let (session, subscription) = left(&stage).await;
    stage.advance(23 * HOUR);
    stage.fake.pay_checkout(&session, Card::Works).unwrap();
    let own = stage.fake.subscriptions(&subscription.customer);
    let told: Vec<_> = own.iter().map(|one| one.status).collect();
    assert_eq!(told, [Status::IncompleteExpired, Status::Active]);
}

#[tokio::test]
async fn an_expired_session_leaves_it_to_its_invoice() {
    let stage = Stage::new();
    let (session, subscription) = left(&stage).await;
    stage.fake.expire_checkout(&session);
    stage
        .fake
        .pay_invoice(subscription.latest_invoice.as_deref().unwrap(), Some(Card::Works))
        .unwrap();
    assert_eq!(stage.only(&subscription.customer).status, Status::Active);
    assert_eq!(shown(&stage, &session), json!(["expired", "unpaid", null]));
    assert!(!stage.kinds().contains(&COMPLETED.to_owned()));
}

#[tokio::test]
async fn whoever_comes_without_a_customer_is_made_one_once() {
    let stage = Stage::new();
    let session = stage.session().await;
    assert_eq!(stage.fake.pay_checkout(&session, Card::LeavesIncomplete), Err(Declined));
    stage.fake.pay_checkout(&session, Card::Works).unwrap();
    assert_eq!(stage.fake.customers().len(), 1);
    assert_eq!(stage.only(&stage.fake.customers()[0].id).status, Status::Active);
}
