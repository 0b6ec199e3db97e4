//! How the API speaks: pages, expansion, metadata, refusals.

use fake_stripe::{Card, Status, TEAM_MONTHLY};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::Value;

use crate::support::{DAY, START, Stage};

fn ids(list: &Value) -> Vec<String> {
    let data = list["data"].as_array().unwrap();
    data.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[case::one(1)]
#[case::three(3)]
#[case::all_at_once(10)]
#[tokio::test]
async fn pages_show_everything_once_and_newest_first(#[case] limit: usize) {
    let stage = Stage::new();
    let mut made: Vec<String> =
        (0..10).map(|n| stage.fake.create_customer(&format!("{n}@example.com"), &[])).collect();
    made.reverse();
    let limit = limit.to_string();
    let mut seen: Vec<String> = Vec::new();
    loop {
        let mut form = vec![("limit", limit.as_str())];
        let last = seen.last().cloned();
        form.extend(last.as_deref().map(|id| ("starting_after", id)));
        let page = stage.ok("GET", "/v1/customers", &form).await;
        seen.extend(ids(&page));
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(seen, made);
    let form = [("limit", "4"), ("ending_before", made[6].as_str())];
    let back = stage.ok("GET", "/v1/customers", &form).await;
    assert_eq!((ids(&back), &back["has_more"]), (made[2..6].to_vec(), &true.into()));
}

#[rstest]
#[case::unknown("POST", "/v1/customers", &[("colour", "red")], 400, "parameter_unknown", "colour")]
#[case::nested("POST", "/v1/prices", &[("recurring[colour]", "x"), ("currency", "usd"), ("unit_amount", "1"),
    ("product", "prod_team"), ("recurring[interval]", "day")], 400, "parameter_unknown", "recurring[colour]")]
#[case::missing("POST", "/v1/subscriptions", &[], 400, "parameter_missing", "customer")]
#[case::no_number("GET", "/v1/customers", &[("limit", "x")], 400, "parameter_invalid_integer", "limit")]
#[case::too_many("GET", "/v1/customers", &[("limit", "101")], 400, "parameter_invalid_integer", "limit")]
#[case::empty("POST", "/v1/products", &[("name", "")], 400, "parameter_invalid_empty", "name")]
#[case::no_word("GET", "/v1/invoices", &[("status", "odd")], 400, "", "status")]
#[case::nothing_there("GET", "/v1/subscriptions/sub_x", &[], 404, "resource_missing", "id")]
#[case::no_such_price("POST", "/v1/checkout/sessions", &[("mode", "subscription"), ("success_url", "http://a"),
    ("line_items[0][price]", "price_x")], 404, "resource_missing", "items[0][price]")]
#[case::no_such_url("GET", "/v1/unicorns", &[], 404, "", "")]
#[tokio::test]
async fn a_refusal_says_what_is_wrong(
    #[case] method: &str,
    #[case] path: &str,
    #[case] form: &[(&str, &str)],
    #[case] status: u16,
    #[case] code: &str,
    #[case] param: &str,
) {
    let stage = Stage::new();
    let refused = stage.refused(method, path, form).await;
    assert_eq!(refused, (status, code.to_owned(), param.to_owned()));
    assert!(stage.fake.customers().is_empty());
}

#[tokio::test]
async fn an_id_is_expanded_where_it_stands() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    let path = format!("/v1/subscriptions/{}", subscription.id);
    let form = [
        ("expand[]", "customer"),
        ("expand[]", "latest_invoice.payments"),
        ("expand[]", "items.data.price.product"),
        ("expand[]", "default_payment_method"),
    ];
    let told = stage.ok("GET", &path, &form).await;
    assert_eq!(told["customer"]["email"], "a@example.com");
    assert_eq!(told["latest_invoice"]["payments"]["data"][0]["status"], "paid");
    assert_eq!(told["items"]["data"][0]["price"]["product"]["name"], "Team");
    let listed = stage.ok("GET", "/v1/subscriptions", &[("expand[]", "data.customer")]).await;
    assert_eq!(listed["data"][0]["customer"]["id"], told["customer"]["id"]);
    let refused = stage.refused("GET", &path, &[("expand[]", "status")]).await;
    assert_eq!(refused.0, 400);
}

