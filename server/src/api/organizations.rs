//! Workspaces.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use model::{
    Code, Permission,
    ids::OrganizationId,
    wire::workspaces::{OrganizationReply, OrganizationsReply},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{
    Fault, Services,
    api::{Call, Params},
};
use workspaces::{OrganizationChanges, Slug, WorkspaceName};

use super::shapes::{Nothing, Title, WorkspaceWord};

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(list_organizations, create_organization))
        .routes(routes!(change_organization, delete_organization))
        .routes(routes!(restore_organization))
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
    let is_opened = |id| call.scope.organization.is_none_or(|only| only == id);
    let opened = memberships.into_iter().filter(|one| is_opened(one.organization.id));
    let deleted = services.workspaces.list_deleted(call.user.id).await?;
    let deleted = deleted.into_iter().filter(|one| is_opened(one.organization.id));
    Ok(Json(OrganizationsReply {
        organizations: opened.map(Into::into).collect(),
        deleted: deleted.map(Into::into).collect(),
        next_cursor: None,
    }))
}

/// A workspace to make.
#[derive(ToSchema)]
pub struct CreateOrganization {
    /// What people call it.
    pub name: Title,
    /// Its place in page addresses; made from the name when absent.
    pub slug: Option<WorkspaceWord>,
}

/// Makes a workspace.
///
/// Whoever makes one is its owner and holds every permission in it. A named token makes none: 403.
#[utoipa::path(
    post, path = "/organizations", tag = "Workspaces",
    request_body = CreateOrganization,
    responses((status = 201, description = "The new workspace.", body = OrganizationReply)),
    extensions(("x-codes" = json!([Code::Forbidden, Code::SlugTaken]))),
)]
async fn create_organization(
    State(services): State<Services>,
    call: Call,
) -> Result<(StatusCode, Json<OrganizationReply>), Fault> {
    let name = read_name(call.params.required_text("name")?)?;
    let slug = read_slug(&call.params)?;
    call.require_person()?;
    let membership = services.workspaces.create_organization(call.actor(), &name, slug).await?;
    let organization = membership.into();
    Ok((StatusCode::CREATED, Json(OrganizationReply { organization })))
}

/// Changes to a workspace.
#[derive(ToSchema)]
pub struct ChangeOrganization {
    /// What people call it.
    pub name: Option<Title>,
    /// Its place in page addresses; links with the old one stop.
    pub slug: Option<WorkspaceWord>,
}

/// Gives a workspace another name or slug.
///
/// What is absent stays. Takes the permission `workspace.manage`.
#[utoipa::path(
    patch, path = "/organizations/{id}", tag = "Workspaces",
    params(("id" = OrganizationId, Path, description = "The workspace.")),
    request_body = ChangeOrganization,
    responses((status = 200, description = "The workspace as it is now.", body = OrganizationReply)),
    extensions(("x-codes" = json!([Code::Forbidden, Code::SlugTaken]))),
)]
async fn change_organization(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Json<OrganizationReply>, Fault> {
    let name = call.params.text("name")?.map(read_name).transpose()?;
    let changes = OrganizationChanges { name, slug: read_slug(&call.params)? };
    let caller = call.member_of(&services, &id).await?;
    caller.require(Permission::WorkspaceManage)?;
    let organization = caller.organization_id();
    let after =
        services.workspaces.change_organization(call.actor(), organization, changes).await?;
    Ok(Json(OrganizationReply { organization: after.into() }))
}

/// Deletes a workspace.
///
/// For seven days an owner can have it back; its sources take nothing meanwhile. Then all that it holds is removed.
/// Only an owner may, and not by a named token: 403.
#[utoipa::path(
    delete, path = "/organizations/{id}", tag = "Workspaces",
    params(
        ("id" = OrganizationId, Path, description = "The workspace."),
        ("confirm" = String, Query, description = "Its slug, which says that it is meant."),
    ),
    responses((status = 204, description = "It is deleted.")),
    extensions(("x-codes" = json!([Code::Forbidden]))),
)]
async fn delete_organization(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: Call,
) -> Result<StatusCode, Fault> {
    let confirm = call.params.required_text("confirm")?;
    let caller = call.member_of(&services, &id).await?;
    call.require_person_in(&caller, Permission::WorkspaceManage)?;
    caller.require(Permission::WorkspaceManage)?;
    if confirm != caller.membership.organization.slug {
        return Err(Fault::invalid("confirm", "confirm must be the slug of this workspace."));
    }
    services.delete_organization(call.actor(), caller.organization_id()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a deleted workspace back, as it was.
///
/// Within seven days, by someone who was an owner. A named token brings none back: 403.
#[utoipa::path(
    post, path = "/organizations/{id}/restore", tag = "Workspaces",
    params(("id" = OrganizationId, Path, description = "The workspace.")),
    request_body = Nothing,
    responses((status = 200, description = "The workspace.", body = OrganizationReply)),
    extensions(("x-codes" = json!([Code::Forbidden]))),
)]
async fn restore_organization(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Json<OrganizationReply>, Fault> {
    call.require_person()?;
    let id = OrganizationId::or_nothing(&id);
    let restored = services.restore_organization(call.actor(), id).await?;
    Ok(Json(OrganizationReply { organization: restored.into() }))
}

fn read_name(text: &str) -> Result<WorkspaceName, Fault> {
    WorkspaceName::parse(text).map_err(|error| Fault::invalid("name", error.to_string()))
}

fn read_slug(params: &Params) -> Result<Option<Slug>, Fault> {
    let slug = params.text("slug")?.map(Slug::parse).transpose();
    slug.map_err(|error| Fault::invalid("slug", error.to_string()))
}
