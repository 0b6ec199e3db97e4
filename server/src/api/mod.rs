//! The workspace API. One file per area; each operation parses, asks the slice, and maps to a wire type.

pub mod attempts;
pub mod audit;
pub mod auth;
pub mod billing;
pub mod bulk;
pub mod description;
pub mod instance;
pub mod links;
pub mod organizations;
mod paging;
pub mod roles;
pub mod shapes;
pub mod sources;
pub mod team;
pub mod tokens;
pub mod transfer;
pub mod webhook;

use utoipa_axum::router::OpenApiRouter;
use web::Services;

/// Everything below `/api` but ingest. A route is registered with its description or not at all.
pub(crate) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .merge(auth::routes())
        .merge(links::routes())
        .merge(tokens::routes())
        .merge(organizations::routes())
        .merge(transfer::routes())
        .merge(team::routes())
        .merge(bulk::routes())
        .merge(roles::routes())
        .merge(audit::routes())
        .merge(billing::routes())
        .merge(webhook::routes())
        .merge(sources::routes())
        .merge(attempts::routes())
        .merge(instance::routes())
        .merge(description::routes())
}