#[tokio::test]
async fn a_subscription_has_the_shape_of_the_version() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    let told = stage.ok("GET", &format!("/v1/subscriptions/{}", subscription.id), &[]).await;
    assert!(told.get("current_period_end").is_none());
    assert_eq!(told["items"]["data"][0]["current_period_end"], START + 28 * DAY);
    let invoice = told["latest_invoice"].as_str().unwrap();
    let invoice = stage.ok("GET", &format!("/v1/invoices/{invoice}"), &[]).await;
    assert!(invoice.get("subscription").is_none() && invoice.get("payment_intent").is_none());
    let parent = &invoice["parent"]["subscription_details"];
    assert_eq!(parent["subscription"], subscription.id.as_str());
    let line = &invoice["lines"]["data"][0];
    assert_eq!(line["pricing"]["price_details"]["price"], TEAM_MONTHLY);
}

#[tokio::test]
async fn lists_of_subscriptions_leave_out_the_canceled_unless_asked() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    stage.fake.cancel(&subscription.id, false);
    for (status, count) in [(None, 0), (Some("all"), 1), (Some("ended"), 1), (Some("active"), 0)] {
        let mut form = vec![("customer", subscription.customer.as_str())];
        form.extend(status.map(|status| ("status", status)));
        assert_eq!(ids(&stage.ok("GET", "/v1/subscriptions", &form).await).len(), count);
    }
}

#[tokio::test]
async fn any_state_can_be_set_and_is_told() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    stage.advance(5 * DAY);
    for status in [Status::Unpaid, Status::Paused, Status::Incomplete, Status::Active] {
        stage.fake.set_subscription_status(&subscription.id, status);
        assert_eq!(stage.only(&subscription.customer).status, status);
        let event = stage.fake.events().pop().unwrap();
        assert_eq!(event.kind, "customer.subscription.updated");
        assert_eq!(event.object["status"], status.name());
    }
}

#[tokio::test]
async fn who_is_deleted_has_no_live_subscription_and_still_answers() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    let path = format!("/v1/customers/{}", subscription.customer);
    stage.ok("DELETE", &path, &[]).await;
    assert_eq!(stage.only(&subscription.customer).status, Status::Canceled);
    let left = stage.ok("GET", &path, &[]).await;
    assert_eq!((&left["deleted"], left.get("email")), (&true.into(), None));
    assert_eq!(stage.refused("POST", &path, &[("name", "x")]).await.0, 404);
}

#[tokio::test]
async fn a_test_clock_moves_its_own_customers_only() {
    let stage = Stage::new();
    let start = START.to_string();
    let clock = stage.ok("POST", "/v1/test_helpers/test_clocks", &[("frozen_time", &start)]).await;
    let clock = clock["id"].as_str().unwrap();
    let made = stage.ok("POST", "/v1/customers", &[("test_clock", clock)]).await;
    let timed = made["id"].as_str().unwrap();
    stage.fake.subscribe(timed, TEAM_MONTHLY, 1, Card::Works).unwrap();
    let other = stage.subscribed(1, Card::Works);
    stage.fake.advance_test_clock(clock, START + 40 * DAY);
    assert_eq!(stage.fake.invoices(timed).len(), 2);
    assert_eq!(stage.fake.invoices(&other.customer).len(), 1);
    stage.advance(40 * DAY);
    assert_eq!(stage.fake.invoices(timed).len(), 2);
    assert_eq!(stage.fake.invoices(&other.customer).len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is done, what customers owe, have paid and are credited adds up.
    #[test]
    fn no_history_loses_money(acts in prop::collection::vec((0..6_u8, 1..40_i64), 1..25)) {
        let stage = Stage::new();
        let subscription = stage.subscribed(3, Card::Works);
        for (act, number) in acts {
            let row = stage.only(&subscription.customer);
            if row.status.is_over() {
                break;
            }
            match act {
                0 | 1 => drop(stage.fake.set_quantity(&row.id, number)),
                2 => stage.advance(number * DAY),
                3 => stage.fake.set_card(&row.customer, Card::FailsAtRenewal),
                4 => stage.fake.set_card(&row.customer, Card::Works),
                _ if number > 35 => stage.fake.cancel(&row.id, true),
                _ => stage.fake.uncancel(&row.id),
            }
        }
        let invoices = stage.fake.invoices(&subscription.customer);
        let settled = invoices.iter().filter(|invoice| matches!(invoice.status.as_str(), "paid" | "open"));
        let (mut total, mut due) = (0, 0);
        for invoice in settled {
            total += invoice.total;
            due += invoice.amount_due;
            if invoice.status == "paid" {
                prop_assert_eq!(invoice.amount_paid, invoice.amount_due);
            }
        }
        prop_assert_eq!(due + stage.fake.customers()[0].balance, total);
        let row = stage.only(&subscription.customer);
        prop_assert!(row.status.is_over() || row.current_period_end > stage.fake.now());
    }
}
