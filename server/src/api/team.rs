//! Members, invitations and roles.

use accounts::{Email, LinkSecret};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, get, patch, post},
};
use model::{
    Code, Permission, Permissions,
    ids::{InvitationId, MemberId, RoleId},
    wire::team::{
        AcceptReply, InvitationReply, MemberReply, MembersReply, PermissionsReply, RolesReply,
    },
};
use web::{
    Fault, Services,
    api::{Call, Params, WorkspaceCall},
};
use workspaces::{Caller, Invited, MemberChanges};

pub fn routes() -> Router<Services> {
    Router::new()
        .route("/members", get(list_members).post(add_member))
        .route("/members/{id}", patch(change_member).delete(remove_member))
        .route("/invitations", post(invite))
        .route("/invitations/{id}", delete(revoke_invitation))
        .route("/invitations/{id}/resend", post(resend_invitation))
        .route("/invitations/{id}/accept", post(accept_invitation))
        .route("/roles", get(list_roles))
        .route("/permissions", get(list_permissions))
}

async fn list_members(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<MembersReply>, Fault> {
    let caller = call.authorise(Permission::UsersRead).await?;
    let organization = caller.organization_id();
    let workspaces = &services.workspaces;
    let now = services.db.now();
    let invitations = workspaces.list_invitations(organization).await?;
    Ok(Json(MembersReply {
        members: into_all(workspaces.list_members(organization).await?),
        invitations: invitations.into_iter().map(|invitation| invitation.told(now)).collect(),
        seats: workspaces.seats(organization).await?.into(),
        next_cursor: None,
    }))
}

async fn add_member(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<(StatusCode, Json<MemberReply>), Fault> {
    let (email, role) = (email(call.params())?, required_role(call.params())?);
    let caller = call.authorise(Permission::UsersInvite).await?;
    let added = services
        .workspaces
        .add_member(call.actor(), caller.organization_id(), &email, role_id(&role)?)
        .await
        .map_err(|error| services.team_fault(&caller, error))?;
    Ok((StatusCode::CREATED, Json(MemberReply { member: added.into() })))
}

async fn change_member(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<Json<MemberReply>, Fault> {
    let role = call.params().text("roleId")?.map(str::to_owned);
    let grants = grants(call.params())?;
    let caller = call.authorise(Permission::UsersManage).await?;
    let id = member_id(&id)?;
    let changes = MemberChanges { role: role.as_deref().map(role_id).transpose()?, grants };
    let organization = caller.organization_id();
    let member = services.workspaces.change_member(call.actor(), organization, id, changes).await?;
    Ok(Json(MemberReply { member: member.into() }))
}

/// Everyone may leave; removing others takes a permission, which the slice asks for.
async fn remove_member(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<StatusCode, Fault> {
    let caller = call.member().await?;
    let id = if caller.require(Permission::UsersManage).is_ok() {
        member_id(&id)?
    } else {
        // Whether an id is somebody's is told only to those who may know.
        id.parse().map_err(|_| Fault::of(Code::Forbidden))?
    };
    services.workspaces.remove_member(call.actor(), caller.organization_id(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn invite(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<(StatusCode, Json<InvitationReply>), Fault> {
    let (email, role) = (email(call.params())?, required_role(call.params())?);
    let caller = call.authorise(Permission::UsersInvite).await?;
    let invited = services
        .workspaces
        .invite(call.actor(), caller.organization_id(), &email, role_id(&role)?)
        .await
        .map_err(|error| services.team_fault(&caller, error))?;
    let status = if invited.is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(sent(&services, invited))))
}

async fn resend_invitation(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<Json<InvitationReply>, Fault> {
    let caller = call.authorise(Permission::UsersInvite).await?;
    let invited = services
        .workspaces
        .resend_invitation(call.actor(), caller.organization_id(), invitation_id(&id)?)
        .await
        .map_err(|error| services.team_fault(&caller, error))?;
    Ok(Json(sent(&services, invited)))
}

fn sent(services: &Services, invited: Invited) -> InvitationReply {
    InvitationReply {
        link: services.instance.invitation_link(&invited.secret),
        invitation: invited.invitation.told(services.db.now()),
    }
}

async fn revoke_invitation(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<StatusCode, Fault> {
    let caller = call.authorise(Permission::UsersInvite).await?;
    let organization = caller.organization_id();
    let id = invitation_id(&id)?;
    services.workspaces.revoke_invitation(call.actor(), organization, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn accept_invitation(
    State(services): State<Services>,
    Path(secret): Path<String>,
    call: Call,
) -> Result<Json<AcceptReply>, Fault> {
    let secret = LinkSecret::parse(&secret).ok_or(Fault::of(Code::InvitationNotFound))?;
    let membership =
        services.workspaces.accept_invitation(call.actor(), &call.user, &secret).await?;
    Ok(Json(AcceptReply {
        organization_id: membership.organization.id,
        member_id: membership.member_id,
    }))
}

async fn list_roles(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<RolesReply>, Fault> {
    let caller: Caller = call.authorise(Permission::UsersRead).await?;
    let roles = services.workspaces.list_roles(caller.organization_id()).await?;
    Ok(Json(RolesReply { roles: into_all(roles), next_cursor: None }))
}

async fn list_permissions(call: WorkspaceCall) -> Result<Json<PermissionsReply>, Fault> {
    call.authorise(Permission::UsersRead).await?;
    Ok(Json(PermissionsReply::catalogue()))
}

fn into_all<T, U: From<T>>(all: Vec<T>) -> Vec<U> {
    all.into_iter().map(U::from).collect()
}

fn email(params: &Params) -> Result<Email, Fault> {
    Email::parse(params.required_text("email")?)
        .map_err(|error| Fault::invalid("email", error.to_string()))
}

fn required_role(params: &Params) -> Result<String, Fault> {
    Ok(params.required_text("roleId")?.to_owned())
}

fn grants(params: &Params) -> Result<Option<Permissions>, Fault> {
    let unknown = || {
        let message = "grants must list permission keys; GET /api/permissions has them all.";
        Fault::invalid("grants", message)
    };
    params
        .texts("grants")?
        .map(|keys| keys.iter().map(|key| Permission::from_key(key).ok_or_else(unknown)).collect())
        .transpose()
}

fn role_id(text: &str) -> Result<RoleId, Fault> {
    text.parse().map_err(|_| Fault::of(Code::RoleNotFound))
}

fn member_id(text: &str) -> Result<MemberId, Fault> {
    text.parse().map_err(|_| Fault::of(Code::MemberNotFound))
}

fn invitation_id(text: &str) -> Result<InvitationId, Fault> {
    text.parse().map_err(|_| Fault::of(Code::InvitationNotFound))
}
