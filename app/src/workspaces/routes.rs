//! The list of workspaces, having one back, and making one.

use axum::{
    Router,
    extract::{Form as Fields, Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use model::{Code, ids::OrganizationId};
use serde::Deserialize;
use web::{Fault, Services, pages::Viewer};
use workspaces::{Slug, WorkspaceName};

use super::{NewWorkspacePage, WorkspacesPage, list_page, page};
use crate::{
    serving::{html, viewer_chrome},
    ui::{form::Form, notice::Notice},
};

pub fn routes() -> Router<Services> {
    Router::new()
        .route("/workspaces", get(show_all))
        .route("/workspaces/new", get(show_new).post(create))
        .route("/workspaces/{id}/restore", post(restore))
}

#[derive(Deserialize)]
struct Wanted {
    done: Option<String>,
}

async fn show_all(
    State(services): State<Services>,
    viewer: Viewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    let notice = notice_of(wanted.done.as_deref());
    render_all(&services, &viewer, StatusCode::OK, notice).await
}

fn notice_of(done: Option<&str>) -> Option<Notice> {
    let text = match done? {
        "deleted" => {
            "Workspace deleted. Its sources take nothing any more; you can have it back for seven days."
        }
        "restored" => "Workspace restored, as it was. Its sources take requests again.",
        "left" => "You have left the workspace.",
        _ => return None,
    };
    Some(Notice::good(text))
}

async fn render_all(
    services: &Services,
    viewer: &Viewer,
    status: StatusCode,
    notice: Option<Notice>,
) -> Result<Response, Fault> {
    let chrome = viewer_chrome(services, viewer).await?;
    let deleted = services.workspaces.list_deleted(viewer.user.id).await?;
    let data = WorkspacesPage {
        organizations: chrome.organizations.clone(),
        deleted: deleted.into_iter().map(Into::into).collect(),
        notice,
    };
    Ok(html(status, list_page(&chrome, data)))
}

async fn restore(
    State(services): State<Services>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let id: OrganizationId = id.parse().map_err(|_| Fault::of(Code::Forbidden))?;
    match services.restore_organization(viewer.actor(), id).await {
        Ok(_) => Ok(Redirect::to("/workspaces?done=restored").into_response()),
        Err(fault) if fault.code == Code::Forbidden => {
            let notice = Notice::bad("This workspace is not there to be had back any more.");
            render_all(&services, &viewer, StatusCode::FORBIDDEN, Some(notice)).await
        }
        Err(fault) => Err(fault),
    }
}

async fn show_new(State(services): State<Services>, viewer: Viewer) -> Result<Response, Fault> {
    let chrome = viewer_chrome(&services, &viewer).await?;
    Ok(html(StatusCode::OK, page(&chrome, NewWorkspacePage { form: Form::default() })))
}

#[derive(Deserialize)]
struct New {
    #[serde(default)]
    name: String,
    #[serde(default)]
    slug: String,
}

async fn create(
    State(services): State<Services>,
    viewer: Viewer,
    Fields(fields): Fields<New>,
) -> Result<Response, Fault> {
    let mut form = Form::sent([
        ("name".to_owned(), fields.name.clone()),
        ("slug".to_owned(), fields.slug.clone()),
    ]);
    let name = WorkspaceName::parse(&fields.name);
    let slug =
        Some(fields.slug.trim()).filter(|slug| !slug.is_empty()).map(Slug::parse).transpose();
    let status = match (&name, &slug) {
        (Ok(name), Ok(slug)) => {
            let slug = slug.clone();
            match services.workspaces.create_organization(viewer.actor(), name, slug).await {
                Ok(made) => {
                    return Ok(
                        Redirect::to(&format!("/{}", made.organization.slug)).into_response()
                    );
                }
                Err(workspaces::Error::SlugTaken) => {
                    form = form.with_code(Code::SlugTaken);
                    StatusCode::CONFLICT
                }
                Err(error) => return Err(error.into()),
            }
        }
        _ => StatusCode::BAD_REQUEST,
    };
    if let Err(error) = &name {
        form = form.with_error("name", &error.to_string());
    }
    if let Err(error) = &slug {
        form = form.with_error("slug", &error.to_string());
    }
    let chrome = viewer_chrome(&services, &viewer).await?;
    Ok(html(status, page(&chrome, NewWorkspacePage { form })))
}
