//! Every door of the house, and what each request passes on its way in.

use std::sync::Arc;

use axum::{Router, middleware};
use ingest::Ingest;
use ipnet::IpNet;
use web::{Services, exchange::Entrance};

use crate::{
    api,
    health::{self, Health},
    openapi,
};

/// The whole application.
///
/// ```text
/// exchange id, address, log line
/// ├─ /api/ingest/v2   panic → its own stack: CORS, no credentials
/// ├─ /api             panic → timeout → size → CSRF → caller; faults as JSON
/// ├─ /livez, /readyz
/// └─ everything else  panic → timeout → size → CSRF → caller; faults as pages
/// ```
pub fn app(
    services: Services,
    ingest: Ingest,
    health: Health,
    trusted_proxies: Arc<[IpNet]>,
) -> Router {
    let entrance = Arc::new(Entrance { db: services.db.clone(), trusted_proxies });
    Router::new()
        .merge(ingest::readable(ingest::router(ingest).layer(web::catch_panics())))
        .nest("/api", web::api::door(api::routes().into()).with_state(services.clone()))
        .merge(health::routes(health))
        .merge(app::router(services, &openapi::DOCUMENT))
        .layer(middleware::from_fn_with_state(entrance, web::exchange::layer))
}
