//! The page, its check, and its sending.

use std::collections::HashSet;

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use model::{
    ids::RoleId,
    wire::team::{BulkOutcome, BulkResult},
};
use web::{Fault, Services, pages::Member as Viewer};
use workspaces::{MOST_WISHES, TooManyWishes, Wish, read_wishes};

use super::{InviteManyPage, Stage, page};
use crate::{
    posted::Posted,
    serving::{html, member_chrome},
    team::{givable, require_both},
    ui::form::Form,
};

pub fn routes() -> Router<Services> {
    let bulk = "/{workspace}/access/invitations/bulk";
    Router::new().route(bulk, get(show).post(check)).route(&format!("{bulk}/send"), post(send))
}

async fn show(State(services): State<Services>, viewer: Viewer) -> Result<Response, Fault> {
    require_both(&viewer)?;
    render(&services, &viewer, StatusCode::OK, Stage::Writing, Form::default()).await
}

async fn render(
    services: &Services,
    viewer: &Viewer,
    status: StatusCode,
    stage: Stage,
    form: Form,
) -> Result<Response, Fault> {
    let organization = viewer.caller.organization_id();
    let data = InviteManyPage {
        roles: givable(viewer, services.workspaces.list_roles(organization).await?),
        seats: services.workspaces.seats(organization).await?.into(),
        sends_mail: services.mailer.is_configured(),
        stage,
        form,
    };
    Ok(html(status, page(&member_chrome(services, viewer).await?, data)))
}

async fn check(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    require_both(&viewer)?;
    let wishes = match read(&services, &viewer, &posted).await? {
        Ok(wishes) => wishes,
        Err(form) => {
            return render(&services, &viewer, StatusCode::BAD_REQUEST, Stage::Writing, form).await;
        }
    };
    let expired = expired(&services, &viewer, &wishes).await?;
    let results = services.invite_many(&viewer.caller, viewer.actor(), wishes, true).await?;
    let taken =
        results.iter().zip(expired).filter(|(result, is_expired)| takes(result, *is_expired));
    let taken = i64::try_from(taken.count()).unwrap_or(i64::MAX);
    let stage = Stage::Checked { results, taken };
    render(&services, &viewer, StatusCode::OK, stage, posted.form()).await
}

/// Whether an entry would take a seat: someone new does, and someone whose invitation had lost its seat.
fn takes(result: &BulkResult, is_expired: bool) -> bool {
    match result.outcome {
        BulkOutcome::Invited => true,
        BulkOutcome::SentAgain => is_expired,
        _ => false,
    }
}

/// For each wish, whether an invitation of theirs has expired.
async fn expired(
    services: &Services,
    viewer: &Viewer,
    wishes: &[Wish],
) -> Result<Vec<bool>, Fault> {
    let now = services.db.now();
    let open = services.workspaces.list_invitations(viewer.caller.organization_id()).await?;
    let expired = open.into_iter().filter(|one| one.expires_at <= now).map(|one| one.email);
    let expired: HashSet<String> = expired.collect();
    let is_expired =
        |wish: &Wish| wish.read.as_ref().is_ok_and(|(email, _)| expired.contains(email.as_str()));
    Ok(wishes.iter().map(is_expired).collect())
}

/// The page itself and not a redirect: links are shown once and must not stand in an address.
async fn send(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    require_both(&viewer)?;
    let wishes = match read(&services, &viewer, &posted).await? {
        Ok(wishes) => wishes,
        Err(form) => {
            return render(&services, &viewer, StatusCode::BAD_REQUEST, Stage::Writing, form).await;
        }
    };
    let results = services.invite_many(&viewer.caller, viewer.actor(), wishes, false).await?;
    render(&services, &viewer, StatusCode::OK, Stage::Sent { results }, Form::default()).await
}

/// The list as it was read, or the form with what is wrong with it.
async fn read(
    services: &Services,
    viewer: &Viewer,
    posted: &Posted,
) -> Result<Result<Vec<Wish>, Form>, Fault> {
    let roles = services.workspaces.list_roles(viewer.caller.organization_id()).await?;
    let role = posted.text("roleId").parse::<RoleId>().ok();
    let form = || posted.clone().form();
    let Some(role) = role.filter(|id| roles.iter().any(|role| role.id == *id)) else {
        return Ok(Err(form().with_error("roleId", "Choose a role.")));
    };
    Ok(match read_wishes(posted.text("list"), &roles, role) {
        Ok(wishes) if wishes.is_empty() => {
            Err(form().with_error("list", "Paste at least one e-mail address."))
        }
        Ok(wishes) => Ok(wishes),
        Err(TooManyWishes(count)) => {
            let sentence = format!(
                "These are {count} entries, and at most {MOST_WISHES} go at once. Split the list."
            );
            Err(form().with_error("list", &sentence))
        }
    })
}
