//! What lies around every door for people: panics caught, time bounded, writes from other sites refused.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use model::Code;
use tower_http::{
    catch_panic::CatchPanicLayer,
    csrf::{CsrfLayer, ProtectionError},
};

use crate::Fault;

/// Largest body of a page's form or an API call, in bytes.
const MAX_BODY_BYTES: usize = 1 << 20;
/// A handler that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Wraps a door's routes.
pub fn protect<S: Clone + Send + Sync + 'static>(door: Router<S>) -> Router<S> {
    // The last layer is the first to see a request.
    door.layer(CsrfLayer::new().with_rejection_response(refuse_other_sites))
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
