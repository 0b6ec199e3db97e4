//! Workspaces as whoever runs the instance sees them: all, without being a member of any.

use db::on_db;
use model::{UnixMs, ids::OrganizationId};
use uuid::Uuid;

use crate::{Organization, Result, Seats, Workspaces};

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

const FIND: &str = "SELECT id, name, slug, created_at, deleted_at FROM organizations
    WHERE slug = $1 AND deleted_at IS NULL";

#[derive(sqlx::FromRow)]
struct AllRow {
    id: Uuid,
    name: String,
    slug: String,
    created_at: i64,
    deleted_at: Option<i64>,
}

impl Workspaces {
    /// The workspace with this slug, unless it is deleted.
    pub async fn find_organization(&self, slug: &str) -> Result<Option<Organization>> {
        let row = on_db!(self.db.read(), c => sqlx::query_as::<_, AllRow>(FIND)
            .bind(slug)
            .fetch_optional(c)
            .await)?;
        Ok(row.map(Organization::from))
    }

    /// Every workspace of the instance, oldest first, for whoever runs it.
    pub async fn list_all(&self) -> Result<Vec<InstanceOrganization>> {
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, AllRow>(LIST_ALL)
            .fetch_all(c)
            .await)?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let seats = self.seats(row.id.into()).await?;
            let deleted_at = row.deleted_at.map(UnixMs);
            all.push(InstanceOrganization { organization: row.into(), seats, deleted_at });
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
}

impl From<AllRow> for Organization {
    fn from(row: AllRow) -> Self {
        let (id, created_at) = (row.id.into(), UnixMs(row.created_at));
        Self { id, name: row.name, slug: row.slug, created_at }
    }
}
