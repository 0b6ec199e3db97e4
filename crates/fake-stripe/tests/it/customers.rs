//! Customers who never were, and those who are gone.

use fake_stripe::{Card, Status, TEAM_MONTHLY};
use rstest::rstest;
use serde_json::json;

use crate::support::Stage;

const SESSION: [(&str, &str); 3] =
    [("mode", "subscription"), ("line_items[0][price]", TEAM_MONTHLY), ("success_url", "http://a")];

async fn is_refused(stage: &Stage, method: &str, path: &str, form: &[(&str, &str)], who: &str) {
    let form = [form, &[("customer", who)]].concat();
    let reply = stage.call(method, path, &form).await;
    let error = &reply.body["error"];
    let told = json!([reply.status.as_u16(), error["type"], error["code"], error["param"]]);
    let expected = json!([400, "invalid_request_error", "resource_missing", "customer"]);
    assert_eq!(told, expected, "{method} {path}: {error}");
    assert_eq!(error["message"], format!("No such customer: '{who}'"));
}

#[rstest]
#[case("GET", "/v1/subscriptions", &[])]
#[case("GET", "/v1/subscriptions", &[("status", "all")])]
#[case("GET", "/v1/invoices", &[])]
#[case("GET", "/v1/invoiceitems", &[])]
#[case("GET", "/v1/checkout/sessions", &[])]
#[case("GET", "/v1/payment_intents", &[])]
#[case("GET", "/v1/payment_methods", &[])]
#[case("POST", "/v1/invoices/create_preview", &[])]
#[case("POST", "/v1/invoices/create_preview", &[("subscription_details[items][0][price]", TEAM_MONTHLY)])]
#[case("POST", "/v1/checkout/sessions", &SESSION)]
#[case("POST", "/v1/billing_portal/sessions", &[])]
#[case("POST", "/v1/subscriptions", &[("items[0][price]", TEAM_MONTHLY)])]
#[case("POST", "/v1/payment_methods/pm_card_visa/attach", &[])]
#[tokio::test]
async fn a_parameter_that_names_nobody_is_refused(
    #[case] method: &str,
    #[case] path: &str,
    #[case] form: &[(&str, &str)],
) {
    is_refused(&Stage::new(), method, path, form, "cus_none").await;
}

#[rstest]
#[case("GET", "/v1/customers/cus_none", "id")]
#[case("POST", "/v1/customers/cus_none", "id")]
#[case("DELETE", "/v1/customers/cus_none", "id")]
#[case("GET", "/v1/customers/cus_none/payment_methods", "customer")]
#[tokio::test]
async fn a_path_of_nobody_is_not_found(
    #[case] method: &str,
    #[case] path: &str,
    #[case] param: &str,
) {
    let refused = Stage::new().refused(method, path, &[]).await;
    assert_eq!(refused, (404, "resource_missing".to_owned(), param.to_owned()));
}

#[tokio::test]
async fn who_is_gone_is_listed_and_buys_nothing() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    let who = subscription.customer.as_str();
    let open = [SESSION.as_slice(), &[("customer", who)]].concat();
    let open = stage.ok("POST", "/v1/checkout/sessions", &open).await;
    let path = format!("/v1/customers/{who}");
    let gone = json!({ "id": who, "object": "customer", "deleted": true });
    assert_eq!(stage.ok("DELETE", &path, &[]).await, gone);
    assert_eq!(stage.ok("GET", &path, &[]).await, gone);
    assert_eq!(stage.only(who).status, Status::Canceled);
    let form = [("customer", who), ("status", "all")];
    let listed = stage.ok("GET", "/v1/subscriptions", &form).await;
    assert_eq!(listed["data"][0]["id"], subscription.id.as_str());
    for path in ["/v1/invoices", "/v1/checkout/sessions", "/v1/invoiceitems"] {
        stage.ok("GET", path, &form[..1]).await;
    }
    is_refused(&stage, "POST", "/v1/checkout/sessions", &SESSION, who).await;
    is_refused(&stage, "POST", "/v1/billing_portal/sessions", &[], who).await;
    is_refused(&stage, "POST", "/v1/subscriptions", &[("items[0][price]", TEAM_MONTHLY)], who)
        .await;
    let page = format!("/checkout/{}", open["id"].as_str().unwrap());
    assert_eq!(stage.submit(&page, "card=works").await, "400");
    assert_eq!(stage.only(who).status, Status::Canceled);
}
