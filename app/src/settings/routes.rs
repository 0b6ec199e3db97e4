//! The settings' page and its forms.

use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use model::{Code, Permission, wire};
use serde::Deserialize;
use web::{Fault, Services, pages::Member as Viewer};
use workspaces::{Member, Offer, OrganizationChanges, Slug, WorkspaceName};

use super::{PendingOffer, SettingsForm, SettingsPage, WayOut, page};
use crate::{
    posted::Posted,
    serving::{html, member_chrome},
    ui::{form::Form, notice::Notice},
};

pub fn routes() -> Router<Services> {
    let settings = "/{workspace}/settings";
    Router::new()
        .route(settings, get(show).post(change))
        .route(&format!("{settings}/ownership/offer"), post(offer))
        .route(&format!("{settings}/ownership/accept"), post(accept))
        .route(&format!("{settings}/ownership/decline"), post(decline))
        .route(&format!("{settings}/ownership/withdraw"), post(withdraw))
        .route(&format!("{settings}/leave"), post(leave))
        .route(&format!("{settings}/delete"), post(delete))
}

#[derive(Deserialize)]
struct Wanted {
    done: Option<String>,
}

async fn show(
    State(services): State<Services>,
    viewer: Viewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    let notice = notice_of(wanted.done.as_deref());
    render(&services, &viewer, StatusCode::OK, notice, None).await
}

fn notice_of(done: Option<&str>) -> Option<Notice> {
    let text = match done? {
        "saved" => "Settings saved.",
        "offered" => "Ownership offered. Nothing changes until they accept.",
        "withdrawn" => "Offer taken back. You own this workspace as before.",
        "declined" => "Offer declined. Nothing has changed.",
        "accepted" => "This workspace is yours. Who gave it to you is an admin now.",
        _ => return None,
    };
    Some(Notice::good(text))
}

async fn render(
    services: &Services,
    viewer: &Viewer,
    status: StatusCode,
    notice: Option<Notice>,
    refused: Option<(SettingsForm, Form)>,
) -> Result<Response, Fault> {
    let caller = &viewer.caller;
    let (organization, is_owner) = (caller.organization_id(), caller.membership.is_owner);
    let members = services.workspaces.list_members(organization).await?;
    let (owners, others): (Vec<_>, Vec<_>) = members.into_iter().partition(|one| one.is_owner);
    let offer = services.workspaces.find_offer(organization).await?;
    let name = |owner: Member| wire::team::Member::from(owner).shown_name().to_owned();
    let can_read_team = caller.require(Permission::UsersRead).is_ok();
    let data = SettingsPage {
        organization: (&caller.membership).into(),
        can_manage: caller.require(Permission::WorkspaceManage).is_ok(),
        is_owner,
        leave: if is_owner { WayOut::of_owner(owners.len(), others.len()) } else { WayOut::Open },
        owners: if can_read_team { owners.into_iter().map(name).collect() } else { Vec::new() },
        heirs: if is_owner { others.into_iter().map(Into::into).collect() } else { Vec::new() },
        offer: offer.and_then(|offer| shown(viewer, offer)),
        notice,
        refused,
    };
    Ok(html(status, page(&member_chrome(services, viewer).await?, data)))
}

/// An offer is for the owners and for whom it is made to.
fn shown(viewer: &Viewer, offer: Offer) -> Option<PendingOffer> {
    let is_yours = offer.to == viewer.caller.user.id;
    (is_yours || viewer.caller.membership.is_owner).then(|| PendingOffer {
        from: offer.from_email,
        to: offer.to_email,
        expires_at: offer.expires_at.to_string(),
        is_yours,
    })
}

/// The page once more with what was wrong; what a person cannot mend is a page of its own.
async fn refuse(
    services: &Services,
    viewer: &Viewer,
    (which, form): (SettingsForm, Form),
    fault: Fault,
) -> Result<Response, Fault> {
    let form = match (fault.code, fault.field.as_deref()) {
        (Code::SlugTaken | Code::LastOwner | Code::TransferNotFound, _) => {
            form.with_code(fault.code)
        }
        (Code::MemberNotFound, _) => {
            form.with_error("memberId", "They are no member any more. Choose another.")
        }
        (Code::InvalidRequest, Some(field)) => form.with_error(field, &fault.sentence()),
        _ => return Err(fault),
    };
    render(services, viewer, fault.status(), None, Some((which, form))).await
}

