//! The API's door: who calls, for which workspace, with what; and how it says no.

mod call;
mod params;

use axum::{
    Json, Router,
    extract::Request,
    http::{HeaderValue, Method, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use model::{
    Code, Exchange,
    wire::errors::{ErrorReply, SeatsTaken},
};

pub(crate) use call::exchange_of;
pub use call::{Call, OpenCall, WorkspaceCall};
pub use params::Params;

use crate::{Fault, protect};

/// Makes `routes` a door of the API: protected, and every fault told in its dialect.
pub fn door<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    let routes = routes.method_not_allowed_fallback(method_not_allowed).fallback(not_found);
    protect(routes).layer(middleware::from_fn(tell))
}

async fn not_found() -> Fault {
    Fault::of(Code::NotFound)
}

async fn method_not_allowed(_: Method) -> Fault {
    Fault::of(Code::MethodNotAllowed)
}

/// Puts a fault into the workspace dialect.
async fn tell(request: Request, next: Next) -> Response {
    let exchange = request.extensions().get::<Exchange>().copied();
    let response = next.run(request).await;
    let Some(fault) = response.extensions().get::<Fault>().cloned() else {
        return uncached(response);
    };
    let seats = fault.seats.as_deref();
    let is_invalid = fault.code == Code::InvalidRequest;
    let body = ErrorReply {
        error: fault.text(),
        message: fault.sentence(),
        // Absent only when a door was built without its outermost layer.
        request_id: exchange.map(|exchange| exchange.request.to_string()).unwrap_or_default(),
        field: fault.field.clone().filter(|_| is_invalid),
        seats: seats.map(|seats| SeatsTaken { used: seats.used, limit: seats.limit }),
        upgrade_url: seats.map(|seats| seats.upgrade_url.clone()),
    };
    let (mut head, _) = response.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    let mut told = (head.status, Json(body)).into_response();
    for (name, value) in &head.headers {
        told.headers_mut().insert(name, value.clone());
    }
    told.extensions_mut().insert(fault);
    uncached(told)
}

/// Answers are for whoever asked, now, unless one says otherwise.
fn uncached(mut response: Response) -> Response {
    let value = HeaderValue::from_static("no-store");
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(value);
    response
}
