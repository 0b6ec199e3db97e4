//! Roles of a workspace's own: made from nothing or as a copy, changed, deleted. The starter roles stay as they are.
//!
//! Nobody makes a role that may do more than they, or touches one that does.

use std::fmt;

use accounts::read_name;
use audit::Actor;
use db::on_db;
use model::{
    Permission, Permissions,
    ids::{OrganizationId, RoleId},
};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use crate::{Error, Result, Workspaces, role::Role, team::Team};

/// A role's name: trimmed, 1 to 60 characters, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleName(String);

/// The text is not a role's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A role's name has 1 to {} characters and no line breaks.", RoleName::MAX_CHARS)]
pub struct NotARoleName;

impl RoleName {
    /// Most characters of a name.
    pub const MAX_CHARS: usize = 60;

    /// Reads what a person typed.
    pub fn parse(text: &str) -> Result<Self, NotARoleName> {
        read_name(text, Self::MAX_CHARS).map(Self).ok_or(NotARoleName)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What to change about a role; none stays as it is.
#[derive(Debug, Clone, Default)]
pub struct RoleChanges {
    /// What people call it.
    pub name: Option<RoleName>,
    /// What it permits.
    pub permissions: Option<Permissions>,
}

const INSERT: &str = "INSERT INTO roles (id, organization_id, name, kind, permissions, created_at)
    VALUES ($1, $2, $3, NULL, $4, $5)";

const UPDATE: &str =
    "UPDATE roles SET name = $3, permissions = $4 WHERE organization_id = $1 AND id = $2";

const DELETE: &str = "DELETE FROM roles WHERE organization_id = $1 AND id = $2";

/// Only one that was never answered holds its role; the others remember it until they are deleted with it.
const COUNT_PENDING: &str = "SELECT COUNT(*) FROM invitations
    WHERE organization_id = $1 AND role_id = $2 AND state = 'pending'";

const FORGET_ENDED: &str = "DELETE FROM invitations
    WHERE organization_id = $1 AND role_id = $2 AND state <> 'pending'";

const NEEDED: Permission = Permission::UsersPermissionsManage;

impl Workspaces {
    /// Makes a role.
    ///
    /// # Errors
    ///
    /// In this order: [`Error::Forbidden`], [`Error::Denied`] without the permission or with more than one holds,
    /// [`Error::RoleNameTaken`].
    pub async fn create_role(
        &self,
        actor: Actor,
        organization: OrganizationId,
        name: &RoleName,
        permissions: Permissions,
    ) -> Result<Role> {
        let mut team = Team::enter(&self.db, actor, organization, NEEDED).await?;
        team.require_all(permissions)?;
        team.require_free_name(name.as_str(), None).await?;
        let id: RoleId = self.db.new_id();
        let now = team.now();
        let done = on_db!(team.tx.conn()?, c => sqlx::query(INSERT)
            .bind(id.uuid())
            .bind(organization.uuid())
            .bind(name.as_str())
            .bind(permissions.stored())
            .bind(now.0)
            .execute(c)
            .await
            .map(|done| done.rows_affected()));
        db::expect_one(done?)?;
        let role = team.role(id).await?;
        team.record("role.created", id, None, Some(told(&role))).await?;
        team.commit().await?;
        Ok(role)
    }

    /// Changes a role; members who have it are held to it from their next request on.
    ///
    /// # Errors
    ///
    /// In this order: [`Error::Forbidden`], [`Error::Denied`] without the permission, [`Error::RoleNotFound`],
    /// denied again when it permits or would permit more than one holds, [`Error::RoleIsFixed`],
    /// [`Error::RoleNameTaken`].
    pub async fn change_role(
        &self,
        actor: Actor,
        organization: OrganizationId,
        id: RoleId,
        changes: RoleChanges,
    ) -> Result<Role> {
        let mut team = Team::enter(&self.db, actor, organization, NEEDED).await?;
        let before = team.editable(id).await?;
        let permissions = changes.permissions.unwrap_or(before.permissions);
        team.require_all(permissions)?;
        if let Some(name) = &changes.name {
            team.require_free_name(name.as_str(), Some(id)).await?;
        }
        let name = changes.name.map_or(before.name.clone(), |name| name.to_string());
        let done = on_db!(team.tx.conn()?, c => sqlx::query(UPDATE)
            .bind(organization.uuid())
            .bind(id.uuid())
            .bind(&name)
            .bind(permissions.stored())
            .execute(c)
            .await
            .map(|done| done.rows_affected()));
        db::expect_one(done?)?;
        let after = team.role(id).await?;
        if after != before {
            team.record("role.changed", id, Some(told(&before)), Some(told(&after))).await?;
        }
        team.commit().await?;
        Ok(after)
    }

    /// Deletes a role that nobody has.
    ///
    /// # Errors
    ///
    /// As [`Self::change_role`], and [`Error::RoleInUse`].
    pub async fn delete_role(
        &self,
        actor: Actor,
        organization: OrganizationId,
        id: RoleId,
    ) -> Result<()> {
        let mut team = Team::enter(&self.db, actor, organization, NEEDED).await?;
        let role = team.editable(id).await?;
        let (pending,) = on_db!(team.tx.conn()?, c => sqlx::query_as::<_, (i64,)>(COUNT_PENDING)
            .bind(organization.uuid())
            .bind(id.uuid())
            .fetch_one(c)
            .await)?;
        if role.members + pending > 0 {
            return Err(Error::RoleInUse);
        }
        for statement in [FORGET_ENDED, DELETE] {
            on_db!(team.tx.conn()?, c => sqlx::query(statement)
                .bind(organization.uuid())
                .bind(id.uuid())
                .execute(c)
                .await
                .map(|_| ()))?;
        }
        team.record("role.deleted", id, Some(told(&role)), None).await?;
        team.commit().await
    }
}

impl Team<'_> {
    /// The role, when whoever acts may change it.
    async fn editable(&mut self, id: RoleId) -> Result<Role> {
        let role = self.role(id).await?;
        self.require_over(&role)?;
        if role.kind.is_some() {
            return Err(Error::RoleIsFixed);
        }
        Ok(role)
    }

    /// Goes on only when no role but `own` has this name, in whatever letters: lists name roles, and must not be able to
    /// mean another.
    async fn require_free_name(&mut self, name: &str, own: Option<RoleId>) -> Result<()> {
        let roles = crate::role::list(&mut self.tx, self.id).await?;
        let is_taken = |role: &Role| Some(role.id) != own && folded(&role.name) == folded(name);
        if roles.iter().any(is_taken) { Err(Error::RoleNameTaken) } else { Ok(()) }
    }
}

/// A name as people tell names apart: `Café` and `CAFE\u{301}` are one.
pub(crate) fn folded(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase().nfc().collect()
}

fn told(role: &Role) -> Value {
    json!({ "name": role.name, "permissions": role.permissions })
}
