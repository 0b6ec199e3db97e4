//! Asking people in, and adding those who have an account.

use accounts::Email;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use model::{
    Code, Permission,
    ids::{InvitationId, RoleId},
};
use web::{Fault, Sent, Services, pages::Member as Viewer};
use workspaces::INVITATIONS_PER_DAY;

use super::{super::SentLink, Shown, render_team, require_both, to_team};
use crate::{
    posted::Posted,
    serving::{html, refused},
    team::MoreSeats,
    ui::form::Form,
};

/// Whom, and as what; or the form with what is wrong with it.
fn read(posted: &Posted) -> Result<(Email, RoleId), Form> {
    let form = || posted.clone().form();
    let email = Email::parse(posted.text("email"))
        .map_err(|error| form().with_error("email", &error.to_string()))?;
    let role = posted.text("roleId").parse();
    Ok((email, role.map_err(|_| form().with_error("roleId", "Choose a role."))?))
}

pub(super) async fn invite(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    require_both(&viewer)?;
    let (email, role) = match read(&posted) {
        Ok(read) => read,
        Err(form) => return show_form(&services, &viewer, form).await,
    };
    match services.invite(&viewer.caller, viewer.actor(), &email, role).await {
        Ok(sent) => show_link(&services, &viewer, sent).await,
        Err(fault) => refuse(&services, &viewer, posted.form(), fault).await,
    }
}

/// Makes someone who has an account a member, without a link.
pub(super) async fn add(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    require_both(&viewer)?;
    let (email, role) = match read(&posted) {
        Ok(read) => read,
        Err(form) => return show_form(&services, &viewer, form).await,
    };
    let organization = viewer.caller.organization_id();
    let added = services.workspaces.add_member(viewer.actor(), organization, &email, role).await;
    match added.map_err(|error| services.team_fault(&viewer.caller, error)) {
        Ok(_) => Ok(to_team(&viewer, "added")),
        Err(fault) => refuse(&services, &viewer, posted.form(), fault).await,
    }
}

/// The page itself and not a redirect: the link is shown once and must not stand in an address.
async fn show_link(services: &Services, viewer: &Viewer, sent: Sent) -> Result<Response, Fault> {
    let Sent { invitation, link, is_mailed, .. } = sent;
    let sent = Some(SentLink { email: invitation.email, link, is_mailed });
    let page = render_team(services, viewer, Shown { sent, ..Shown::default() }).await?;
    Ok(html(StatusCode::OK, page))
}

async fn show_form(services: &Services, viewer: &Viewer, form: Form) -> Result<Response, Fault> {
    let page = render_team(services, viewer, Shown { form, ..Shown::default() }).await?;
    Ok(html(StatusCode::BAD_REQUEST, page))
}

/// What a person can mend is told at the form; what they cannot is a page of its own.
async fn refuse(
    services: &Services,
    viewer: &Viewer,
    form: Form,
    fault: Fault,
) -> Result<Response, Fault> {
    let form = match fault.code {
        Code::SeatLimitReached => {
            let seats = services.workspaces.seats(viewer.caller.organization_id()).await?;
            let more = MoreSeats::of(services, &viewer.caller).await?;
            form.with_no_seat(seats.into(), &more)
        }
        Code::TooManyRequests if fault.message.is_some() => {
            form.with_problem(&fault.sentence(), "Nothing was sent. Try again later.")
        }
        Code::TooManyRequests => {
            form.with_daily_limit(INVITATIONS_PER_DAY, fault.retry_after_s.unwrap_or(1))
        }
        Code::RoleNotFound => form.with_error("roleId", "This role is gone. Choose another."),
        Code::UserNotFound => form.with_error(
            "email",
            "Nobody with this address can be added: it belongs to no account. Send an invitation instead.",
        ),
        Code::Forbidden if fault.denied.is_some() => form.with_problem(
            "This is not yours to give.",
            "The role permits more than yours, or someone above you invited them. Choose another role, or ask an owner.",
        ),
        Code::AlreadyMember => form.with_code(fault.code),
        _ => return Err(fault),
    };
    let page = render_team(services, viewer, Shown { form, ..Shown::default() }).await?;
    Ok(refused(&fault, page))
}

pub(super) async fn resend(
    State(services): State<Services>,
    Path((_, id)): Path<(String, String)>,
    viewer: Viewer,
) -> Result<Response, Fault> {
    require_both(&viewer)?;
    match services.resend(&viewer.caller, viewer.actor(), invitation_id(&id)?).await {
        Ok(sent) => show_link(&services, &viewer, sent).await,
        Err(fault) => refuse(&services, &viewer, Form::default(), fault).await,
    }
}

pub(super) async fn revoke(
    State(services): State<Services>,
    Path((_, id)): Path<(String, String)>,
    viewer: Viewer,
) -> Result<Response, Fault> {
    viewer.caller.require(Permission::UsersInvite)?;
    let (organization, id) = (viewer.caller.organization_id(), invitation_id(&id)?);
    services.workspaces.revoke_invitation(viewer.actor(), organization, id).await?;
    Ok(to_team(&viewer, "revoked"))
}

fn invitation_id(text: &str) -> Result<InvitationId, Fault> {
    text.parse().map_err(|_| Fault::of(Code::InvitationNotFound))
}
