//! What lies around every door for people: panics caught, time bounded, writes from other sites refused.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use model::Code;
use tower_http::{
    catch_panic::CatchPanicLayer,
    csrf::{CsrfLayer, ProtectionError},
    timeout::TimeoutLayer,
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
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(CatchPanicLayer::custom(caught))
}

fn refuse_other_sites(_: ProtectionError) -> Response {
    Fault::of(Code::CsrfRejected).into_response()
}

fn caught(panic: Box<dyn Any + Send>) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    tracing::error!(panic = what, "a handler panicked");
    Fault::of(Code::InternalError).into_response()
}
