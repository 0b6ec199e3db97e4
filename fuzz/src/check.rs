//! What must be true of every answer (contract/ingest.md), whatever was asked.

use axum::body::Bytes;
use http::{HeaderMap, Method, header, request::Parts};
use model::ids::AttemptId;
use serde_json::Value;
use url::Url;

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Reply {
    /// The attempt that it names.
    pub fn attempt_id(&self) -> Option<AttemptId> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        body["attemptId"].as_str().map(|id| id.parse().unwrap())
    }
}

/// Panics when an answer breaks the contract. Where nothing can be stored, what would be is answered 503.
pub fn answer(asked: &Parts, reply: &Reply, is_full: bool) {
    let origin = asked.headers.get(header::ORIGIN);
    assert_eq!(reply.headers[header::VARY], "Origin");
    assert_eq!(reply.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN), origin);
    if reply.status == 204 {
        assert_eq!(asked.method, Method::OPTIONS);
        return;
    }
    let body: Value = serde_json::from_slice(&reply.body)
        .unwrap_or_else(|_| panic!("{} without JSON: {reply:?}", reply.status));
    let keyless = asked.uri.path().strip_prefix("/api/ingest/v2//");
    if keyless.is_some_and(|endpoint| !endpoint.contains('/')) {
        assert_eq!((reply.status, &body["error"]), (400, &"publicKey is required".into()));
    }
    if reply.status == 200 || (reply.status == 503 && is_full) {
        let origin = origin.map(|origin| std::str::from_utf8(origin.as_bytes()).unwrap());
        assert!(origin.is_none_or(may_send), "{origin:?} may not send");
    }
    match reply.status {
        200 => success(&body),
        503 if is_full => assert_eq!(body["error"], "service_unavailable"),
        422 => {
            issues(&body["issues"]);
            assert!(!body["issues"].as_array().unwrap().is_empty(), "no fault is told: {body}");
        }
        400 | 403 | 404 | 405 | 413 | 415 => assert!(body["error"].is_string(), "{body}"),
        status => panic!("nothing is answered {status}: {body}"),
    }
}

/// The rule of the sources here, in other words.
pub fn may_send(origin: &str) -> bool {
    let Ok(url) = Url::parse(origin) else { return false };
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default());
    match url.scheme() {
        "https" => {
            (host == "app.example.com" || host.ends_with(".example.org")) && port == Some(443)
        }
        "http" => host == "localhost" && port == Some(3_000),
        _ => false,
    }
}

fn success(body: &Value) {
    assert_eq!(body["ok"], true, "{body}");
    let Some(results) = body["results"].as_array() else {
        assert!(body["expiresAt"].is_string(), "{body}");
        return;
    };
    let count = |status| results.iter().filter(|result| result["status"] == status).count();
    let told = ["accepted", "duplicates", "rejected"].map(|name| body[name].clone());
    assert_eq!(
        told,
        ["accepted", "duplicate", "rejected"].map(|status| Value::from(count(status)))
    );
    assert!(count("accepted") + count("duplicate") > 0, "no event is good: {body}");
    assert_eq!(count("rejected") > 0, body["issues"] != Value::Array(Vec::new()), "{body}");
    issues(&body["issues"]);
}

/// A hundred at most, and one more that counts the rest.
fn issues(issues: &Value) {
    let issues = issues.as_array().unwrap();
    let is_rest = |issue: &Value| issue["code"] == "more_issues";
    assert!(issues.len() <= 101 && issues.iter().take(100).all(|issue| !is_rest(issue)));
    assert!(issues.len() <= 100 || is_rest(&issues[100]));
}
