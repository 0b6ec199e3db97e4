//! The team's pages and forms.

use std::collections::HashMap;

use accounts::Email;
use axum::{
    Router,
    extract::{Form as Fields, Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use model::{
    Code, Permission, Permissions,
    ids::{InvitationId, MemberId, RoleId},
};
use serde::Deserialize;
use web::{Fault, Sent, Services, pages::Member as Viewer};
use workspaces::{MemberChanges, Role};

use super::{MemberPage, SentLink, TeamPage, member_page, team_page};
use crate::{
    serving::{html, member_chrome},
    ui::{form::Form, notice::Notice},
};

pub fn routes() -> Router<Services> {
    let access = "/{workspace}/access";
    Router::new()
        .route(&format!("{access}/team"), get(show_team))
        .route(&format!("{access}/team/{{member}}"), get(show_member))
        .route(&format!("{access}/team/{{member}}/change"), post(change_member))
        .route(&format!("{access}/team/{{member}}/remove"), post(remove_member))
        .route(&format!("{access}/invitations"), post(invite))
        .route(&format!("{access}/invitations/{{invitation}}/resend"), post(resend))
        .route(&format!("{access}/invitations/{{invitation}}/revoke"), post(revoke))
}

#[derive(Deserialize, Default)]
struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    view: String,
    done: Option<String>,
}

type Posted = Fields<HashMap<String, String>>;

async fn show_team(
    State(services): State<Services>,
    viewer: Viewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    let shown = Shown { wanted, ..Shown::default() };
    render_team(&services, &viewer, StatusCode::OK, shown).await
}

/// What the page shows beside the team itself.
#[derive(Default)]
struct Shown {
    wanted: Wanted,
    form: Form,
    sent: Option<SentLink>,
}

async fn render_team(
    services: &Services,
    viewer: &Viewer,
    status: StatusCode,
    shown: Shown,
) -> Result<Response, Fault> {
    let caller = &viewer.caller;
    caller.require(Permission::UsersRead)?;
    let (organization, now) = (caller.organization_id(), services.db.now());
    let workspaces = &services.workspaces;
    let query = shown.wanted.q.trim().to_lowercase();
    let matches = |member: &workspaces::Member| {
        let name = member.name.as_deref().unwrap_or_default().to_lowercase();
        member.email.contains(&query) || name.contains(&query)
    };
    let members = workspaces.list_members(organization).await?;
    let invitations = workspaces.list_invitations(organization).await?;
    let data = TeamPage {
        now,
        members: members.into_iter().filter(matches).map(Into::into).collect(),
        invitations: invitations.into_iter().map(|one| one.told(now)).collect(),
        seats: workspaces.seats(organization).await?.into(),
        roles: givable(viewer, workspaces.list_roles(organization).await?),
        query: shown.wanted.q,
        is_cards: shown.wanted.view == "cards",
        can_invite: caller.require(Permission::UsersInvite).is_ok(),
        sends_mail: services.mailer.is_configured(),
        form: shown.form,
        sent: shown.sent,
        notice: notice_of(shown.wanted.done.as_deref()),
    };
    Ok(html(status, team_page(&member_chrome(services, viewer).await?, data)))
}

/// The roles that the viewer may give to others.
pub(crate) fn givable(viewer: &Viewer, roles: Vec<Role>) -> Vec<model::wire::team::Role> {
    let membership = &viewer.caller.membership;
    let may_give = |role: &Role| membership.may_give(role);
    roles.into_iter().filter(may_give).map(Into::into).collect()
}

fn notice_of(done: Option<&str>) -> Option<Notice> {
    let text = match done? {
        "revoked" => "Invitation revoked. Its link has stopped and its seat is free.",
        "removed" => "Member removed. They can no longer open this workspace.",
        "changed" => "Changes saved. They hold from the next request on.",
        _ => return None,
    };
    Some(Notice::good(text))
}

/// The page that shows the new link is the team's: who may not see that must hear so before anything is sent.
pub(crate) fn require_both(viewer: &Viewer) -> Result<(), Fault> {
    viewer.caller.require(Permission::UsersRead)?;
    Ok(viewer.caller.require(Permission::UsersInvite)?)
}

async fn invite(
    State(services): State<Services>,
    viewer: Viewer,
    Fields(fields): Posted,
) -> Result<Response, Fault> {
    require_both(&viewer)?;
    let typed = fields.get("email").map(String::as_str).unwrap_or_default();
    let role = fields.get("roleId").and_then(|id| id.parse::<RoleId>().ok());
    let (email, role) = match (Email::parse(typed), role) {
        (Ok(email), Some(role)) => (email, role),
        (Err(error), _) => {
            let form = Form::sent(fields).with_error("email", &error.to_string());
            return refuse(&services, &viewer, StatusCode::BAD_REQUEST, form).await;
        }
        (_, None) => {
            let form = Form::sent(fields).with_error("roleId", "Choose a role.");
            return refuse(&services, &viewer, StatusCode::BAD_REQUEST, form).await;
        }
    };
    match services.invite(&viewer.caller, viewer.actor(), &email, role).await {
        Ok(sent) => show_link(&services, &viewer, sent).await,
        Err(fault) => refuse_fault(&services, &viewer, Form::sent(fields), fault).await,
    }
}

/// The page itself and not a redirect: the link is shown once and must not stand in an address.
async fn show_link(services: &Services, viewer: &Viewer, sent: Sent) -> Result<Response, Fault> {
    let Sent { invitation, link, is_mailed, .. } = sent;
    let sent = Some(SentLink { email: invitation.email, link, is_mailed });
    render_team(services, viewer, StatusCode::OK, Shown { sent, ..Shown::default() }).await
}

async fn refuse(
    services: &Services,
    viewer: &Viewer,
    status: StatusCode,
    form: Form,
) -> Result<Response, Fault> {
    render_team(services, viewer, status, Shown { form, ..Shown::default() }).await
}

/// What a person can mend is told at the form; what they cannot is a page of its own.
async fn refuse_fault(
    services: &Services,
    viewer: &Viewer,
    form: Form,
    fault: Fault,
) -> Result<Response, Fault> {
    let form = match fault.code {
        Code::SeatLimitReached => {
            let seats = services.workspaces.seats(viewer.caller.organization_id()).await?;
            form.with_no_seat(seats.into())
        }
        Code::AlreadyMember | Code::TooManyRequests => form.with_code(fault.code),
        _ => return Err(fault),
    };
    refuse(services, viewer, fault.status(), form).await
}

async fn resend(
    State(services): State<Services>,
    Path((_, id)): Path<(String, String)>,
    viewer: Viewer,
) -> Result<Response, Fault> {
    require_both(&viewer)?;
    match services.resend(&viewer.caller, viewer.actor(), invitation_id(&id)?).await {
        Ok(sent) => show_link(&services, &viewer, sent).await,
        Err(fault) => refuse_fault(&services, &viewer, Form::default(), fault).await,
    }
}

async fn revoke(
    State(services): State<Services>,
    Path((_, id)): Path<(String, String)>,
    viewer: Viewer,
) -> Result<Response, Fault> {
    viewer.caller.require(Permission::UsersInvite)?;
    let organization = viewer.caller.organization_id();
    services
        .workspaces
        .revoke_invitation(viewer.actor(), organization, invitation_id(&id)?)
        .await?;
    Ok(to_team(&viewer, "revoked"))
}

fn invitation_id(text: &str) -> Result<InvitationId, Fault> {
    text.parse().map_err(|_| Fault::of(Code::InvitationNotFound))
}

fn member_id(text: &str) -> Result<MemberId, Fault> {
    text.parse().map_err(|_| Fault::of(Code::MemberNotFound))
}

fn to_team(viewer: &Viewer, done: &str) -> Response {
    let workspace = &viewer.caller.membership.organization.slug;
    Redirect::to(&format!("/{workspace}/access/team?done={done}")).into_response()
}

async fn show_member(
    State(services): State<Services>,
    Path((_, id)): Path<(String, String)>,
    viewer: Viewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    let notice = notice_of(wanted.done.as_deref());
    render_member(&services, &viewer, &id, StatusCode::OK, Form::default(), notice).await
}

async fn render_member(
    services: &Services,
    viewer: &Viewer,
    id: &str,
    status: StatusCode,
    form: Form,
    notice: Option<Notice>,
) -> Result<Response, Fault> {
    let caller = &viewer.caller;
    let (organization, membership) = (caller.organization_id(), &caller.membership);
    let is_you = id == membership.member_id.to_string();
    if !is_you {
        caller.require(Permission::UsersRead)?;
    }
    let member = services.workspaces.get_member(organization, member_id(id)?).await?;
    let may_manage =
        caller.require(Permission::UsersManage).is_ok() && membership.may_change(&member);
    let may_grant = may_manage && caller.require(Permission::UsersPermissionsManage).is_ok();
    let roles = services.workspaces.list_roles(organization).await?;
    let of_role = roles.iter().find(|role| role.id == member.role_id);
    let data = MemberPage {
        now: services.db.now(),
        of_role: of_role.map(|role| role.permissions).unwrap_or_default(),
        is_you,
        can_read_team: caller.require(Permission::UsersRead).is_ok(),
        roles: if may_manage { givable(viewer, roles) } else { Vec::new() },
        grantable: if may_grant { membership.permissions } else { Permissions::default() },
        can_remove: is_you || may_manage,
        member: member.into(),
        form,
        notice,
    };
    Ok(html(status, member_page(&member_chrome(services, viewer).await?, data)))
}

async fn change_member(
    State(services): State<Services>,
    Path((_, id)): Path<(String, String)>,
    viewer: Viewer,
    Fields(fields): Posted,
) -> Result<Response, Fault> {
    viewer.caller.require(Permission::UsersManage)?;
    let role = fields.get("roleId").map(|id| id.parse()).transpose();
    let role: Option<RoleId> = role.map_err(|_| Fault::of(Code::RoleNotFound))?;
    let is_ticked = |key: &Permission| fields.contains_key(key.key());
    let grants = fields
        .contains_key("grants")
        .then(|| Permission::ALL.iter().copied().filter(is_ticked).collect());
    let (organization, member) = (viewer.caller.organization_id(), member_id(&id)?);
    let changes = MemberChanges { role, grants };
    let done =
        services.workspaces.change_member(viewer.actor(), organization, member, changes).await;
    match done.map_err(Fault::from) {
        Ok(member) => {
            let workspace = &viewer.caller.membership.organization.slug;
            let member = member.id;
            let page = format!("/{workspace}/access/team/{member}?done=changed");
            Ok(Redirect::to(&page).into_response())
        }
        Err(fault) if fault.code == Code::LastOwner => {
            let form = Form::sent(fields).with_code(fault.code);
            render_member(&services, &viewer, &id, fault.status(), form, None).await
        }
        Err(fault) => Err(fault),
    }
}

async fn remove_member(
    State(services): State<Services>,
    Path((_, id)): Path<(String, String)>,
    viewer: Viewer,
    Fields(fields): Posted,
) -> Result<Response, Fault> {
    if fields.get("confirm").is_none_or(|word| word != "remove") {
        return Err(Fault::required("confirm"));
    }
    let (organization, member) = (viewer.caller.organization_id(), member_id(&id)?);
    let removed = services.workspaces.remove_member(viewer.actor(), organization, member).await;
    match removed.map_err(Fault::from) {
        Ok(()) if member == viewer.caller.membership.member_id => {
            Ok(Redirect::to("/").into_response())
        }
        Ok(()) => Ok(to_team(&viewer, "removed")),
        Err(fault) if fault.code == Code::LastOwner => {
            let form = Form::default().with_code(fault.code);
            render_member(&services, &viewer, &id, fault.status(), form, None).await
        }
        Err(fault) => Err(fault),
    }
}
