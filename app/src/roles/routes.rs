//! The roles' pages and forms.

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use model::{Code, Permission, Permissions, ids::RoleId};
use serde::Deserialize;
use web::{Fault, Services, pages::Member as Viewer};
use workspaces::{Role, RoleChanges, RoleName};

use super::{ListedRole, RolePage, RolesPage, role_page, roles_page};
use crate::{
    posted::Posted,
    serving::{html, member_chrome},
    ui::{form::Form, notice::Notice},
};

pub fn routes() -> Router<Services> {
    let roles = "/{workspace}/access/roles";
    Router::new()
        .route(roles, get(show))
        .route(&format!("{roles}/new"), get(show_new).post(create))
        .route(&format!("{roles}/{{role}}"), get(show_one).post(change))
        .route(&format!("{roles}/{{role}}/delete"), post(delete))
}

#[derive(Deserialize)]
struct Wanted {
    done: Option<String>,
    from: Option<String>,
}

async fn show(
    State(services): State<Services>,
    viewer: Viewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    let caller = &viewer.caller;
    caller.require(Permission::UsersRead)?;
    let can_manage = caller.require(Permission::UsersPermissionsManage).is_ok();
    let listed = |role: Role| ListedRole {
        can_change: can_manage && role.kind.is_none() && caller.membership.may_give(&role),
        role: role.into(),
    };
    let roles = services.workspaces.list_roles(caller.organization_id()).await?;
    let data = RolesPage {
        roles: roles.into_iter().map(listed).collect(),
        can_manage,
        notice: notice_of(wanted.done.as_deref()),
    };
    Ok(html(StatusCode::OK, roles_page(&member_chrome(&services, &viewer).await?, data)))
}

fn notice_of(done: Option<&str>) -> Option<Notice> {
    let text = match done? {
        "created" => "Role created. Give it to people on Team, or invite someone with it.",
        "changed" => "Role changed. Whoever has it is held to it from their next request on.",
        "deleted" => "Role deleted.",
        _ => return None,
    };
    Some(Notice::good(text))
}

/// The list that every form leads back to is for those who see the members.
fn require_both(viewer: &Viewer) -> Result<(), Fault> {
    viewer.caller.require(Permission::UsersRead)?;
    Ok(viewer.caller.require(Permission::UsersPermissionsManage)?)
}

async fn find(services: &Services, viewer: &Viewer, id: &str) -> Result<Role, Fault> {
    let id: RoleId = id.parse().map_err(|_| Fault::of(Code::RoleNotFound))?;
    let roles = services.workspaces.list_roles(viewer.caller.organization_id()).await?;
    roles.into_iter().find(|role| role.id == id).ok_or(Fault::of(Code::RoleNotFound))
}

/// The role, when the viewer may change it.
async fn find_own(services: &Services, viewer: &Viewer, id: &str) -> Result<Role, Fault> {
    require_both(viewer)?;
    let role = find(services, viewer, id).await?;
    let held = viewer.caller.membership.permissions;
    if let Some(above) = role.permissions.iter().find(|key| !held.has(*key)) {
        viewer.caller.require(above)?;
    }
    if role.kind.is_some() { Err(Fault::of(Code::RoleIsFixed)) } else { Ok(role) }
}

async fn show_new(
    State(services): State<Services>,
    viewer: Viewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    require_both(&viewer)?;
    let copied = match wanted.from.as_deref() {
        Some(id) => Some(find(&services, &viewer, id).await?),
        None => None,
    };
    render_new(&services, &viewer, StatusCode::OK, copied, Form::default()).await
}

async fn render_new(
    services: &Services,
    viewer: &Viewer,
    status: StatusCode,
    copied: Option<Role>,
    form: Form,
) -> Result<Response, Fault> {
    let held = viewer.caller.membership.permissions;
    let name = copied.as_ref().map(|role| copy_name(&role.name)).unwrap_or_default();
    let permissions = copied.as_ref().map(|role| role.permissions).unwrap_or_default();
    let copied = copied.map(|role| role.name);
    let data = RolePage { role: None, copied, name, permissions, held, invitations: 0, form };
    Ok(html(status, role_page(&member_chrome(services, viewer).await?, data)))
}

