//! A workspace's own name and slug.

use audit::Actor;
use db::on_db;
use model::{Permission, ids::OrganizationId};
use serde_json::{Map, Value, json};

use crate::{Error, Membership, Organization, Result, Slug, WorkspaceName, Workspaces, team::Team};

/// What to change about a workspace; none stays as it is.
#[derive(Debug, Clone, Default)]
pub struct OrganizationChanges {
    /// What people call it.
    pub name: Option<WorkspaceName>,
    /// Its place in page addresses. Links with the old one stop.
    pub slug: Option<Slug>,
}

const UPDATE: &str = "UPDATE organizations SET name = $2, slug = $3 WHERE id = $1";

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
        Ok(after.narrowed(actor))
    }
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
