//! Members and invitations.

use accounts::{Email, LinkSecret};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use model::{
    Code, Permission, Permissions,
    ids::{InvitationId, MemberId, OrganizationId, RoleId},
    wire::team::{AcceptReply, InvitationReply, MemberReply, MembersReply},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{
    Fault, Sent, Services,
    api::{Call, Params, WorkspaceCall},
};
use workspaces::MemberChanges;

use super::shapes::{EmailAddress, InWorkspace, Nothing, OfWorkspace};

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(list_members, add_member))
        .routes(routes!(change_member, remove_member))
        .routes(routes!(invite))
        .routes(routes!(revoke_invitation))
        .routes(routes!(resend_invitation))
        .routes(routes!(accept_invitation))
}

/// Lists members and open invitations, oldest first, and the seats they take.
///
/// Takes the permission `users.read`.
#[utoipa::path(
    get, path = "/members", tag = "Members", params(OfWorkspace),
    responses((status = 200, description = "Everyone who belongs to the workspace or is asked in.", body = MembersReply)),
)]
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
        members: workspaces.list_members(organization).await?.into_iter().map(Into::into).collect(),
        invitations: invitations.into_iter().map(|invitation| invitation.told(now)).collect(),
        seats: workspaces.seats(organization).await?.into(),
        next_cursor: None,
    }))
}

/// Someone to make a member.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct AddMember {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
    /// Whom; they must have an account.
    pub email: EmailAddress,
    /// As what.
    pub role_id: RoleId,
}

/// Makes someone who has an account a member at once.
///
/// Nobody gives a role with a permission that they do not hold, and a named token makes no owner. Takes the permission `users.invite` and a free seat.
#[utoipa::path(
    post, path = "/members", tag = "Members",
    request_body = AddMember,
    responses((status = 201, description = "The new member.", body = MemberReply)),
    extensions(("x-codes" = json!([
        Code::RoleNotFound, Code::UserNotFound, Code::AlreadyMember, Code::SeatLimitReached
    ]))),
)]
async fn add_member(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<(StatusCode, Json<MemberReply>), Fault> {
    let (email, role) = (email(call.params())?, required_role(call.params())?);
    let caller = call.authorise(Permission::UsersInvite).await?;
    let added = services
        .workspaces
        .add_member(call.actor(), caller.organization_id(), &email, role)
        .await
        .map_err(|error| services.team_fault(&caller, error))?;
    Ok((StatusCode::CREATED, Json(MemberReply { member: added.into() })))
}

/// Changes to a member.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ChangeMember {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
    /// Their new role.
    pub role_id: Option<RoleId>,
    /// All that they are granted beside their role.
    pub grants: Option<Permissions>,
}

/// Changes the role or the grants of a member.
///
/// What is absent stays. Nobody changes a member who may do more than they, and a named token makes and changes no owner.
/// Takes the permission `users.manage`, and
/// `users.permissions.manage` for `grants`.
#[utoipa::path(
    patch, path = "/members/{id}", tag = "Members",
    params(("id" = MemberId, Path, description = "The membership.")),
    request_body = ChangeMember,
    responses((status = 200, description = "The member as they are now.", body = MemberReply)),
    extensions(("x-codes" = json!([Code::MemberNotFound, Code::RoleNotFound, Code::LastOwner]))),
)]
async fn change_member(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<Json<MemberReply>, Fault> {
    let role = call.params().text("roleId")?.map(RoleId::or_nothing);
    let grants = call.params().permissions("grants")?;
    let changes = MemberChanges { role, grants };
    let caller = call.authorise(Permission::UsersManage).await?;
    let (organization, id) = (caller.organization_id(), MemberId::or_nothing(&id));
    let member = services.workspaces.change_member(call.actor(), organization, id, changes).await?;
    Ok(Json(MemberReply { member: member.into() }))
}

/// Removes a member, or lets the caller leave.
///
/// Everyone may leave, but not by a named token; removing others takes the permission `users.manage`. Invitations that
/// they have sent stop.
#[utoipa::path(
    delete, path = "/members/{id}", tag = "Members",
    params(("id" = MemberId, Path, description = "The membership."), OfWorkspace),
    responses((status = 204, description = "They are a member no more.")),
    extensions(("x-codes" = json!([Code::MemberNotFound, Code::LastOwner]))),
)]
async fn remove_member(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<StatusCode, Fault> {
    let caller = call.member().await?;
    let (organization, id) = (caller.organization_id(), MemberId::or_nothing(&id));
    if id == caller.membership.member_id {
        call.require_person_in(&caller, Permission::UsersManage)?;
    }
    services.workspaces.remove_member(call.actor(), organization, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Someone to invite.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Invite {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
    /// Whom.
    pub email: EmailAddress,
    /// As what.
    pub role_id: RoleId,
}

/// Invites someone by e-mail.
///
/// Whoever is invited already is sent a new link, and the former one stops. Takes the permission `users.invite` and a free
/// seat. By mail, an address is sent five a hour and twenty a day, from all workspaces together; then 429.
#[utoipa::path(
    post, path = "/invitations", tag = "Invitations",
    request_body = Invite,
    responses(
        (status = 201, description = "The new invitation.", body = InvitationReply),
        (status = 200, description = "They were invited already; this is their new link.", body = InvitationReply),
    ),
    extensions(("x-codes" = json!([Code::RoleNotFound, Code::AlreadyMember, Code::SeatLimitReached]))),
)]
async fn invite(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<(StatusCode, Json<InvitationReply>), Fault> {
    let (email, role) = (email(call.params())?, required_role(call.params())?);
    let caller = call.authorise(Permission::UsersInvite).await?;
    let sent = services.invite(&caller, call.actor(), &email, role).await?;
    let status = if sent.is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(told(&services, sent))))
}

