//! The pages, as a browser without scripts uses them, and the control API.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use fake_stripe::{AfterRetries, Card, Status, TEAM_MONTHLY, TEAM_YEARLY};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{DAY, START, Stage};

impl Stage {
    async fn send(&self, request: Request<Body>) -> (StatusCode, String, String) {
        let response = self.fake.router().oneshot(request).await.unwrap();
        let status = response.status();
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, location, String::from_utf8(body.to_vec()).unwrap())
    }

    pub async fn page(&self, path: &str) -> String {
        let (status, _, body) = self.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    /// Sends a form; gives where it leads, or the status.
    pub async fn submit(&self, path: &str, form: &str) -> String {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        let (status, location, _) = self.send(request.unwrap()).await;
        if location.is_empty() { status.as_u16().to_string() } else { location }
    }

    async fn control(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let request = Request::post(format!("/_fake{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()));
        let (status, _, body) = self.send(request.unwrap()).await;
        (status, serde_json::from_str(&body).unwrap_or_default())
    }

    pub async fn session(&self) -> String {
        let form = [
            ("mode", "subscription"),
            ("customer_email", "<b>@example.com"),
            ("line_items[0][price]", TEAM_MONTHLY),
            ("line_items[0][quantity]", "2"),
            ("line_items[0][adjustable_quantity][enabled]", "true"),
            ("line_items[0][adjustable_quantity][minimum]", "2"),
            ("success_url", "http://127.0.0.1/done?id={CHECKOUT_SESSION_ID}"),
            ("cancel_url", "http://127.0.0.1/back"),
        ];
        let session = self.ok("POST", "/v1/checkout/sessions", &form).await;
        session["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn checkout_shows_the_order_takes_a_quantity_and_a_card_and_leads_back() {
    let stage = Stage::new();
    let id = stage.session().await;
    let path = format!("/checkout/{id}");
    let page = stage.page(&path).await;
    assert!(page.contains("$18.00") && page.contains("href=\"http://127.0.0.1/back\""));
    assert!(page.contains("&lt;b&gt;@example.com") && !page.contains("<b>@"));
    let item = stage.fake.object(&id).map(|_| ()).and(page.split("quantity-").nth(1)).unwrap();
    let field = format!("quantity-{}", item.split('"').next().unwrap());
    assert_eq!(stage.submit(&path, &format!("{field}=1&card=works")).await, "400");
    assert_eq!(stage.submit(&path, &format!("{field}=5&update=1")).await, path);
    assert!(stage.page(&path).await.contains("$45.00"));
    assert_eq!(stage.submit(&path, &format!("{field}=5&card=declined")).await, path);
    assert!(stage.page(&path).await.contains("Your card was declined"));
    let done = stage.submit(&path, &format!("{field}=6&card=works")).await;
    assert_eq!(done, format!("http://127.0.0.1/done?id={id}"));
    let customer = &stage.fake.customers()[0].id;
    assert_eq!(stage.only(customer).quantity, 6);
    assert!(stage.page(&path).await.contains("paid already"));
}

#[tokio::test]
async fn the_portal_changes_cancels_and_takes_another_card() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::Works);
    let form = [("customer", subscription.customer.as_str()), ("return_url", "http://127.0.0.1/s")];
    let visit = stage.ok("POST", "/v1/billing_portal/sessions", &form).await;
    let portal = format!("/portal/{}", visit["id"].as_str().unwrap());
    assert!(stage.page(&portal).await.contains("href=\"http://127.0.0.1/s\""));
    let own = format!("{portal}/subscriptions/{}", subscription.id);
    assert_eq!(stage.submit(&own, "act=quantity&quantity=7").await, portal);
    assert_eq!(stage.only(&subscription.customer).quantity, 7);
    stage.submit(&own, "act=cancel").await;
    assert!(stage.page(&portal).await.contains("Ends on 28 Feb 2027"));
    stage.submit(&own, "act=uncancel").await;
    assert_eq!(stage.only(&subscription.customer).cancel_at, None);
    stage.submit(&own, &format!("act=price&price={TEAM_YEARLY}")).await;
    assert_eq!(stage.only(&subscription.customer).price, TEAM_YEARLY);
    stage.submit(&format!("{portal}/card"), "card=fails_at_renewal").await;
    assert!(stage.page(&portal).await.contains("0341"));
    assert_eq!(stage.submit(&own, "act=quantity&quantity=0").await, "400");
    let other = stage.subscribed(1, Card::Works);
    let foreign = format!("{portal}/subscriptions/{}", other.id);
    assert_eq!(stage.submit(&foreign, "act=cancel").await, "404");
}

#[tokio::test]
async fn an_open_invoice_is_paid_on_its_page() {
    let stage = Stage::new();
    let subscription = stage.subscribed(2, Card::FailsAtRenewal);
    stage.advance(29 * DAY);
    assert_eq!(stage.only(&subscription.customer).status, Status::PastDue);
    let invoice = stage.fake.invoices(&subscription.customer).pop().unwrap();
    let path = format!("/invoice/{}", invoice.id);
    assert!(stage.page(&path).await.contains("Pay $18.00"));
    assert_eq!(stage.submit(&path, "card=declined").await, "402");
    assert_eq!(stage.submit(&path, "card=works").await, path);
    assert_eq!(stage.only(&subscription.customer).status, Status::Active);
}

#[tokio::test]
async fn the_control_page_moves_time_and_sends_again() {
    let stage = Stage::new();
    stage.subscribed(2, Card::Works);
    assert!(stage.page("/").await.contains("31 Jan 2027, 12:00 UTC"));
    stage.submit("/control/time", "by=month").await;
    assert_eq!(stage.fake.now(), START + 28 * DAY);
    let taken = stage.fake.take_deliveries();
    stage.submit("/control/send", &format!("event={}", taken[0].event_id)).await;
    assert_eq!(stage.fake.take_deliveries().len(), 1);
    stage.submit("/control/knobs", "drop=25&mode=manual").await;
    assert!((stage.fake.knobs().drop - 0.25).abs() < 1e-9);
    stage.submit("/control/reset", "").await;
    assert!(stage.fake.customers().is_empty());
}

/// The knobs, each by its name, whatever group it is in.
fn leaves(knobs: &Value) -> Vec<(String, Value)> {
    let own = knobs.as_object().unwrap().iter();
    own.flat_map(|(name, knob)| match knob {
        Value::Object(_) => leaves(knob),
        _ => vec![(name.clone(), knob.clone())],
    })
    .collect()
}

#[tokio::test]
async fn every_knob_has_a_field_that_shows_and_sets_it() {
    let stage = Stage::new();
    let before = leaves(&serde_json::to_value(stage.fake.knobs()).unwrap());
    let mut form = Vec::new();
    for (name, knob) in &before {
        let sent = match (name.as_str(), knob) {
            ("mode", _) => "automatic",
            ("after_retries", _) => "unpaid",
            ("retry_days", _) => "1, 2",
            (_, Value::Number(number)) if number.is_f64() => "7",
            _ => "42",
        };
        form.push(format!("{name}={}", sent.replace(", ", "%2C+")));
    }
    assert_eq!(stage.submit("/control/knobs", &form.join("&")).await, "/");
    let set = serde_json::to_value(stage.fake.knobs()).unwrap();
    assert_eq!((&set["delay_seconds"], &set["retry_days"]), (&json!(42), &json!([1, 2])));
    assert_eq!(set["faults"]["timeout_after"], 0.07);
    let page = stage.page("/").await;
    for ((name, old), (_, new)) in before.iter().zip(leaves(&set)) {
        assert_ne!(*old, new, "{name} is not set");
        assert!(page.contains(&format!("name=\"{name}\"")), "{name} has no field");
    }
    assert!(page.contains("name=\"drop\" value=\"7\"") && page.contains("value=\"1, 2\""));
    // What is not sent stays, and what does not fit is refused.
    stage.submit("/control/knobs", "drop=8").await;
    assert_eq!(stage.fake.knobs().after_retries, AfterRetries::Unpaid);
    for wrong in ["drop=101", "delay_seconds=-1", "retry_days=x", "mode=odd"] {
        assert_eq!(stage.submit("/control/knobs", wrong).await, "400", "{wrong}");
    }
}

#[tokio::test]
async fn no_page_needs_a_script_or_anything_from_elsewhere() {
    let stage = Stage::new();
    let id = stage.session().await;
    for path in ["/", &format!("/checkout/{id}"), "/style.css"] {
        let page = stage.page(path).await;
        assert!(
            !page.contains("<script") && !page.contains(" style=\"") && !page.contains("//cdn")
        );
    }
}

#[tokio::test]
async fn the_control_api_does_what_the_handle_does() {
    let stage = Stage::new();
    let id = stage.session().await;
    let (status, _) =
        stage.control(&format!("/checkout/{id}/pay"), json!({ "card": "declined" })).await;
    assert_eq!(status, StatusCode::PAYMENT_REQUIRED);
    let (_, paid) = stage.control(&format!("/checkout/{id}/pay"), json!({})).await;
    let subscription = paid["subscription"].as_str().unwrap().to_owned();
    let (_, moved) = stage.control("/advance", json!({ "days": 1, "seconds": 5 })).await;
    assert_eq!(moved["now"], START + DAY + 5);
    let path = format!("/subscriptions/{subscription}");
    let (_, changed) = stage.control(&path, json!({ "quantity": 4, "status": "past_due" })).await;
    assert_eq!((&changed["quantity"], &changed["status"]), (&4.into(), &"past_due".into()));
    let (_, knobs) =
        stage.control("/knobs", json!({ "drop": 0.5, "faults": { "rate_limit": 1.0 } })).await;
    assert_eq!((&knobs["drop"], &knobs["draft_seconds"]), (&0.5.into(), &3600.into()));
    assert_eq!(stage.call("GET", "/v1/customers", &[]).await.status, 429);
    let (status, _) = stage.control("/knobs", json!({ "colour": 1 })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let told: Value = serde_json::from_str(&stage.page("/_fake/state").await).unwrap();
    assert_eq!(told["customers"][0]["subscriptions"][0]["id"], subscription.as_str());
    for path in ["requests", "events", "deliveries", "faults", "customers"] {
        stage.page(&format!("/_fake/{path}")).await;
    }
}
