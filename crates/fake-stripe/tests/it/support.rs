//! A fake that stands at a fixed time, and calls to it without a network.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use fake_stripe::{Card, FakeStripe, Options, Subscription, TEAM_MONTHLY};
use serde_json::Value;
use tower::ServiceExt;

/// 31 January 2027, 12:00 UTC.
pub const START: i64 = 1_801_396_800;
pub const DAY: i64 = 86_400;
pub const HOUR: i64 = 3_600;

/// What a call was answered.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

/// A fake with calls in one line.
#[derive(Debug, Clone)]
pub struct Stage {
    pub fake: FakeStripe,
}

impl Stage {
    pub fn new() -> Self {
        Self::seeded(1)
    }

    pub fn seeded(seed: u64) -> Self {
        let fake = FakeStripe::new(Options { now: Some(START), seed, ..Options::default() });
        Self { fake }
    }

    /// A subscription of a new customer, whose first invoice waits to be paid.
    pub async fn incomplete(&self) -> Subscription {
        let customer = self.fake.create_customer("a@example.com", &[]);
        let form = [
            ("customer", customer.as_str()),
            ("items[0][price]", TEAM_MONTHLY),
            ("payment_behavior", "default_incomplete"),
        ];
        self.ok("POST", "/v1/subscriptions", &form).await;
        self.only(&customer)
    }

    pub async fn call(&self, method: &str, path: &str, form: &[(&str, &str)]) -> Reply {
        self.call_with(method, path, form, &[]).await
    }

    /// A call with headers. A GET has its form in the query.
    pub async fn call_with(
        &self,
        method: &str,
        path: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Reply {
        let encoded =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let is_get = method == "GET" && !encoded.is_empty();
        let uri = if is_get { format!("{path}?{encoded}") } else { path.to_owned() };
        let mut request = Request::builder().method(method).uri(uri);
        let authorization = ("authorization", "Bearer sk_test_fake");
        let is_own = headers.iter().any(|(name, _)| *name == "authorization");
        for (name, value) in headers.iter().chain((!is_own).then_some(&authorization)) {
            request = request.header(*name, *value);
        }
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = if is_get { String::new() } else { encoded };
        let response = self.fake.router().oneshot(request.body(Body::from(body)).unwrap()).await;
        let (parts, body) = response.unwrap().into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    /// A call that succeeds.
    pub async fn ok(&self, method: &str, path: &str, form: &[(&str, &str)]) -> Value {
        let reply = self.call(method, path, form).await;
        assert_eq!(reply.status, StatusCode::OK, "{method} {path}: {}", reply.body);
        reply.body
    }

    /// A call that is refused: status, code and parameter.
    pub async fn refused(
        &self,
        method: &str,
        path: &str,
        form: &[(&str, &str)],
    ) -> (u16, String, String) {
        let reply = self.call(method, path, form).await;
        let text = |key: &str| reply.body["error"][key].as_str().unwrap_or_default().to_owned();
        (reply.status.as_u16(), text("code"), text("param"))
    }

    /// A customer who has so many seats of the monthly price.
    pub fn subscribed(&self, quantity: i64, card: Card) -> Subscription {
        let customer = self.fake.create_customer("a@example.com", &[]);
        self.fake.subscribe(&customer, TEAM_MONTHLY, quantity, card).unwrap();
        self.only(&customer)
    }

    /// The one subscription of a customer.
    pub fn only(&self, customer: &str) -> Subscription {
        let mut own = self.fake.subscriptions(customer);
        assert_eq!(own.len(), 1);
        own.remove(0)
    }

    pub fn advance(&self, seconds: i64) {
        self.fake.advance(Duration::from_secs(seconds.unsigned_abs()));
    }

    /// The types of all events, oldest first.
    pub fn kinds(&self) -> Vec<String> {
        self.fake.events().into_iter().map(|event| event.kind).collect()
    }
}
