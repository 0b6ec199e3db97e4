//! The API's own description.

use axum::{
    http::{HeaderName, header},
    response::IntoResponse,
};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::Services;

use crate::openapi;

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(get_description))
}

/// An OpenAPI document.
#[derive(ToSchema)]
pub struct Description {
    /// The version of OpenAPI.
    pub openapi: String,
    /// Each path with what can be done there.
    #[schema(value_type = Object)]
    pub paths: Value,
}

const HEADERS: [(HeaderName, &str); 2] =
    [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=60")];

/// Tells this document: every operation of the API, in OpenAPI 3.1.
#[utoipa::path(
    get, path = "/openapi.json", tag = "Description",
    responses((status = 200, description = "The document.", body = Description)),
    security(()),
)]
async fn get_description() -> impl IntoResponse {
    (HEADERS, openapi::TEXT.as_str())
}
