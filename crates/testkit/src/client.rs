//! A client that calls a router in memory.

use axum::{Router, body::Body};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// Calls a router as a browser or tool would, without a network.
#[derive(Debug, Clone)]
pub struct Client {
    router: Router,
}

/// One call, being put together.
#[derive(Debug)]
pub struct Call {
    router: Router,
    request: http::request::Builder,
    body: Body,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Client {
    /// A client of `router`.
    #[must_use]
    pub const fn new(router: Router) -> Self {
        Self { router }
    }

    /// The router that it calls.
    pub const fn router(&self) -> &Router {
        &self.router
    }

    /// Begins a call.
    #[must_use]
    pub fn call(&self, method: Method, path: &str) -> Call {
        Call {
            router: self.router.clone(),
            request: Request::builder().method(method).uri(path),
            body: Body::empty(),
        }
    }

    /// Begins a GET.
    #[must_use]
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// Begins a POST.
    #[must_use]
    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }
}

impl Call {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Adds a bearer token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Sends these bytes, whatever they are.
    #[must_use]
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends a JSON value.
    #[must_use]
    pub fn json(self, value: &Value) -> Self {
        self.header(header::CONTENT_TYPE.as_str(), "application/json").body(value.to_string())
    }

    /// Sends a form, as a browser on our own page would.
    #[must_use]
    pub fn form(self, encoded: &str) -> Self {
        self.header(header::CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(encoded.to_owned())
    }

    /// Makes the call.
    ///
    /// # Panics
    ///
    /// When the call was put together wrongly; a router always answers.
    pub async fn send(self) -> Reply {
        let request = self.request.body(self.body).expect("a well-formed request");
        let response = self.router.oneshot(request).await.expect("a router always answers");
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("the whole body").to_bytes().to_vec();
        Reply { status: head.status, headers: head.headers, body }
    }
}

impl Reply {
    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// When it is not.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.text()))
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value; empty when it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The value that a `Set-Cookie` gives the cookie `name`.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.headers.get_all(header::SET_COOKIE).iter().find_map(|value| {
            let (pair, _) = value.to_str().ok()?.split_once(';')?;
            let (its_name, its_value) = pair.split_once('=')?;
            (its_name == name).then(|| its_value.to_owned())
        })
    }
}
