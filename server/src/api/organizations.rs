//! Workspaces.

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use model::wire::workspaces::{OrganizationReply, OrganizationsReply};
use web::{Fault, Services, api::Call};
use workspaces::{Slug, WorkspaceName};

pub fn routes() -> Router<Services> {
    Router::new().route("/organizations", get(list_organizations).post(create_organization))
}

async fn list_organizations(
    State(services): State<Services>,
    call: Call,
) -> Result<Json<OrganizationsReply>, Fault> {
    let memberships = services.workspaces.list_organizations(call.user.id).await?;
    let organizations = memberships.into_iter().map(Into::into).collect();
    Ok(Json(OrganizationsReply { organizations, next_cursor: None }))
}

async fn create_organization(
    State(services): State<Services>,
    call: Call,
) -> Result<(StatusCode, Json<OrganizationReply>), Fault> {
    let name = WorkspaceName::parse(call.params.required_text("name")?)
        .map_err(|error| Fault::invalid("name", error.to_string()))?;
    let slug = call
        .params
        .text("slug")?
        .map(Slug::parse)
        .transpose()
        .map_err(|error| Fault::invalid("slug", error.to_string()))?;
    let membership = services.workspaces.create_organization(call.actor(), &name, slug).await?;
    let organization = membership.into();
    Ok((StatusCode::CREATED, Json(OrganizationReply { organization })))
}