/// Makes a new link for an invitation, for another seven days.
///
/// Takes the permission `users.invite`, and a free seat when the invitation had expired.
#[utoipa::path(
    post, path = "/invitations/{id}/resend", tag = "Invitations",
    params(("id" = InvitationId, Path, description = "The invitation.")),
    request_body = InWorkspace,
    responses((status = 200, description = "The invitation and its new link.", body = InvitationReply)),
    extensions(("x-codes" = json!([
        Code::InvitationNotFound, Code::InvitationNotPending, Code::SeatLimitReached
    ]))),
)]
async fn resend_invitation(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<Json<InvitationReply>, Fault> {
    let caller = call.authorise(Permission::UsersInvite).await?;
    let sent = services.resend(&caller, call.actor(), InvitationId::or_nothing(&id)).await?;
    Ok(Json(told(&services, sent)))
}

fn told(services: &Services, sent: Sent) -> InvitationReply {
    let invitation = sent.invitation.told(services.db.now());
    InvitationReply { invitation, link: sent.link, is_mailed: sent.is_mailed }
}

/// Revokes an invitation.
///
/// Takes the permission `users.invite`.
#[utoipa::path(
    delete, path = "/invitations/{id}", tag = "Invitations",
    params(("id" = InvitationId, Path, description = "The invitation."), OfWorkspace),
    responses((status = 204, description = "Its link works no more.")),
    extensions(("x-codes" = json!([Code::InvitationNotFound, Code::InvitationNotPending]))),
)]
async fn revoke_invitation(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<StatusCode, Fault> {
    let caller = call.authorise(Permission::UsersInvite).await?;
    let (organization, id) = (caller.organization_id(), InvitationId::or_nothing(&id));
    services.workspaces.revoke_invitation(call.actor(), organization, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accepts an invitation that was sent to the caller's address.
///
/// A named token accepts none: 403.
#[utoipa::path(
    post, path = "/invitations/{token}/accept", tag = "Invitations",
    params(("token" = String, Path, description = "The end of the invitation's link.")),
    request_body = Nothing,
    responses((status = 200, description = "The membership it made.", body = AcceptReply)),
    extensions(("x-codes" = json!([Code::Forbidden, Code::InvitationNotFound, Code::InvitationNotPending]))),
)]
async fn accept_invitation(
    State(services): State<Services>,
    Path(secret): Path<String>,
    call: Call,
) -> Result<Json<AcceptReply>, Fault> {
    call.require_person()?;
    let secret = LinkSecret::parse(&secret).ok_or(Fault::of(Code::InvitationNotFound))?;
    let membership =
        services.workspaces.accept_invitation(call.actor(), &call.user, &secret).await?;
    Ok(Json(AcceptReply {
        organization_id: membership.organization.id,
        member_id: membership.member_id,
    }))
}

fn email(params: &Params) -> Result<Email, Fault> {
    Email::parse(params.required_text("email")?)
        .map_err(|error| Fault::invalid("email", error.to_string()))
}

fn required_role(params: &Params) -> Result<RoleId, Fault> {
    Ok(RoleId::or_nothing(params.required_text("roleId")?))
}
