//! Another role, other grants.

use audit::Actor;
use db::on_db;
use model::{
    Permission, Permissions,
    ids::{MemberId, OrganizationId, RoleId},
};
use serde_json::{Value, json};

use super::{Member, Team};
use crate::{Result, Workspaces};

/// What to change about a member; none stays as it is.
#[derive(Debug, Clone, Default)]
pub struct MemberChanges {
    /// Their role.
    pub role: Option<RoleId>,
    /// What they are granted beside it.
    pub grants: Option<Permissions>,
}

const UPDATE: &str = "UPDATE members SET role_id = $3, grants = $4
    WHERE organization_id = $1 AND id = $2";

impl Workspaces {
    /// Changes a member.
    ///
    /// # Errors
    ///
    /// In this order: [`Error::Forbidden`](crate::Error::Forbidden) without the permission,
    /// [`Error::MemberNotFound`](crate::Error::MemberNotFound),
    /// [`Error::RoleNotFound`](crate::Error::RoleNotFound), forbidden again over someone above oneself or with
    /// more than one holds, [`Error::LastOwner`](crate::Error::LastOwner).
    pub async fn change_member(
        &self,
        actor: Actor,
        organization: OrganizationId,
        id: MemberId,
        changes: MemberChanges,
    ) -> Result<Member> {
        let mut team = Team::enter(&self.db, actor, organization, Permission::UsersManage).await?;
        if changes.grants.is_some() {
            team.require(Permission::UsersPermissionsManage)?;
        }
        let before = team.member(id).await?;
        let role = team.role(changes.role.unwrap_or(before.role_id)).await?;
        team.require_not_above(&before)?;
        team.require_over(&role)?;
        let grants = changes.grants.unwrap_or(before.grants);
        team.require_all(grants)?;
        if before.is_owner && !role.is_owner() {
            team.require_another_owner().await?;
        }
        let touched = on_db!(team.tx.conn()?, c => sqlx::query(UPDATE)
            .bind(organization.uuid())
            .bind(id.uuid())
            .bind(role.id.uuid())
            .bind(grants.stored())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        if before.is_owner != role.is_owner() {
            // What an owner has offered, or someone was offered who is one now, does not come back with their role.
            team.end_offers_of(before.user_id).await?;
        }
        let after = team.member(id).await?;
        if after != before {
            let told = |member: &Member| Some(told(member));
            team.record("member.changed", id, told(&before), told(&after)).await?;
        }
        team.commit().await?;
        Ok(after)
    }
}

fn told(member: &Member) -> Value {
    json!({ "email": member.email, "role": member.role_name, "grants": member.grants })
}
