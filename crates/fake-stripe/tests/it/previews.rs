//! Previews: which there are, and from when their lines are.

use fake_stripe::{Card, Subscription};
use rstest::rstest;
use serde_json::Value;

use crate::support::{DAY, HOUR, START, Stage};

const PREVIEW: &str = "/v1/invoices/create_preview";

/// A change of the quantity, as a preview is asked for it.
fn quantity<'a>(subscription: &'a Subscription, quantity: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("subscription", subscription.id.as_str()),
        ("subscription_details[items][0][id]", subscription.item.as_str()),
        ("subscription_details[items][0][quantity]", quantity),
    ]
}

#[rstest]
#[case::by_the_flag("cancel_at_period_end", "true")]
#[case::by_a_moment("cancel_at", "min_period_end")]
#[tokio::test]
async fn what_ends_with_its_period_has_none(#[case] key: &str, #[case] value: &str) {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    let form = [("subscription", subscription.id.as_str())];
    let planned = [form[0], ("subscription_details[cancel_at_period_end]", "true")];
    let none = (404, "invoice_upcoming_none".to_owned(), String::new());
    assert_eq!(stage.refused("POST", PREVIEW, &planned).await, none);
    stage.ok("POST", PREVIEW, &form).await;
    let path = format!("/v1/subscriptions/{}", subscription.id);
    stage.ok("POST", &path, &[(key, value)]).await;
    assert_eq!(stage.refused("POST", PREVIEW, &form).await, none);
    // What a change costs until then is still shown.
    let preview = stage.ok("POST", PREVIEW, &quantity(&subscription, "4")).await;
    assert_eq!(preview["total"], 1800);
}

#[tokio::test]
async fn its_lines_tell_when_they_were_changed() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    stage.advance(5 * DAY);
    stage.fake.set_quantity(&subscription.id, 3).unwrap();
    stage.advance(2 * DAY);
    let at = (START + 6 * DAY).to_string();
    let starts = |invoice: &Value| {
        let lines = invoice["lines"]["data"].as_array().unwrap().clone();
        let prorated = lines.into_iter().filter(|line| {
            line["parent"]["subscription_item_details"]["proration"].as_bool().unwrap()
        });
        prorated.map(|line| line["period"]["start"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    let (first, now) = (START + 5 * DAY, START + 7 * DAY);
    let mut form = quantity(&subscription, "5");
    let preview = stage.ok("POST", PREVIEW, &form).await;
    assert_eq!(starts(&preview), [first, first, now, now]);
    form.push(("subscription_details[proration_date]", &at));
    let preview = stage.ok("POST", PREVIEW, &form).await;
    assert_eq!(starts(&preview), [first, first, now - DAY, now - DAY]);
    stage.fake.set_quantity(&subscription.id, 5).unwrap();
    stage.advance(21 * DAY + HOUR);
    let latest = stage.only(&subscription.customer).latest_invoice.unwrap();
    assert_eq!(starts(&stage.fake.object(&latest).unwrap()), [first, first, now, now]);
}

#[rstest]
#[case::before_the_period(28 * DAY - 1, "before the current subscription period started")]
#[case::after_the_period(59 * DAY + 1, "after the current subscription period ended")]
#[tokio::test]
async fn a_date_outside_of_the_period_is_refused(#[case] after: i64, #[case] says: &str) {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    stage.advance(30 * DAY);
    let renewed = stage.only(&subscription.customer);
    let date = (START + after).to_string();
    let mut preview = quantity(&renewed, "4");
    preview.push(("subscription_details[proration_date]", &date));
    let path = format!("/v1/subscriptions/{}", renewed.id);
    let item = format!("/v1/subscription_items/{}", renewed.item);
    let more = ("items[0][quantity]", "4");
    let update = vec![("items[0][id]", renewed.item.as_str()), more, ("proration_date", &date)];
    let one = vec![("quantity", "4"), ("proration_date", &date)];
    let own = "proration_date";
    let asked = [
        (PREVIEW, preview, "subscription_details[proration_date]"),
        (&path, update, own),
        (&item, one, own),
    ];
    for (path, form, param) in asked {
        let reply = stage.call("POST", path, &form).await;
        let error = &reply.body["error"];
        assert_eq!((reply.status.as_u16(), error["param"].as_str()), (400, Some(param)), "{path}");
        assert!(error["message"].as_str().unwrap().contains(says), "{error}");
    }
    assert_eq!(stage.only(&renewed.customer), renewed);
}

#[rstest]
#[case::its_start(28 * DAY, [-1800, 3600])]
#[case::its_end(59 * DAY, [0, 0])]
#[tokio::test]
async fn a_date_within_the_period_is_taken_as_it_is(#[case] after: i64, #[case] worth: [i64; 2]) {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    stage.advance(30 * DAY);
    let date = (START + after).to_string();
    let mut form = quantity(&subscription, "4");
    form.push(("subscription_details[proration_date]", &date));
    form.push(("subscription_details[proration_behavior]", "always_invoice"));
    let preview = stage.ok("POST", PREVIEW, &form).await;
    for (line, worth) in preview["lines"]["data"].as_array().unwrap().iter().zip(worth) {
        assert_eq!(
            (&line["amount"], &line["period"]["start"]),
            (&worth.into(), &(START + after).into())
        );
    }
}
