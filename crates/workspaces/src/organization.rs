//! A workspace's own name, its end, and its return within seven days.
//!
//! A deleted workspace is nobody's: no query finds it but those of this module, its sources stop, and its slug stays
//! taken. Its rows go when the days of grace are over.

use audit::Actor;
use db::{Db, on_db};
use model::{
    Permission, UnixMs,
    ids::{OrganizationId, UserId},
    wire,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    Error, Membership, Organization, Result, Seats, Slug, WorkspaceName, Workspaces, team::Team,
};

/// How long a deleted workspace can be had back: seven days.
pub const DELETED_LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// What to change about a workspace; none stays as it is.
#[derive(Debug, Clone, Default)]
pub struct OrganizationChanges {
    /// What people call it.
    pub name: Option<WorkspaceName>,
    /// Its place in page addresses. Links with the old one stop.
    pub slug: Option<Slug>,
}

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

/// A workspace as whoever runs the instance sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceOrganization {
    /// The workspace.
    pub organization: Organization,
    /// Its seats.
    pub seats: Seats,
    /// When it was deleted.
    pub deleted_at: Option<UnixMs>,
}

const LIST_ALL: &str =
    "SELECT id, name, slug, created_at, deleted_at FROM organizations ORDER BY created_at, id";

const UPDATE: &str = "UPDATE organizations SET name = $2, slug = $3 WHERE id = $1";

const DELETE: &str = "UPDATE organizations SET deleted_at = $2 WHERE id = $1";

const RESTORE: &str = "UPDATE organizations SET deleted_at = NULL
    WHERE id = $1 AND deleted_at > $2 AND EXISTS (
        SELECT 1 FROM members m JOIN roles r ON r.id = m.role_id
        WHERE m.organization_id = $1 AND m.user_id = $3 AND r.kind = 'owner')";

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

#[derive(sqlx::FromRow)]
struct AllRow {
    id: Uuid,
    name: String,
    slug: String,
    created_at: i64,
    deleted_at: Option<i64>,
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
    /// Gives a workspace another name or slug.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] and [`Error::Denied`] without the permission, [`Error::SlugTaken`].
    pub async fn change_organization(
        &self,
        actor: Actor,
        id: OrganizationId,
        changes: OrganizationChanges,
    ) -> Result<Membership> {
        let mut team = Team::enter(&self.db, actor, id, Permission::WorkspaceManage).await?;
        let before = team.acting_in().await?;
        let name = changes.name.map_or(before.organization.name.clone(), |name| name.to_string());
        let slug = changes.slug.map_or(before.organization.slug.clone(), |slug| slug.to_string());
        let done = on_db!(team.tx.conn()?, c => sqlx::query(UPDATE)
            .bind(id.uuid())
            .bind(&name)
            .bind(&slug)
            .execute(c)
            .await
            .map(|done| done.rows_affected()));
        let touched = done.map_err(|error| match db::Error::from(error) {
            error if error.is_unique_violation() => Error::SlugTaken,
            error => error.into(),
        })?;
        db::expect_one(touched)?;
        let after = team.acting_in().await?;
        if let Some((was, is)) = difference(&before.organization, &after.organization) {
            team.record("organization.changed", id, Some(was), Some(is)).await?;
        }
        team.commit().await?;
        Ok(after.narrowed(actor.scope))
    }

    /// Deletes a workspace; for seven days an owner can have it back.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`], and [`Error::Denied`] for whoever is not an owner.
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
        team.commit().await
    }

    /// Brings a deleted workspace back, as it was.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for whoever was not an owner, and when it is not there to be had back.
    pub async fn restore_organization(
        &self,
        actor: Actor,
        id: OrganizationId,
    ) -> Result<Membership> {
        let now = self.db.now();
        let mut tx = self.db.begin().await?;
        let touched = on_db!(tx.conn()?, c => sqlx::query(RESTORE)
            .bind(id.uuid())
            .bind(now.plus_ms(-DELETED_LIFE_MS).0)
            .bind(actor.user.uuid())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        if touched == 0 {
            return Err(Error::Forbidden);
        }
        let team = Team::lock_in(tx, &self.db, actor, id, Permission::WorkspaceManage).await?;
        let mut team = team.ok_or(Error::Forbidden)?;
        team.record("organization.restored", id, None, None).await?;
        let membership = team.acting_in().await?;
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

    /// Every workspace of the instance, oldest first, for whoever runs it.
    pub async fn list_all(&self) -> Result<Vec<InstanceOrganization>> {
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, AllRow>(LIST_ALL)
            .fetch_all(c)
            .await)?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, created_at) = (row.id.into(), UnixMs(row.created_at));
            all.push(InstanceOrganization {
                organization: Organization { id, name: row.name, slug: row.slug, created_at },
                seats: self.seats(id).await?,
                deleted_at: row.deleted_at.map(UnixMs),
            });
        }
        Ok(all)
    }

    /// The ids of them all.
    pub async fn list_ids(&self) -> Result<Vec<OrganizationId>> {
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, AllRow>(LIST_ALL)
            .fetch_all(c)
            .await)?;
        Ok(rows.into_iter().map(|row| row.id.into()).collect())
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

/// The fields that changed, as they were and as they are; none when nothing did.
fn difference(before: &Organization, after: &Organization) -> Option<(Value, Value)> {
    let (mut was, mut is) = (Map::new(), Map::new());
    for (key, one, other) in
        [("name", &before.name, &after.name), ("slug", &before.slug, &after.slug)]
    {
        if one != other {
            was.insert(key.to_owned(), json!(one));
            is.insert(key.to_owned(), json!(other));
        }
    }
    (!is.is_empty()).then_some((Value::Object(was), Value::Object(is)))
}

impl Team<'_> {
    /// The place of whoever acts, as it is now.
    pub(crate) async fn acting_in(&mut self) -> Result<Membership> {
        let (user, id) = (self.acting_user(), self.id);
        crate::membership::find(&mut self.tx, user, id).await?.ok_or(Error::Forbidden)
    }
}
