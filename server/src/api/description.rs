//! The API's own description.

use axum::{
    http::{HeaderName, header},
    response::IntoResponse,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Services;

use crate::openapi;

/// The operations of this area.
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(get_description))
}

const HEADERS: [(HeaderName, &str); 2] =
    [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=60")];

/// Tells this document: every operation of the API, in OpenAPI 3.1.
#[utoipa::path(
    get, path = "/openapi.json", tag = "Description",
    responses((status = 200, description = "An OpenAPI document.", body = serde_json::Value)),
    security(()),
)]
async fn get_description() -> impl IntoResponse {
    (HEADERS, openapi::TEXT.as_str())
}
