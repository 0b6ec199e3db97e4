//! Making a workspace.

use axum::{
    Router,
    extract::{Form as Fields, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;
use web::{Fault, Services, pages::Viewer};
use workspaces::{Slug, WorkspaceName};

use super::{NewWorkspacePage, page};
use crate::{
    serving::{html, viewer_chrome},
    ui::form::Form,
};

pub fn routes() -> Router<Services> {
    Router::new().route("/workspaces/new", get(show_new).post(create))
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
                    form = form.with_code(model::Code::SlugTaken);
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
