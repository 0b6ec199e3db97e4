//! The end of a workspace, and its return within seven days.
//!
//! A deleted workspace is nobody's: none of its members finds it but an owner who can have it back, its sources stop,
//! and its slug stays taken. Its rows go when the days of grace are over.

use audit::Actor;
use db::{Db, on_db};
use model::{
    Permission, UnixMs,
    ids::{OrganizationId, UserId},
    wire,
};
use uuid::Uuid;

use crate::{
    CHANGES, Error, Membership, Organization, Result, Workspaces,
    person::require_person,
    team::{self, Team},
};

/// How long a deleted workspace can be had back: seven days.
pub const DELETED_LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// A workspace that was deleted and can be had back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedOrganization {
    /// The workspace.
    pub organization: Organization,
    /// Until when.
    pub until: UnixMs,
}

impl From<DeletedOrganization> for wire::workspaces::DeletedOrganization {
    fn from(deleted: DeletedOrganization) -> Self {
        let Organization { id, name, slug, .. } = deleted.organization;
        Self { id, name, slug, until: deleted.until }
    }
}

const DELETE: &str = "UPDATE organizations SET deleted_at = $2 WHERE id = $1";

const RESTORE: &str = "UPDATE organizations SET deleted_at = NULL WHERE id = $1";

const LIST_DELETED: &str = "SELECT o.id, o.name, o.slug, o.created_at, o.deleted_at
    FROM organizations o
    JOIN members m ON m.organization_id = o.id
    JOIN roles r ON r.id = m.role_id
    WHERE m.user_id = $1 AND r.kind = 'owner' AND o.deleted_at > $2
    ORDER BY o.deleted_at DESC, o.id";

const LIST_OVERDUE: &str = "SELECT id FROM organizations WHERE deleted_at <= $1 ORDER BY id";

const PURGE: &str = "DELETE FROM organizations WHERE id = $1 AND deleted_at <= $2";

#[derive(sqlx::FromRow)]
struct DeletedRow {
    id: Uuid,
    name: String,
    slug: String,
    created_at: i64,
    deleted_at: i64,
}

impl From<DeletedRow> for DeletedOrganization {
    fn from(row: DeletedRow) -> Self {
        let (id, created_at) = (row.id.into(), UnixMs(row.created_at));
        Self {
            organization: Organization { id, name: row.name, slug: row.slug, created_at },
            until: UnixMs(row.deleted_at).plus_ms(DELETED_LIFE_MS),
        }
    }
}

impl Workspaces {
    /// Deletes a workspace; for seven days an owner can have it back.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`], and [`Error::Denied`] for whoever is not an owner; a tool never is.
    pub async fn delete_organization(&self, actor: Actor, id: OrganizationId) -> Result<()> {
        let mut team = Team::enter(&self.db, actor, id, Permission::WorkspaceManage).await?;
        team.require_owner()?;
        let now = team.now();
        let touched = on_db!(team.tx.conn()?, c => sqlx::query(DELETE)
            .bind(id.uuid())
            .bind(now.0)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        team.record("organization.deleted", id, None, None).await?;
        db::notify(&mut team.tx, CHANGES).await?;
        team.commit().await
    }

    /// Brings a deleted workspace back, as it was.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for whoever was not an owner, for a tool, and when it is not there to be had back.
    pub async fn restore_organization(
        &self,
        actor: Actor,
        id: OrganizationId,
    ) -> Result<Membership> {
        require_person(actor)?;
        let now = self.db.now();
        let mut tx = self.db.begin().await?;
        let locked = team::lock(&mut tx, id).await?.ok_or(Error::Forbidden)?;
        let can_be_had = |at: UnixMs| now.since(at) < DELETED_LIFE_MS;
        if !locked.deleted_at.is_some_and(can_be_had) {
            return Err(Error::Forbidden);
        }
        let touched = on_db!(tx.conn()?, c => sqlx::query(RESTORE)
            .bind(id.uuid())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        // Whether they are an owner is read now that the row is locked: an account that goes takes its turn on it, too.
        let mut team = Team::of(&locked, tx, &self.db, actor);
        let membership = team.acting_in().await?;
        if !membership.is_owner {
            return Err(Error::Forbidden);
        }
        team.record("organization.restored", id, None, None).await?;
        db::notify(&mut team.tx, CHANGES).await?;
        team.commit().await?;
        Ok(membership)
    }

    /// What `user` owned, was deleted and can be had back; newest first.
    pub async fn list_deleted(&self, user: UserId) -> Result<Vec<DeletedOrganization>> {
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, DeletedRow>(LIST_DELETED)
            .bind(user.uuid())
            .bind(self.db.now().plus_ms(-DELETED_LIFE_MS).0)
            .fetch_all(c)
            .await)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Workspaces whose days of grace are over.
    pub async fn list_overdue(&self) -> Result<Vec<OrganizationId>> {
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, (Uuid,)>(LIST_OVERDUE)
            .bind(overdue(&self.db))
            .fetch_all(c)
            .await)?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }

    /// Removes an overdue workspace with its members, roles, sources and log. What its sources had recorded
    /// must be gone before. One that was brought back in the meantime stays.
    pub async fn purge_organization(&self, id: OrganizationId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        on_db!(tx.conn()?, c => sqlx::query(PURGE)
            .bind(id.uuid())
            .bind(overdue(&self.db))
            .execute(c)
            .await
            .map(|_| ()))?;
        Ok(tx.commit().await?)
    }
}

fn overdue(db: &Db) -> i64 {
    db.now().plus_ms(-DELETED_LIFE_MS).0
}
