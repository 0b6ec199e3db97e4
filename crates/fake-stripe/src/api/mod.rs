//! The door `/v1`: who asks, whether this was asked before, what goes wrong on purpose, and the answer.

mod catalog;
mod checkout;
mod clocks;
mod customers;
mod expand;
mod hooks;
mod invoices;
mod items;
mod list;
mod params;
mod payments;
mod portal;
mod preview;
mod routes;
mod search;
mod subscriptions;

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

pub(crate) use self::params::{Params, Patch};
use crate::API_VERSION;
use crate::error::{Answer, ApiError};
use crate::handle::FakeStripe;
use crate::knobs::{Fault, Scripted};
use crate::state::World;
use crate::view::Request;

const MOST_BYTES: usize = 1 << 20;
const KEPT_SECONDS: i64 = 24 * 3600;

/// A call that events name as their cause.
#[derive(Debug, Clone)]
pub(crate) struct RequestId {
    pub id: String,
    pub idempotency_key: Option<String>,
}

/// An answer that is kept under an idempotency key.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    asked: String,
    status: u16,
    body: Value,
    request: String,
    at: i64,
}

/// A call that is being answered.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub world: &'a mut World,
    pub params: Params,
    /// Without what stands behind the question mark.
    pub path: &'a str,
}

/// A call as it came.
#[derive(Debug)]
struct Asked {
    method: String,
    path: String,
    params: Vec<(String, String)>,
    key: Option<String>,
    version: Option<String>,
    credentials: Option<String>,
}

/// What is answered, and what happens to the answer.
#[derive(Debug)]
struct Reply {
    status: u16,
    body: Value,
    request: String,
    /// The call whose answer this is.
    original: Option<String>,
    fault: Option<Fault>,
    timeout: Duration,
}

/// Marks a response that is not sent: the connection is closed instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HangUp;

/// Answers a call.
pub(crate) async fn serve(State(fake): State<FakeStripe>, parts: Parts, body: Body) -> Response {
    let Ok(body) = axum::body::to_bytes(body, MOST_BYTES).await else {
        return hang_up();
    };
    let asked = Asked::read(&parts, &body);
    let key = asked.key.clone();
    let reply = fake.with(|world| answer(world, asked));
    match reply.fault {
        Some(Fault::TimeoutAfter) => {
            tokio::time::sleep(reply.timeout).await;
            hang_up()
        }
        Some(Fault::ResetBefore | Fault::ResetAfter) => hang_up(),
        _ => respond(&reply, key),
    }
}

