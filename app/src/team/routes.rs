//! The team's pages and forms.

mod invite;
mod member;

use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use model::Permission;
use serde::Deserialize;
use web::{Fault, Services, pages::Member as Viewer};
use workspaces::{Invitation, Role};

use super::{ListedInvitation, MoreSeats, SentLink, TeamPage, team_page};
use crate::{
    serving::{html, member_chrome},
    ui::{form::Form, notice::Notice},
};

pub fn routes() -> Router<Services> {
    let access = "/{workspace}/access";
    Router::new()
        .route(&format!("{access}/team"), get(show_team).post(invite::add))
        .route(&format!("{access}/team/{{member}}"), get(member::show))
        .route(&format!("{access}/team/{{member}}/change"), post(member::change))
        .route(&format!("{access}/team/{{member}}/remove"), post(member::remove))
        .route(&format!("{access}/invitations"), post(invite::invite))
        .route(&format!("{access}/invitations/{{invitation}}/resend"), post(invite::resend))
        .route(&format!("{access}/invitations/{{invitation}}/revoke"), post(invite::revoke))
}

#[derive(Deserialize, Default)]
struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    view: String,
    done: Option<String>,
}

async fn show_team(
    State(services): State<Services>,
    viewer: Viewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    let shown = Shown { wanted, ..Shown::default() };
    Ok(html(StatusCode::OK, render_team(&services, &viewer, shown).await?))
}

/// What the page shows beside the team itself.
#[derive(Default)]
struct Shown {
    wanted: Wanted,
    form: Form,
    sent: Option<SentLink>,
}

async fn render_team(services: &Services, viewer: &Viewer, shown: Shown) -> Result<String, Fault> {
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
    let can_invite = caller.require(Permission::UsersInvite).is_ok();
    let roles = givable(viewer, workspaces.list_roles(organization).await?);
    let listed = |invitation: Invitation| ListedInvitation {
        can_act: can_invite && roles.iter().any(|role| role.id == invitation.role_id),
        invitation: invitation.told(now),
    };
    let data = TeamPage {
        now,
        members: members.into_iter().filter(matches).map(Into::into).collect(),
        invitations: invitations.into_iter().map(listed).collect(),
        seats: workspaces.seats(organization).await?.into(),
        more_seats: MoreSeats::of(services, &viewer.caller).await?,
        roles,
        query: shown.wanted.q,
        is_cards: shown.wanted.view == "cards",
        can_invite,
        sends_mail: services.mailer.is_configured(),
        form: shown.form,
        sent: shown.sent,
        notice: notice_of(shown.wanted.done.as_deref()),
    };
    Ok(team_page(&member_chrome(services, viewer).await?, data))
}

/// The roles that the viewer may give to others.
pub(crate) fn givable(viewer: &Viewer, roles: Vec<Role>) -> Vec<model::wire::team::Role> {
    let membership = &viewer.caller.membership;
    let may_give = |role: &Role| membership.may_give(role);
    roles.into_iter().filter(may_give).map(Into::into).collect()
}

fn notice_of(done: Option<&str>) -> Option<Notice> {
    let text = match done? {
        "added" => "Member added. They can open this workspace at once.",
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

fn to_team(viewer: &Viewer, done: &str) -> Response {
    let workspace = &viewer.caller.membership.organization.slug;
    Redirect::to(&format!("/{workspace}/access/team?done={done}")).into_response()
}
