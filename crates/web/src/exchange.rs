//! The outermost layer: every exchange gets an id, an address and one line in the log.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use audit::Actor;
use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use db::Db;
use ipnet::IpNet;
use model::{Code, Exchange, catalogue::Level, exchange::Told};

use workspaces::Forbidden;

use crate::{Fault, address};

/// Tells the exchange's id on every answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the layer needs.
#[derive(Debug)]
pub struct Entrance {
    /// Makes the ids and tells the time.
    pub db: Db,
    /// Whose forwarding headers are believed.
    pub trusted_proxies: Arc<[IpNet]>,
}

/// Begins an exchange, lets it pass, ends it.
pub async fn layer(
    State(entrance): State<Arc<Entrance>>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address =
        peer.map(|peer| address::client(peer, request.headers(), &entrance.trusted_proxies));
    let exchange = Exchange { request: entrance.db.new_id(), at: entrance.db.now(), address };
    request.extensions_mut().insert(exchange);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();

    let mut response = next.run(request).await;
    let denied = response.extensions().get::<Fault>().and_then(|fault| fault.denied.clone());
    if let Some(denied) = denied {
        let path = format!("{method} {}", route.as_ref().map_or("-", MatchedPath::as_str));
        // Apart from what every exchange holds: this one is rare, and large.
        Box::pin(note(&entrance.db, &exchange, *denied, &path)).await;
    }
    let id = exchange.request.to_string();
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    let millis = began.elapsed().as_secs_f64() * 1_000.0;
    log(&id, method.as_str(), route, millis, &response);
    response
}

/// Whoever was refused in a workspace is read of in its audit log. A log that cannot be written changes no answer.
async fn note(db: &Db, exchange: &Exchange, denied: Forbidden, path: &str) {
    let Forbidden { user, organization, permission } = denied;
    let actor = Actor::person(user, exchange);
    if let Err(error) = audit::record_denied(db, actor, organization, permission, path).await {
        tracing::error!(request = %exchange.request, cause = %error, "a refusal was not recorded");
    }
}

/// One line, as loud as the catalogue says. No query, body, token, e-mail or address is in it.
fn log(id: &str, method: &str, route: &str, millis: f64, response: &Response) {
    let status = response.status().as_u16();
    let ms = (millis * 1_000.0).round() / 1_000.0;
    let fault = response.extensions().get::<Fault>();
    let told = response.extensions().get::<Told>();
    let entry = fault.map(|fault| fault.code).or(told.map(|told| told.0)).map(Code::entry);
    let code = entry.map(|entry| entry.text);
    let cause = fault.and_then(|fault| fault.cause.as_ref()).map(ToString::to_string);
    match entry.map_or(Level::Info, |entry| entry.level) {
        Level::Info => tracing::info!(request = id, method, route, status, ms, code),
        Level::Warn => tracing::warn!(request = id, method, route, status, ms, code),
        Level::Error => tracing::error!(request = id, method, route, status, ms, code, cause),
    }
}
