//! Roles: what each permits, and those that the workspace makes for itself.

mod routes;
mod view;

pub(crate) use routes::routes;
pub use view::{role_page, roles_page};

use model::{Permissions, wire::team::Role};

use crate::ui::{form::Form, notice::Notice};

/// What `/{workspace}/access/roles` shows.
#[derive(Debug, Clone)]
pub struct RolesPage {
    /// The starter roles first.
    pub roles: Vec<ListedRole>,
    /// Whether the viewer may make roles.
    pub can_manage: bool,
    /// What just happened, after a change.
    pub notice: Option<Notice>,
}

/// One role of the list.
#[derive(Debug, Clone)]
pub struct ListedRole {
    /// The role.
    pub role: Role,
    /// Whether the viewer may change it.
    pub can_change: bool,
}

/// What `/{workspace}/access/roles/new` and `/{workspace}/access/roles/{roleId}` show.
#[derive(Debug, Clone)]
pub struct RolePage {
    /// The role that is changed; none for one that is made.
    pub role: Option<Role>,
    /// The name of the role that a new one begins as a copy of.
    pub copied: Option<String>,
    /// The name at first.
    pub name: String,
    /// What is ticked at first.
    pub permissions: Permissions,
    /// What the viewer holds, and so may tick.
    pub held: Permissions,
    /// Open invitations that offer the role.
    pub invitations: i64,
    /// The form, as it was sent and refused.
    pub form: Form,
}