async fn change(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    viewer.caller.require(Permission::WorkspaceManage)?;
    let name = WorkspaceName::parse(posted.text("name"));
    let slug = Slug::parse(posted.text("slug"));
    let mut form = posted.form();
    if let Err(error) = &name {
        form = form.with_error("name", &error.to_string());
    }
    if let Err(error) = &slug {
        form = form.with_error("slug", &error.to_string());
    }
    let refused = SettingsForm::Name;
    let (Ok(name), Ok(slug)) = (name, slug) else {
        let refused = Some((refused, form));
        return render(&services, &viewer, StatusCode::BAD_REQUEST, None, refused).await;
    };
    let changes = OrganizationChanges { name: Some(name), slug: Some(slug) };
    let organization = viewer.caller.organization_id();
    match services.workspaces.change_organization(viewer.actor(), organization, changes).await {
        Ok(after) => Ok(to_settings(&after.organization.slug, "saved")),
        Err(error) => refuse(&services, &viewer, (refused, form), error.into()).await,
    }
}

async fn offer(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    viewer.caller.require(Permission::WorkspaceManage)?;
    let Some(to) = posted.text("memberId").parse().ok() else {
        // Told at the top, where the page begins: the list stands far below.
        let form = posted.form().with_problem("Choose a member.", "Nothing was offered yet.");
        let refused = Some((SettingsForm::Ownership, form));
        return render(&services, &viewer, StatusCode::BAD_REQUEST, None, refused).await;
    };
    match services.offer_ownership(&viewer.caller, viewer.actor(), to).await {
        Ok(_) => Ok(back(&viewer, "offered")),
        Err(fault) => {
            let refused = (SettingsForm::Ownership, posted.form());
            refuse(&services, &viewer, refused, fault).await
        }
    }
}

async fn accept(State(services): State<Services>, viewer: Viewer) -> Result<Response, Fault> {
    let organization = viewer.caller.organization_id();
    let done = services.workspaces.accept_ownership(viewer.actor(), organization).await;
    answer(&services, &viewer, done.map(drop), "accepted").await
}

async fn decline(State(services): State<Services>, viewer: Viewer) -> Result<Response, Fault> {
    end(&services, &viewer, "declined").await
}

async fn withdraw(State(services): State<Services>, viewer: Viewer) -> Result<Response, Fault> {
    end(&services, &viewer, "withdrawn").await
}

async fn end(services: &Services, viewer: &Viewer, word: &str) -> Result<Response, Fault> {
    let organization = viewer.caller.organization_id();
    let done = services.workspaces.end_ownership_offer(viewer.actor(), organization).await;
    answer(services, viewer, done, word).await
}

/// The answer to what was done with an offer: it may be gone by now.
async fn answer(
    services: &Services,
    viewer: &Viewer,
    done: workspaces::Result<()>,
    word: &str,
) -> Result<Response, Fault> {
    match done {
        Ok(()) => Ok(back(viewer, word)),
        Err(error) => {
            let refused = (SettingsForm::Ownership, Form::default());
            refuse(services, viewer, refused, error.into()).await
        }
    }
}

async fn leave(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    posted.require_confirmed("leave")?;
    let membership = &viewer.caller.membership;
    let (organization, member) = (membership.organization.id, membership.member_id);
    match services.workspaces.remove_member(viewer.actor(), organization, member).await {
        Ok(()) => Ok(Redirect::to("/workspaces?done=left").into_response()),
        Err(error) => {
            let refused = (SettingsForm::Leave, Form::default());
            refuse(&services, &viewer, refused, error.into()).await
        }
    }
}

async fn delete(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    viewer.caller.require(Permission::WorkspaceManage)?;
    let organization = &viewer.caller.membership.organization;
    // Read as the name was read, so that only what people see must be the same.
    let typed = WorkspaceName::parse(posted.text("confirm"));
    if !typed.is_ok_and(|typed| typed.as_str() == organization.name) {
        let form = posted.form().with_error("confirm", "This is not the workspace's name.");
        let refused = Some((SettingsForm::Delete, form));
        return render(&services, &viewer, StatusCode::BAD_REQUEST, None, refused).await;
    }
    services.delete_organization(viewer.actor(), organization.id).await?;
    Ok(Redirect::to("/workspaces?done=deleted").into_response())
}

fn back(viewer: &Viewer, done: &str) -> Response {
    to_settings(&viewer.caller.membership.organization.slug, done)
}

fn to_settings(workspace: &str, done: &str) -> Response {
    Redirect::to(&format!("/{workspace}/settings?done={done}")).into_response()
}
