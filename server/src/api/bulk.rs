//! Several invitations at once.

use axum::{Json, extract::State};
use model::{
    Code, Permission,
    ids::{OrganizationId, RoleId},
    wire::team::BulkReply,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Fault, Services, api::WorkspaceCall};
use workspaces::{MOST_WISHES, read_wishes};

use super::shapes::BulkList;

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(invite_many))
}

/// People to invite.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct InviteMany {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
    /// Their addresses: a pasted list or CSV, at most 200 entries. Lines, commas, semicolons and tabs divide them; a
    /// word behind an address is the name of its role.
    pub list: BulkList,
    /// As what, where the list names no role.
    pub role_id: RoleId,
    /// Whether only to tell what would come of it.
    pub dry_run: Option<bool>,
}

/// Invites everyone on a list whom it can.
///
/// Each entry has an outcome of its own; what cannot be done for one stops no other. With `dryRun` nothing changes.
/// Takes the permission `users.invite`.
#[utoipa::path(
    post, path = "/invitations/bulk", tag = "Invitations",
    request_body = InviteMany,
    responses((status = 200, description = "What came of each entry, or would.", body = BulkReply)),
    extensions(("x-codes" = json!([Code::RoleNotFound]))),
)]
async fn invite_many(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<BulkReply>, Fault> {
    let list = call.params().required_text("list")?.to_owned();
    let role = RoleId::or_nothing(call.params().required_text("roleId")?);
    let is_trial = call.params().flag("dryRun")?.unwrap_or_default();
    // How many entries there are does not depend on the roles, which only members are told.
    let too_many =
        |_| Fault::invalid("list", format!("list must have at most {MOST_WISHES} entries."));
    read_wishes(&list, &[], role).map_err(too_many)?;
    let caller = call.authorise(Permission::UsersInvite).await?;
    let organization = caller.organization_id();
    let roles = services.workspaces.list_roles(organization).await?;
    if !roles.iter().any(|one| one.id == role) {
        return Err(Fault::of(Code::RoleNotFound));
    }
    let wishes = read_wishes(&list, &roles, role).map_err(too_many)?;
    let results = services.invite_many(&caller, call.actor(), wishes, is_trial).await?;
    let seats = services.workspaces.seats(organization).await?.into();
    Ok(Json(BulkReply { results, seats }))
}
