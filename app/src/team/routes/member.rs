//! One member: their page, other permissions, and the way out.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use model::{
    Code, Permission, Permissions,
    ids::{MemberId, RoleId},
};
use web::{Fault, Services, pages::Member as Viewer};
use workspaces::MemberChanges;

use super::{
    super::{MemberPage, member_page},
    Wanted, givable, notice_of, to_team,
};
use crate::{
    posted::Posted,
    serving::{html, member_chrome, refused},
    settings::WayOut,
    ui::{form::Form, notice::Notice},
};

pub(super) async fn show(
    State(services): State<Services>,
    Path((_, id)): Path<(String, String)>,
    viewer: Viewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    let notice = notice_of(wanted.done.as_deref());
    let id = member_id(&viewer, &id)?;
    let page = render(&services, &viewer, id, Form::default(), notice).await?;
    Ok(html(StatusCode::OK, page))
}

async fn render(
    services: &Services,
    viewer: &Viewer,
    id: MemberId,
    form: Form,
    notice: Option<Notice>,
) -> Result<String, Fault> {
    let caller = &viewer.caller;
    let (organization, membership) = (caller.organization_id(), &caller.membership);
    let is_you = id == membership.member_id;
    if !is_you {
        caller.require(Permission::UsersRead)?;
    }
    let member = services.workspaces.get_member(organization, id).await?;
    let may_manage =
        caller.require(Permission::UsersManage).is_ok() && membership.may_change(&member);
    let may_grant = may_manage && caller.require(Permission::UsersPermissionsManage).is_ok();
    let roles = services.workspaces.list_roles(organization).await?;
    let of_role = roles.iter().find(|role| role.id == member.role_id);
    let of_role = of_role.map(|role| role.permissions).unwrap_or_default();
    let data = MemberPage {
        now: services.db.now(),
        of_role,
        leave: if is_you { Some(way_out(services, viewer).await?) } else { None },
        can_read_team: caller.require(Permission::UsersRead).is_ok(),
        roles: if may_manage { givable(viewer, roles) } else { Vec::new() },
        grantable: if may_grant { membership.permissions } else { Permissions::default() },
        can_remove: may_manage && !is_you,
        member: member.into(),
        form,
        notice,
    };
    Ok(member_page(&member_chrome(services, viewer).await?, data))
}

/// Whether the viewer can leave.
async fn way_out(services: &Services, viewer: &Viewer) -> Result<WayOut, Fault> {
    if !viewer.caller.membership.is_owner {
        return Ok(WayOut::Open);
    }
    let members = services.workspaces.list_members(viewer.caller.organization_id()).await?;
    let owners = members.iter().filter(|member| member.is_owner).count();
    Ok(WayOut::of_owner(owners, members.len() - owners))
}

pub(super) async fn change(
    State(services): State<Services>,
    Path((_, id)): Path<(String, String)>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    viewer.caller.require(Permission::UsersManage)?;
    let id = member_id(&viewer, &id)?;
    match save(&services, &viewer, id, &posted).await {
        Ok(()) => {
            let workspace = &viewer.caller.membership.organization.slug;
            let page = format!("/{workspace}/access/team/{id}?done=changed");
            Ok(Redirect::to(&page).into_response())
        }
        Err(fault) => refuse(&services, &viewer, id, posted.form(), fault).await,
    }
}

async fn save(
    services: &Services,
    viewer: &Viewer,
    id: MemberId,
    posted: &Posted,
) -> Result<(), Fault> {
    let role = posted.find("roleId").map(str::parse).transpose();
    let role: Option<RoleId> = role.map_err(|_| Fault::of(Code::RoleNotFound))?;
    let grants = posted.is_ticked("grants").then(|| posted.permissions());
    let (organization, changes) = (viewer.caller.organization_id(), MemberChanges { role, grants });
    services.workspaces.change_member(viewer.actor(), organization, id, changes).await?;
    Ok(())
}

/// What a person can mend is told on the member's page; what they cannot is a page of its own.
async fn refuse(
    services: &Services,
    viewer: &Viewer,
    id: MemberId,
    form: Form,
    fault: Fault,
) -> Result<Response, Fault> {
    let form = match fault.code {
        Code::LastOwner => form.with_code(fault.code),
        Code::RoleNotFound => form.with_error("roleId", "This role is gone. Choose another."),
        Code::Forbidden if fault.denied.is_some() => form.with_problem(
            "This is not yours to change.",
            "The member may do more than you, or it would give them what you do not hold. Ask an owner.",
        ),
        _ => return Err(fault),
    };
    Ok(refused(&fault, render(services, viewer, id, form, None).await?))
}

pub(super) async fn remove(
    State(services): State<Services>,
    Path((_, id)): Path<(String, String)>,
    viewer: Viewer,
    posted: Posted,
) -> Result<Response, Fault> {
    posted.require_confirmed("remove")?;
    viewer.caller.require(Permission::UsersManage)?;
    let (organization, id) = (viewer.caller.organization_id(), member_id(&viewer, &id)?);
    let removed = services.workspaces.remove_member(viewer.actor(), organization, id).await;
    match removed.map_err(Fault::from) {
        Ok(()) if id == viewer.caller.membership.member_id => {
            Ok(Redirect::to("/workspaces?done=left").into_response())
        }
        Ok(()) => Ok(to_team(&viewer, "removed")),
        Err(fault) => refuse(&services, &viewer, id, Form::default(), fault).await,
    }
}

/// Whether an id is somebody's is told only to those who may know.
fn member_id(viewer: &Viewer, text: &str) -> Result<MemberId, Fault> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    viewer.caller.require(Permission::UsersRead)?;
    Err(Fault::of(Code::MemberNotFound))
}
