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

use super::paging::Paging;

pub fn routes() -> Router<Services> {
    Router::new().route("/audit", get(list_entries))
}

async fn list_entries(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<AuditReply>, Fault> {
    let paging = Paging::read(call.params())?;
    let filter = filter(call.params(), &paging)?;
    let caller = call.authorise(Permission::AuditRead).await?;
    let mut entries = ::audit::list(&services.db, caller.organization_id(), &filter).await?;
    let next_cursor = paging.cut(&mut entries, |last| last.id.to_string());
    Ok(Json(AuditReply { entries, next_cursor }))
}

fn filter(params: &Params, paging: &Paging<AuditId>) -> Result<Filter, Fault> {
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
        before: paging.before,
        limit: paging.wanted(),
    })
}
