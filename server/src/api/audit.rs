//! The audit log.

use ::audit::Filter;
use axum::{Json, Router, extract::State, routing::get};
use model::{
    Permission,
    ids::{AuditId, UserId},
    wire::audit::AuditReply,
};
use web::{
    Fault, Services,
    api::{Params, WorkspaceCall},
};

pub fn routes() -> Router<Services> {
    Router::new().route("/audit", get(list_entries))
}

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 200;

async fn list_entries(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<AuditReply>, Fault> {
    let filter = filter(call.params())?;
    let caller = call.authorise(Permission::AuditRead).await?;
    let mut entries = ::audit::list(&services.db, caller.organization_id(), &filter).await?;
    let limit = usize::from(filter.limit) - 1;
    let next_cursor = (entries.len() > limit)
        .then(|| entries.get(limit - 1).map(|last| last.id.to_string()))
        .flatten();
    entries.truncate(limit);
    Ok(Json(AuditReply { entries, next_cursor }))
}

/// The limit is one more than asked, to see whether there is a next page.
fn filter(params: &Params) -> Result<Filter, Fault> {
    let limit = params.integer("limit")?.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Fault::invalid("limit", format!("limit must be 1 to {MAX_LIMIT}.")));
    }
    let cursor = params.text("cursor")?.map(str::parse::<AuditId>).transpose();
    let actor = params.text("actorId")?.map(str::parse::<UserId>).transpose();
    let action = params.text("action")?.map(str::to_owned);
    if action.as_deref().is_some_and(|action| !::audit::is_action(action)) {
        return Err(Fault::invalid(
            "action",
            "action must be a word such as member or member.removed.",
        ));
    }
    Ok(Filter {
        action,
        actor: actor.map_err(|_| Fault::invalid("actorId", "actorId must be a user's id."))?,
        from: params.moment("from")?,
        to: params.moment("to")?,
        before: cursor
            .map_err(|_| Fault::invalid("cursor", "cursor must be the nextCursor of a list."))?,
        limit: u16::try_from(limit + 1).unwrap_or(u16::MAX),
    })
}
