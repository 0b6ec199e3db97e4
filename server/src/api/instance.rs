//! What whoever runs the instance may ask beyond any workspace. To everyone else there is nothing here.

use axum::{
    Json,
    extract::{Path, State},
};
use model::{
    Code,
    ids::AttemptId,
    wire::attempts::{AttemptReply, UnmatchedReply},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Fault, Services, api::Call};

use super::paging::Paging;

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(list_unmatched_attempts))
        .routes(routes!(get_unmatched_attempt))
}

/// Not even a tool of theirs: it was given workspaces.
fn require_owner(call: &Call, otherwise: Code) -> Result<(), Fault> {
    if call.user.is_instance_owner { call.require_person() } else { Err(Fault::of(otherwise)) }
}

/// Which page of them.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct UnmatchedQuery {
    /// How many attempts at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// The `nextCursor` of the page before.
    pub cursor: Option<AttemptId>,
}

/// Lists the attempts whose key is no source's, newest first.
///
/// They belong to no workspace. `counted` tells, on the first page, of requests of the last 24 hours of which no attempt is
/// kept, since there were too many of the kind within a minute. Only the instance's owner may ask, and no tool of theirs (403); to everyone else there
/// is nothing here.
#[utoipa::path(
    get, path = "/instance/attempts", tag = "Instance", params(UnmatchedQuery),
    responses((status = 200, description = "One page of attempts.", body = UnmatchedReply)),
    extensions(("x-codes" = json!([Code::Forbidden, Code::NotFound]))),
)]
async fn list_unmatched_attempts(
    State(services): State<Services>,
    call: Call,
) -> Result<Json<UnmatchedReply>, Fault> {
    let paging = Paging::read(&call.params)?;
    require_owner(&call, Code::NotFound)?;
    let mut attempts =
        ::attempts::list_unmatched(&services.db, None, paging.before, paging.wanted()).await?;
    let next_cursor = paging.cut(&mut attempts, |last| last.row.id.to_string());
    let counted = match paging.before {
        None => {
            ::attempts::counted(&services.db, None, ::attempts::lately(services.db.now())).await?
        }
        Some(_) => Vec::new(),
    };
    Ok(Json(UnmatchedReply { attempts, next_cursor, counted }))
}

/// Opens one attempt whose key is no source's: its body, every check, cause and fix.
///
/// Only the instance's owner may ask, and no tool of theirs (403); to everyone else there is nothing here.
#[utoipa::path(
    get, path = "/instance/attempts/{id}", tag = "Instance",
    params(("id" = AttemptId, Path, description = "The attempt.")),
    responses((status = 200, description = "The attempt.", body = AttemptReply)),
    extensions(("x-codes" = json!([Code::Forbidden, Code::AttemptNotFound]))),
)]
async fn get_unmatched_attempt(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Json<AttemptReply>, Fault> {
    require_owner(&call, Code::AttemptNotFound)?;
    let id = AttemptId::or_nothing(&id);
    let attempt =
        ingest::open_unmatched(&services.db, id).await?.ok_or_else(|| services.no_attempt(id))?;
    Ok(Json(AttemptReply { attempt }))
}
