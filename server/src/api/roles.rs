//! Roles, and the permissions that they are made of.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use model::{
    Code, Permission, Permissions,
    ids::{OrganizationId, RoleId},
    wire::team::{PermissionsReply, RoleReply, RolesReply},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{
    Fault, Services,
    api::{Params, WorkspaceCall},
};
use workspaces::{RoleChanges, RoleName};

use super::shapes::{OfWorkspace, RoleTitle};

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(list_roles, create_role))
        .routes(routes!(change_role, delete_role))
        .routes(routes!(list_permissions))
}

/// Lists the workspace's roles, the starter roles first.
///
/// Takes the permission `users.read`.
#[utoipa::path(
    get, path = "/roles", tag = "Roles", params(OfWorkspace),
    responses((status = 200, description = "Every role.", body = RolesReply)),
)]
async fn list_roles(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<Json<RolesReply>, Fault> {
    let caller = call.authorise(Permission::UsersRead).await?;
    let roles = services.workspaces.list_roles(caller.organization_id()).await?;
    let roles = roles.into_iter().map(Into::into).collect();
    Ok(Json(RolesReply { roles, next_cursor: None }))
}

/// Lists every permission key and what holding it allows.
///
/// They are the same in every workspace. Takes the permission `users.read`.
#[utoipa::path(
    get, path = "/permissions", tag = "Roles", params(OfWorkspace),
    responses((status = 200, description = "Every key.", body = PermissionsReply)),
)]
async fn list_permissions(call: WorkspaceCall) -> Result<Json<PermissionsReply>, Fault> {
    call.authorise(Permission::UsersRead).await?;
    Ok(Json(PermissionsReply::catalogue()))
}

/// A role to make.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CreateRole {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
    /// What people call it; no other role of the workspace has this name.
    pub name: RoleTitle,
    /// What it permits.
    pub permissions: Permissions,
}

/// Makes a role of the workspace's own.
///
/// Nobody makes one with a permission that they do not hold. Takes the permission `users.permissions.manage`.
#[utoipa::path(
    post, path = "/roles", tag = "Roles",
    request_body = CreateRole,
    responses((status = 201, description = "The new role.", body = RoleReply)),
    extensions(("x-codes" = json!([Code::RoleNameTaken]))),
)]
async fn create_role(
    State(services): State<Services>,
    call: WorkspaceCall,
) -> Result<(StatusCode, Json<RoleReply>), Fault> {
    let name = read_name(call.params().required_text("name")?)?;
    let permissions =
        call.params().permissions("permissions")?.ok_or_else(|| Fault::required("permissions"))?;
    let caller = call.authorise(Permission::UsersPermissionsManage).await?;
    let organization = caller.organization_id();
    let role =
        services.workspaces.create_role(call.actor(), organization, &name, permissions).await?;
    Ok((StatusCode::CREATED, Json(RoleReply { role: role.into() })))
}

/// Changes to a role.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct ChangeRole {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
    /// What people call it.
    pub name: Option<RoleTitle>,
    /// All that it permits.
    pub permissions: Option<Permissions>,
}

/// Changes a role of the workspace's own.
///
/// What is absent stays. Members who have it are held to it from their next request on. Nobody changes a role that
/// permits more than they hold. Takes the permission `users.permissions.manage`.
#[utoipa::path(
    patch, path = "/roles/{id}", tag = "Roles",
    params(("id" = RoleId, Path, description = "The role.")),
    request_body = ChangeRole,
    responses((status = 200, description = "The role as it is now.", body = RoleReply)),
    extensions(("x-codes" = json!([Code::RoleNotFound, Code::RoleIsFixed, Code::RoleNameTaken]))),
)]
async fn change_role(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<Json<RoleReply>, Fault> {
    let changes = read_changes(call.params())?;
    let caller = call.authorise(Permission::UsersPermissionsManage).await?;
    let (organization, id) = (caller.organization_id(), RoleId::or_nothing(&id));
    let role = services.workspaces.change_role(call.actor(), organization, id, changes).await?;
    Ok(Json(RoleReply { role: role.into() }))
}

/// Deletes a role of the workspace's own that nobody has.
///
/// Takes the permission `users.permissions.manage`.
#[utoipa::path(
    delete, path = "/roles/{id}", tag = "Roles",
    params(("id" = RoleId, Path, description = "The role."), OfWorkspace),
    responses((status = 204, description = "It is deleted.")),
    extensions(("x-codes" = json!([Code::RoleNotFound, Code::RoleIsFixed, Code::RoleInUse]))),
)]
async fn delete_role(
    State(services): State<Services>,
    Path(id): Path<String>,
    call: WorkspaceCall,
) -> Result<StatusCode, Fault> {
    let caller = call.authorise(Permission::UsersPermissionsManage).await?;
    let (organization, id) = (caller.organization_id(), RoleId::or_nothing(&id));
    services.workspaces.delete_role(call.actor(), organization, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read_changes(params: &Params) -> Result<RoleChanges, Fault> {
    let name = params.text("name")?.map(read_name).transpose()?;
    Ok(RoleChanges { name, permissions: params.permissions("permissions")? })
}

fn read_name(text: &str) -> Result<RoleName, Fault> {
    RoleName::parse(text).map_err(|error| Fault::invalid("name", error.to_string()))
}
