//! Sources of one workspace, for people.

use db::on_db;
use model::{
    ids::{OrganizationId, SourceId},
    wire::sources::Source,
};

use crate::{
    Error, Result, Sources,
    row::{SourceRow, select},
    slug,
};

const LIST: &str = select!("WHERE organization_id = $1 ORDER BY created_at, id");
const BY_ID: &str = select!("WHERE organization_id = $1 AND id = $2");
const BY_SLUG: &str = select!("WHERE organization_id = $1 AND slug = $2");

impl Sources {
    /// Every source of the workspace, oldest first.
    pub async fn list_sources(&self, organization: OrganizationId) -> Result<Vec<Source>> {
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, SourceRow>(LIST)
            .bind(organization.uuid())
            .fetch_all(c)
            .await)
        .map_err(db::Error::from)?;
        Ok(rows.into_iter().map(Source::try_from).collect::<Result<_, _>>()?)
    }

    /// One source of the workspace, or [`Error::NotFound`].
    pub async fn get_source(&self, organization: OrganizationId, id: SourceId) -> Result<Source> {
        let row = on_db!(self.db.read(), c => sqlx::query_as::<_, SourceRow>(BY_ID)
            .bind(organization.uuid())
            .bind(id.uuid())
            .fetch_optional(c)
            .await)
        .map_err(db::Error::from)?;
        Ok(row.ok_or(Error::NotFound)?.try_into()?)
    }

    /// The source of the workspace whose pages stand at `slug`.
    pub async fn find_source_by_slug(
        &self,
        organization: OrganizationId,
        slug: &str,
    ) -> Result<Option<Source>> {
        if !slug::is_slug(slug) {
            return Ok(None);
        }
        let row = on_db!(self.db.read(), c => sqlx::query_as::<_, SourceRow>(BY_SLUG)
            .bind(organization.uuid())
            .bind(slug)
            .fetch_optional(c)
            .await)
        .map_err(db::Error::from)?;
        Ok(row.map(Source::try_from).transpose()?)
    }
}
