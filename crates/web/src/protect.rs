//! What lies around every door for people: panics caught, time bounded, writes from other sites refused.
//!
//! A write that a browser says comes from another site is refused whoever it is by. One that carries the sign-in cookie
//! must say more: that it comes from a page of this instance. No word at all is enough only where nothing rides along
//! by itself, as with a token.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderMap, HeaderName, Method, Uri, header, uri::Authority},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use model::Code;
use tower_http::{
    catch_panic::CatchPanicLayer,
    csrf::{CsrfLayer, ProtectionError},
};

use crate::{Fault, cookies};

/// Largest body of a page's form or an API call, in bytes.
const MAX_BODY_BYTES: usize = 1 << 20;
/// A handler that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Wraps a door's routes.
pub fn protect<S: Clone + Send + Sync + 'static>(door: Router<S>) -> Router<S> {
    // The last layer is the first to see a request.
    door.layer(middleware::from_fn(refuse_unexplained))
        .layer(CsrfLayer::new().with_rejection_response(refuse_other_sites))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn(bound))
        .layer(catch_panics())
}

/// Turns a panic into an answer; also around doors that have a stack of their own.
pub fn catch_panics() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(caught)
}

async fn bound(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            Fault { retry_after_s: Some(1), ..Fault::of(Code::ServiceUnavailable) }.into_response()
        }
    }
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a write with the sign-in cookie pass only with a word that it is from a page of ours.
async fn refuse_unexplained(request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let headers = request.headers();
    if is_read || !cookies::has_login(headers) || is_from_here(request.uri(), headers) {
        return next.run(request).await;
    }
    Fault::of(Code::CsrfRejected).into_response()
}

/// Whether the browser says so: in as many words, or by an origin that is the host it asks.
fn is_from_here(uri: &Uri, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if text(SEC_FETCH_SITE) == Some("same-origin") {
        return true;
    }
    let origin = text(header::ORIGIN).and_then(|origin| origin.parse::<Uri>().ok());
    let host = uri.authority().map(Authority::as_str).or(text(header::HOST));
    let theirs = origin.as_ref().and_then(Uri::authority).map(Authority::as_str);
    theirs.is_some() && theirs == host
}

fn refuse_other_sites(_: ProtectionError) -> Response {
    Fault::of(Code::CsrfRejected).into_response()
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn caught(panic: Box<dyn Any + Send>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    tracing::error!(panic = what, "a handler panicked");
    Fault::of(Code::InternalError).into_response()
}