impl Asked {
    fn read(parts: &Parts, body: &Bytes) -> Self {
        let text = |name: &str| {
            parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let query = parts.uri.query().unwrap_or_default();
        let fields = url::form_urlencoded::parse(query.as_bytes());
        let fields = fields.chain(url::form_urlencoded::parse(body));
        let fields = fields.map(|(key, value)| (key.into_owned(), value.into_owned()));
        Self {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            params: fields.collect(),
            key: text("idempotency-key").filter(|_| parts.method == Method::POST),
            version: text("stripe-version"),
            credentials: credentials(&parts.headers),
        }
    }
}

/// The key, however it is sent: as a bearer token or as the user's name.
fn credentials(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    let decoded = BASE64_STANDARD.decode(rest.trim()).ok()?;
    let pair = String::from_utf8(decoded).ok()?;
    pair.split(':').next().map(str::to_owned)
}

fn answer(world: &mut World, asked: Asked) -> Reply {
    let request = world.ids.id("req");
    world.request = Some(RequestId { id: request.clone(), idempotency_key: asked.key.clone() });
    let fault = pick_fault(world, &asked);
    let (result, original) = match fault {
        Some(Fault::RateLimit) => (Err(ApiError::rate_limit()), None),
        Some(Fault::ServerError | Fault::ResetBefore) => (Err(ApiError::server()), None),
        _ => once(world, &asked, &request, fault),
    };
    world.request = None;
    let (status, body) = told(result);
    world.requests.push(Request {
        id: request.clone(),
        method: asked.method,
        path: asked.path,
        params: asked.params,
        idempotency_key: asked.key,
        stripe_version: asked.version,
        status,
        is_replayed: original.is_some(),
        fault,
    });
    let timeout = Duration::from_millis(world.knobs.timeout_ms);
    Reply { status, body, request, original, fault, timeout }
}

/// The status and body of what came of a call; a replayed error is told as it was.
fn told(result: Result<(u16, Value), ApiError>) -> (u16, Value) {
    result.unwrap_or_else(|error| (error.status, json!({ "error": error.render() })))
}

fn pick_fault(world: &mut World, asked: &Asked) -> Option<Fault> {
    let fits = |scripted: &Scripted| scripted.fits(&asked.method, &asked.path);
    if let Some(place) = world.script.iter().position(fits) {
        return world.script.remove(place).map(|scripted| scripted.fault);
    }
    let World { dice, knobs, .. } = world;
    Fault::ALL.into_iter().find(|fault| dice.hits(knobs.faults.probability(*fault)))
}

type Outcome = (Result<(u16, Value), ApiError>, Option<String>);

/// Does what is asked, unless it was done before under the same key.
fn once(world: &mut World, asked: &Asked, request: &str, fault: Option<Fault>) -> Outcome {
    if let Err(error) = authenticate(world, asked.credentials.as_deref()) {
        return (Err(error), None);
    }
    let Some(key) = asked.key.as_deref() else {
        return (act(world, asked), None);
    };
    if key.len() > 255 {
        let message = "Idempotency keys must be at most 255 characters long.";
        return (Err(ApiError::invalid(message)), None);
    }
    let now = world.clock.now();
    world.kept.retain(|_, kept| now < kept.at + KEPT_SECONDS);
    let fingerprint = format!("{} {} {:?}", asked.method, asked.path, asked.params);
    if let Some(kept) = world.kept.get(key) {
        if kept.asked != fingerprint {
            return (Err(ApiError::key_reused(key)), None);
        }
        return (Ok((kept.status, kept.body.clone())), Some(kept.request.clone()));
    }
    let result = match fault {
        Some(Fault::ServerErrorKept) => Err(ApiError::server()),
        _ => act(world, asked),
    };
    // What was refused before the work began may be tried again.
    let is_kept = match &result {
        Ok(_) => true,
        Err(error) => error.is_kept() || fault == Some(Fault::ServerErrorKept),
    };
    if is_kept {
        let (status, body) = told(result.clone());
        let request = request.to_owned();
        let kept = Kept { asked: fingerprint, status, body, request, at: now };
        world.kept.insert(key.to_owned(), kept);
    }
    (result, None)
}

fn act(world: &mut World, asked: &Asked) -> Answer<(u16, Value)> {
    let params = Params::parse(&asked.params);
    let expand = params.texts("expand")?.unwrap_or_default();
    let mut value = routes::dispatch(&asked.method, Call { world, params, path: &asked.path })?;
    expand::expand(&mut value, &expand, world)?;
    Ok((200, value))
}

fn authenticate(world: &World, credentials: Option<&str>) -> Answer<()> {
    match credentials {
        Some(key) if key == world.secret_key => Ok(()),
        Some(key) => {
            let shown = key.get(..8).unwrap_or_default();
            let end = key.get(key.len().saturating_sub(4)..).unwrap_or_default();
            Err(ApiError::unauthorized(format!("Invalid API Key provided: {shown}****{end}")))
        }
        None => Err(ApiError::unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using \
             Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        )),
    }
}

fn respond(reply: &Reply, key: Option<String>) -> Response {
    let body = serde_json::to_vec_pretty(&reply.body).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("stripe-version", HeaderValue::from_static(API_VERSION));
    let mut add = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    add("request-id", &reply.request);
    if let Some(key) = key {
        add("idempotency-key", &key);
    }
    if let Some(original) = &reply.original {
        add("original-request", original);
        add("idempotent-replayed", "true");
        // It would be the same answer again.
        add("stripe-should-retry", "false");
    }
    response
}

/// No answer: over a real connection it closes, in memory the body breaks off.
fn hang_up() -> Response {
    let broken = async { Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset)) };
    let mut response = Response::new(Body::from_stream(futures_util::stream::once(broken)));
    response.extensions_mut().insert(HangUp);
    response
}
