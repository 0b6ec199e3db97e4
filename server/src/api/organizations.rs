//! Workspaces.

use axum::{Json, extract::State, http::StatusCode};
use model::{
    Code,
    wire::workspaces::{OrganizationReply, OrganizationsReply},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Fault, Services, api::Call};
use workspaces::{Slug, WorkspaceName};

use super::shapes::{PathWord, Title};

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(list_organizations, create_organization))
}

/// Lists the workspaces that the caller is a member of, oldest first.
#[utoipa::path(
    get, path = "/organizations", tag = "Workspaces",
    responses((status = 200, description = "Their workspaces.", body = OrganizationsReply)),
)]
async fn list_organizations(
    State(services): State<Services>,
    call: Call,
) -> Result<Json<OrganizationsReply>, Fault> {
    let memberships = services.workspaces.list_organizations(call.user.id).await?;
    let organizations = memberships.into_iter().map(Into::into).collect();
    Ok(Json(OrganizationsReply { organizations, next_cursor: None }))
}

/// A workspace to make.
#[derive(ToSchema)]
pub struct CreateOrganization {
    /// What people call it.
    pub name: Title,
    /// Its place in page addresses, without a hyphen at an end; made from the name when absent.
    pub slug: Option<PathWord>,
}

/// Makes a workspace.
///
/// Whoever makes one is its owner and holds every permission in it.
#[utoipa::path(
    post, path = "/organizations", tag = "Workspaces",
    request_body = CreateOrganization,
    responses((status = 201, description = "The new workspace.", body = OrganizationReply)),
    extensions(("x-codes" = json!([Code::SlugTaken]))),
)]
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
