//! The workspace API. One file per area; each operation parses, asks the slice, and maps to a wire type.

mod attempts;
mod audit;
mod auth;
mod organizations;
mod paging;
mod sources;
mod team;

use axum::Router;
use web::Services;

/// Everything below `/api` but ingest.
pub fn routes() -> Router<Services> {
    Router::new()
        .merge(auth::routes())
        .merge(organizations::routes())
        .merge(team::routes())
        .merge(audit::routes())
        .merge(sources::routes())
        .merge(attempts::routes())
}
