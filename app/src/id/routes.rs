//! Any id Tiny ever handed out leads to its page, for those who may see it.

use audit::Filter;
use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use model::{
    Permission,
    ids::{
        AttemptId, AuditId, InvitationId, MemberId, OrganizationId, RequestId, RoleId, SourceId,
    },
};
use serde::Deserialize;
use web::{Fault, Services, pages::Viewer};
use workspaces::Membership;

use super::{UnknownIdPage, page};
use crate::{
    serving::{html, viewer_chrome},
    unmatched,
};

pub fn routes() -> Router<Services> {
    Router::new().route("/id", get(search)).route("/id/{id}", get(resolve))
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    id: String,
}

async fn search(
    State(services): State<Services>,
    viewer: Viewer,
    Query(query): Query<Search>,
) -> Result<Response, Fault> {
    find(&services, &viewer, query.id.trim()).await
}

async fn resolve(
    State(services): State<Services>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    find(&services, &viewer, id.trim()).await
}

async fn find(services: &Services, viewer: &Viewer, id: &str) -> Result<Response, Fault> {
    if let Some(path) = page_of(services, viewer, id).await? {
        return Ok(Redirect::to(&path).into_response());
    }
    let chrome = viewer_chrome(services, viewer).await?;
    let exchange_at = id.parse().ok().map(RequestId::at).filter(|at| *at <= services.db.now());
    let gone = attempt_of(id).and_then(|attempt| services.no_attempt(attempt).message);
    let data = UnknownIdPage { id: id.to_owned(), exchange_at, gone };
    Ok(html(StatusCode::NOT_FOUND, page(&chrome, data)))
}

/// Looks in every workspace of the viewer and in no other, and where none is, when the instance is theirs.
async fn page_of(services: &Services, viewer: &Viewer, id: &str) -> Result<Option<String>, Fault> {
    for membership in services.workspaces.list_organizations(viewer.user.id).await? {
        if let Some(page) = page_in(services, &membership, id).await? {
            return Ok(Some(page));
        }
    }
    if viewer.user.is_instance_owner {
        return of_instance(services, id).await;
    }
    Ok(None)
}

/// The page of an id that is no workspace's, for whoever runs the instance.
async fn of_instance(services: &Services, id: &str) -> Result<Option<String>, Fault> {
    let Some(attempt) = attempt_of(id) else { return Ok(None) };
    let found = attempts::find_unmatched(&services.db, attempt).await?;
    Ok(found.map(|_| format!("{}/{attempt}", unmatched::PATH)))
}

/// The attempt that an id names, its own or its exchange's.
fn attempt_of(id: &str) -> Option<AttemptId> {
    id.parse().ok().or_else(|| id.parse().ok().map(RequestId::attempt))
}

/// The page of an id of this workspace, when the member may see it.
async fn page_in(
    services: &Services,
    membership: &Membership,
    id: &str,
) -> Result<Option<String>, Fault> {
    let organization = &membership.organization;
    let home = format!("/{}", organization.slug);
    if id.parse() == Ok(organization.id) {
        return Ok(Some(home));
    }
    if id.parse() == Ok(membership.member_id) {
        return Ok(Some(format!("{home}/access/team/{id}")));
    }
    let may = |key| membership.permissions.has(key);
    let mut page = None;
    if may(Permission::AnalyticsReport) {
        page = in_analytics(services, organization.id, id).await?;
    }
    if page.is_none() && may(Permission::UsersRead) {
        page = in_team(services, organization.id, id).await?;
    }
    if page.is_none() && may(Permission::AuditRead) {
        page = in_audit(services, organization.id, id).await?;
    }
    Ok(page.map(|page| home + &page))
}

async fn in_analytics(
    services: &Services,
    organization: OrganizationId,
    id: &str,
) -> Result<Option<String>, Fault> {
    if let Some(attempt) = attempt_of(id) {
        let found = attempts::find(&services.db, organization, attempt).await?;
        return Ok(found.map(|_| format!("/analytics/setup/debug/{attempt}")));
    }
    let Ok(source) = id.parse::<SourceId>() else { return Ok(None) };
    match services.sources.get_source(organization, source).await {
        Ok(source) => Ok(Some(format!("/analytics/setup?source={}", source.slug))),
        Err(sources::Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn in_team(
    services: &Services,
    organization: OrganizationId,
    id: &str,
) -> Result<Option<String>, Fault> {
    let workspaces = &services.workspaces;
    if let Ok(member) = id.parse::<MemberId>() {
        return match workspaces.get_member(organization, member).await {
            Ok(_) => Ok(Some(format!("/access/team/{member}"))),
            Err(workspaces::Error::MemberNotFound) => Ok(None),
            Err(error) => Err(error.into()),
        };
    }
    if let Ok(role) = id.parse::<RoleId>() {
        let roles = workspaces.list_roles(organization).await?;
        let is_one = roles.iter().any(|one| one.id == role);
        return Ok(is_one.then(|| "/access/roles".to_owned()));
    }
    let Ok(invitation) = id.parse::<InvitationId>() else { return Ok(None) };
    let open = workspaces.list_invitations(organization).await?;
    let is_one = open.iter().any(|one| one.id == invitation);
    Ok(is_one.then(|| "/access/team#invitations".to_owned()))
}

async fn in_audit(
    services: &Services,
    organization: OrganizationId,
    id: &str,
) -> Result<Option<String>, Fault> {
    let request = if let Ok(entry) = id.parse::<AuditId>() {
        audit::find_request(&services.db, organization, entry).await?
    } else if let Ok(request) = id.parse::<RequestId>() {
        let filter = Filter { request: Some(request), limit: 1, ..Filter::default() };
        let entries = audit::list(&services.db, organization, &filter).await?;
        entries.into_iter().next().map(|entry| entry.request_id)
    } else {
        None
    };
    Ok(request.map(|request| format!("/access/audit?request={request}")))
}