/// A name for a copy, no longer than names may be.
fn copy_name(name: &str) -> String {
    format!("Copy of {name}").chars().take(RoleName::MAX_CHARS).collect()
}

async fn render_own(
    services: &Services,
    viewer: &Viewer,
    status: StatusCode,
    role: Role,
    form: Form,
) -> Result<Response, Fault> {
    let organization = viewer.caller.organization_id();
    let invitations = services.workspaces.list_invitations(organization).await?;
    let offered = invitations.iter().filter(|one| one.role_id == role.id).count();
    let data = RolePage {
        copied: None,
        name: role.name.clone(),
        permissions: role.permissions,
        held: viewer.caller.membership.permissions,
        invitations: i64::try_from(offered).unwrap_or(i64::MAX),
        role: Some(role.into()),
        form,
    };
    Ok(html(status, role_page(&member_chrome(services, viewer).await?, data)))
}

async fn show_one(
    State(services): State<Services>,
    Path((_, id)): Path<(String, String)>,
    viewer: Viewer,
) -> Result<Response, Fault> {
    let role = find_own(&services, &viewer, &id).await?;
    render_own(&services, &viewer, StatusCode::OK, role, Form::default()).await
}

/// What was typed and ticked.
fn read(posted: &Posted) -> (Result<RoleName, String>, Permissions) {
    let name = RoleName::parse(posted.text("name")).map_err(|error| error.to_string());
    (name, posted.permissions())
}

async fn create(
    State(services): State<Services>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    require_both(&viewer)?;
    let (name, permissions) = read(&posted);
    let form = posted.form();
    let name = match name {
        Ok(name) => name,
        Err(sentence) => {
            let form = form.with_error("name", &sentence);
            return render_new(&services, &viewer, StatusCode::BAD_REQUEST, None, form).await;
        }
    };
    let organization = viewer.caller.organization_id();
    let made =
        services.workspaces.create_role(viewer.actor(), organization, &name, permissions).await;
    match made.map_err(Fault::from) {
        Ok(_) => Ok(to_roles(&viewer, "created")),
        Err(fault) if fault.code == Code::RoleNameTaken => {
            let form = form.with_code(fault.code);
            render_new(&services, &viewer, fault.status(), None, form).await
        }
        Err(fault) => Err(fault),
    }
}

async fn change(
    State(services): State<Services>,
    Path((_, id)): Path<(String, String)>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    let role = find_own(&services, &viewer, &id).await?;
    let (name, permissions) = read(&posted);
    let form = posted.form();
    let name = match name {
        Ok(name) => name,
        Err(sentence) => {
            let form = form.with_error("name", &sentence);
            return render_own(&services, &viewer, StatusCode::BAD_REQUEST, role, form).await;
        }
    };
    let changes = RoleChanges { name: Some(name), permissions: Some(permissions) };
    let organization = viewer.caller.organization_id();
    let done =
        services.workspaces.change_role(viewer.actor(), organization, role.id, changes).await;
    match done.map_err(Fault::from) {
        Ok(_) => Ok(to_roles(&viewer, "changed")),
        Err(fault) if fault.code == Code::RoleNameTaken => {
            let form = form.with_code(fault.code);
            render_own(&services, &viewer, fault.status(), role, form).await
        }
        Err(fault) => Err(fault),
    }
}

async fn delete(
    State(services): State<Services>,
    Path((_, id)): Path<(String, String)>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    let role = find_own(&services, &viewer, &id).await?;
    posted.require_confirmed("delete")?;
    let organization = viewer.caller.organization_id();
    let deleted = services.workspaces.delete_role(viewer.actor(), organization, role.id).await;
    match deleted.map_err(Fault::from) {
        Ok(()) => Ok(to_roles(&viewer, "deleted")),
        Err(fault) if fault.code == Code::RoleInUse => {
            let team = format!("/{}/access/team", viewer.caller.membership.organization.slug);
            let form = Form::default().with_code(fault.code).with_door("Open Team", &team);
            render_own(&services, &viewer, fault.status(), role, form).await
        }
        Err(fault) => Err(fault),
    }
}

fn to_roles(viewer: &Viewer, done: &str) -> Response {
    let workspace = &viewer.caller.membership.organization.slug;
    Redirect::to(&format!("/{workspace}/access/roles?done={done}")).into_response()
}
