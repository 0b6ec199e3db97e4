//! The audit log.

use ::audit::Filter;
use axum::{Json, extract::State};
use model::{
    Permission, UnixMs,
    ids::{AuditId, OrganizationId, UserId},
    wire::audit::AuditReply,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{
    Fault, Services,
    api::{Params, WorkspaceCall},
};

use super::paging::Paging;

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(list_audit_entries))
}

/// Which entries of the log.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct AuditQuery {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
    /// A whole action, or the word before its dot: `member`, `invitation`, `source`, `organization`, `access`.
    #[param(min_length = 1, max_length = 64, pattern = "^[a-z_.]+$")]
    pub action: Option<String>,
    /// Who acted.
    pub actor_id: Option<UserId>,
    /// Not before this moment.
    pub from: Option<UnixMs>,
    /// Before this moment.
    pub to: Option<UnixMs>,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// The `nextCursor` of the page before.
    pub cursor: Option<AuditId>,
}

/// Lists who changed what, newest first.
///
/// Refusals of members are in it as `access.denied`, noted once a minute. Takes the permission `audit.read`.
#[utoipa::path(
    get, path = "/audit", tag = "Audit", params(AuditQuery),
    responses((status = 200, description = "One page of the log.", body = AuditReply)),
)]
async fn list_audit_entries(
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
        request: None,
        from: params.moment("from")?,
        to: params.moment("to")?,
        before: paging.before,
        limit: paging.wanted(),
    })
}
