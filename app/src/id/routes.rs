//! Any id Tiny ever handed out leads to its page, for those who may see it.

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use model::ids::{AttemptId, OrganizationId, RequestId, SourceId};
use serde::Deserialize;
use web::{Fault, Services, pages::Viewer};

use super::{UnknownIdPage, page};
use crate::serving::{html, viewer_chrome};

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
    Ok(html(StatusCode::NOT_FOUND, page(&chrome, UnknownIdPage { id: id.to_owned(), exchange_at })))
}

/// Looks in every workspace of the viewer, and in no other.
async fn page_of(services: &Services, viewer: &Viewer, id: &str) -> Result<Option<String>, Fault> {
    let attempt = id.parse::<AttemptId>().ok();
    let attempt = attempt.or_else(|| id.parse().ok().map(RequestId::attempt));
    let source = id.parse::<SourceId>().ok();
    let workspace = id.parse::<OrganizationId>().ok();
    for membership in services.workspaces.list_organizations(viewer.user.id).await? {
        let organization = &membership.organization;
        if workspace == Some(organization.id) {
            return Ok(Some(format!("/{}", organization.slug)));
        }
        let setup = format!("/{}/analytics/setup", organization.slug);
        if let Some(attempt) = attempt
            && attempts::find(&services.db, organization.id, attempt).await?.is_some()
        {
            return Ok(Some(format!("{setup}/debug/{attempt}")));
        }
        if let Some(source) = source {
            match services.sources.get_source(organization.id, source).await {
                Ok(source) => return Ok(Some(format!("{setup}?source={}", source.slug))),
                Err(sources::Error::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(None)
}
