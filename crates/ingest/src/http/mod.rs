//! The public door: `POST /api/ingest/v2/{publicKey}/bootstrap`, `…/events` and `…/validate`, with their preflights.
//!
//! It owns its whole stack: no cookie, no token and no CSRF rule apply here. Every answer, refusals included, can be read
//! by the page that asked; [`readable`] goes around all that may answer.

mod body;
mod cors;
mod gzip;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use attempts::Raw;
use axum::{
    Router,
    body::Body,
    extract::{Extension, Path, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use db::Db;
use model::{
    Code, Exchange,
    exchange::{Told, shortened},
    wire::attempts::Kind,
};
use sources::Sources;
use tokio::time::timeout;

use crate::{
    Writer,
    gate::{Gate, Passage},
    hold::{Hold, HoldLimits},
    outcome::{Arrived, Refused, Reply},
    rate::Rate,
    validate::{self, Batch, Bootstrap, Envelope},
    work::{Task, Work},
    writer::NotStored,
};
use body::Received;
pub use cors::readable;

/// Where the endpoints live.
pub const PREFIX: &str = "/api/ingest/v2";

/// So long a source is looked for, and a request's place in its minute.
const GATE_PATIENCE: Duration = Duration::from_secs(5);
/// Of a header that is kept. A host has 253 at most; what browsers say of themselves is shorter than this, too.
const MOST_CHARACTERS: usize = 512;

/// All that the endpoints need.
#[derive(Debug, Clone)]
pub struct Ingest(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    gate: Gate,
    writer: Writer,
    hold: Hold,
    base_url: String,
}

impl Ingest {
    /// Endpoints for these sources, which are `db`'s. `base_url` begins the links to the error reference.
    #[must_use]
    pub fn new(db: &Db, sources: Sources, writer: Writer, base_url: &str) -> Self {
        let gate = Gate::new(sources, Rate::over(db));
        let hold = Hold::new(HoldLimits::default());
        Self(Arc::new(Inner { gate, writer, hold, base_url: base_url.to_owned() }))
    }
}

/// The endpoints. Each request must carry an [`Exchange`] in its extensions.
pub fn router(ingest: Ingest) -> Router {
    let mut endpoints = Router::new();
    // A path without a key is answered as such: it is what a snippet with an empty key sends.
    for key in ["/{key}", "/", ""] {
        for kind in Kind::ALL {
            endpoints = endpoints.route(&format!("{key}/{}", kind.as_str()), endpoint(kind));
        }
    }
    Router::new().nest(PREFIX, endpoints.fallback(not_found)).with_state(ingest)
}

fn endpoint(kind: Kind) -> MethodRouter<Ingest> {
    axum::routing::post(
        move |state: State<Ingest>,
              exchange: Extension<Exchange>,
              key: Result<Option<Path<String>>, PathRejection>,
              headers: HeaderMap,
              body: Body| async move {
            receive(&state.0.0, *exchange, kind, key_of(&key), &headers, body).await
        },
    )
    .options(cors::preflight)
    .fallback(method_not_allowed)
}

/// The key in the path, if there is one. Bytes that are no text are no key of anybody's, and told so as any other.
fn key_of(path: &Result<Option<Path<String>>, PathRejection>) -> &str {
    match path {
        Ok(key) => key.as_ref().map_or("", |key| key),
        Err(_) => "\u{fffd}",
    }
}

async fn receive(
    ingest: &Inner,
    exchange: Exchange,
    kind: Kind,
    key: &str,
    headers: &HeaderMap,
    body: Body,
) -> Response {
    let began = Instant::now();
    let origin = text_of(headers, header::ORIGIN);
    let check = ingest.gate.check(key, origin.as_deref(), exchange.at);
    let passage = match timeout(GATE_PATIENCE, check).await {
        Ok(Ok(passage)) => passage,
        Err(cause) => {
            tracing::error!(request = %exchange.request, %cause, "a source could not be looked up");
            return ingest.not_stored(Code::ServiceUnavailable);
        }
        Ok(Err(error)) => {
            tracing::error!(request = %exchange.request, cause = %error, "a source could not be looked up");
            let is_passing = error.storage().is_some_and(db::Error::is_passing);
            return ingest.not_stored(unavailable_or_internal(is_passing));
        }
    };
    let source = passage.source.as_ref().map(|source| source.id);
    let mut share = ingest.hold.share(source);
    let limit = passage.max_payload_bytes();
    let Ok(received) = body::receive(body, headers, limit, &mut share).await else {
        return ingest.not_stored(Code::ServiceUnavailable);
    };
    // In a flood, most of it is what the gate refuses; the rest of the work is not done for what is only counted.
    let early = passage.refused.as_ref();
    if let Some(refused) =
        early.filter(|early| !ingest.writer.keeps(source, kind, exchange.at, early.code))
    {
        return refuse(refused, &ingest.base_url);
    }
    let (envelope, work) = decide(kind, &exchange, headers, &passage, &received);
    if let Work::Refuse(refused) = &work
        && early.is_none()
        && !ingest.writer.keeps(source, kind, exchange.at, refused.code)
    {
        return refuse(refused, &ingest.base_url);
    }
    let arrived = Arrived {
        request: exchange.request,
        kind,
        at: exchange.at,
        source,
        origin,
        origin_verdict: passage.origin_verdict,
        remote_address: exchange.address.map(|address| shortened(address).to_string()),
        user_agent: text_of(headers, header::USER_AGENT),
        envelope,
        raw: Raw::pack(&received.bytes),
        body_bytes: received.total,
        gzip_bytes: received.gzip_bytes,
        is_raw_cut: received.is_cut,
        duration_us: i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX),
    };
    drop(received);
    let task = Task { arrived, work };
    if share.resize(task.bytes()).is_err() {
        return ingest.not_stored(Code::ServiceUnavailable);
    }
    match ingest.writer.store(task, share).await {
        Ok(outcome) => response(outcome.reply(&ingest.base_url)),
        Err(why) => ingest.not_stored(unavailable_or_internal(why == NotStored::Unavailable)),
    }
}

/// What the body says about itself, and what is to be done with it.
fn decide(
    kind: Kind,
    exchange: &Exchange,
    headers: &HeaderMap,
    passage: &Passage,
    received: &Received,
) -> (Envelope, Work) {
    let sound = body::check(headers, passage, received)
        .and_then(|()| body::object(headers, &received.bytes));
    let (envelope, work) = match sound {
        Err(refused) => (Envelope::default(), Work::Refuse(*refused)),
        Ok(object) => check_schema(kind, exchange, &object),
    };
    // An earlier check decides; the body was read for the record only.
    match &passage.refused {
        Some(refused) => (envelope, Work::Refuse(refused.clone())),
        None => (envelope, work),
    }
}

fn check_schema(
    kind: Kind,
    exchange: &Exchange,
    object: &serde_json::Map<String, serde_json::Value>,
) -> (Envelope, Work) {
    let refuse = |code, faults: crate::faults::Faults| {
        Work::Refuse(Refused { issues: faults.into_issues(), ..Refused::with(code) })
    };
    let (envelope, work) = if validate::is_of_events(kind, object) {
        let (envelope, checked) = Batch::check(object, exchange.at);
        let refused = |faults| refuse(Code::InvalidEventsPayload, faults);
        (envelope, checked.map_or_else(refused, |batch| Work::Events(batch.into())))
    } else {
        let (envelope, checked) = Bootstrap::check(object);
        let refused = |faults| refuse(Code::InvalidBootstrapPayload, faults);
        (envelope, checked.map_or_else(refused, Work::Bootstrap))
    };
    (envelope, if kind == Kind::Validate { work.dry() } else { work })
}

impl Inner {
    /// Nothing was stored, the attempt neither.
    fn not_stored(&self, code: Code) -> Response {
        let retry_after_s = code.entry().is_retryable.then_some(1);
        refuse(&Refused { retry_after_s, ..Refused::with(code) }, &self.base_url)
    }
}

const fn unavailable_or_internal(is_passing: bool) -> Code {
    if is_passing { Code::ServiceUnavailable } else { Code::InternalError }
}

/// A refusal of a request of which no attempt is kept.
fn refuse(refused: &Refused, base_url: &str) -> Response {
    response(refused.reply(base_url, None))
}

fn response(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = [(header::CONTENT_TYPE, "application/json")];
    let mut response = (status, json, reply.body).into_response();
    if let Some(seconds) = reply.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(code) = reply.code {
        response.extensions_mut().insert(Told(code));
    }
    response
}

async fn not_found(State(ingest): State<Ingest>) -> Response {
    refuse(&Refused::with(Code::NotFound), &ingest.0.base_url)
}

async fn method_not_allowed(State(ingest): State<Ingest>) -> Response {
    let refused = Refused::with(Code::MethodNotAllowed);
    let mut response = refuse(&refused, &ingest.0.base_url);
    let allow = header::HeaderValue::from_static("POST, OPTIONS");
    response.headers_mut().insert(header::ALLOW, allow);
    response
}

/// A header as it is kept: longer ones are cut. No origin that could be allowed is as long.
fn text_of(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    let text = String::from_utf8_lossy(headers.get(name)?.as_bytes());
    Some(match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    })
}
