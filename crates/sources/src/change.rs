//! Changing a source: read under a lock, decide, write, record, all in one transaction.

use audit::{Actor, Entry};
use db::{Db, Engine, Tx, on_db};
use model::{
    ids::{OrganizationId, SourceId},
    wire::sources::{FrameworkHint, Source},
};
use serde_json::{Map, Value};

use crate::{
    CHANGES, Changes, Error, Result, Sources,
    row::{SourceRow, origins_json, select},
};

// A pair, since SQLite knows no row locks: its transactions hold the only write lock from their start.
const LOCK_SQLITE: &str = select!("WHERE organization_id = $1 AND id = $2");
const LOCK_POSTGRES: &str = select!("WHERE organization_id = $1 AND id = $2 FOR UPDATE");

/// Everything but the key, so that the slug is the only rule it can violate.
const UPDATE: &str =
    "UPDATE sources SET name = $3, slug = $4, allowed_origins = $5, framework_hint = $6,
    is_active = $7, max_payload_bytes = $8, rate_limit_per_minute = $9, require_origin = $10,
    updated_at = $11
    WHERE organization_id = $1 AND id = $2";

impl Sources {
    /// Makes `changes`; what they leave alone stays. Changes that change nothing are not recorded.
    pub async fn update_source(
        &self,
        actor: Actor,
        organization: OrganizationId,
        id: SourceId,
        changes: Changes,
    ) -> Result<Source> {
        let changes = changes.check()?;
        self.change(actor, organization, id, |source| Ok(changes.made_on(source))).await
    }

    /// Turns the source, as it is while nobody else can change it, into what `decide` makes of it.
    pub(crate) async fn change(
        &self,
        actor: Actor,
        organization: OrganizationId,
        id: SourceId,
        decide: impl FnOnce(Source) -> Result<Source>,
    ) -> Result<Source> {
        let mut tx = self.db.begin().await?;
        let before = lock(&mut tx, organization, id).await?;
        let mut after = decide(before.clone())?;
        if after == before {
            return Ok(before);
        }
        after.updated_at = self.db.now();
        update(&mut tx, &after).await?;
        record(&self.db, &mut tx, actor, "source.updated", Some(&before), &after).await?;
        tx.commit().await?;
        self.cache.forget();
        Ok(after)
    }
}

/// The source, which nobody else changes until `tx` ends.
pub(crate) async fn lock(
    tx: &mut Tx,
    organization: OrganizationId,
    id: SourceId,
) -> Result<Source> {
    let row = match tx.conn()? {
        Engine::Sqlite(c) => {
            let query = sqlx::query_as::<_, SourceRow>(LOCK_SQLITE);
            query.bind(organization.uuid()).bind(id.uuid()).fetch_optional(c).await
        }
        Engine::Postgres(c) => {
            let query = sqlx::query_as::<_, SourceRow>(LOCK_POSTGRES);
            query.bind(organization.uuid()).bind(id.uuid()).fetch_optional(c).await
        }
    }
    .map_err(db::Error::from)?;
    Ok(row.ok_or(Error::NotFound)?.try_into()?)
}

async fn update(tx: &mut Tx, source: &Source) -> Result<()> {
    let touched = on_db!(tx.conn()?, c => sqlx::query(UPDATE)
        .bind(source.organization_id.uuid())
        .bind(source.id.uuid())
        .bind(&source.name)
        .bind(&source.slug)
        .bind(origins_json(&source.allowed_origins))
        .bind(source.framework_hint.map(FrameworkHint::as_str))
        .bind(source.is_active)
        .bind(source.max_payload_bytes)
        .bind(source.rate_limit_per_minute)
        .bind(source.require_origin)
        .bind(source.updated_at.0)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .map_err(db::Error::from)
    .map_err(|error| if error.is_unique_violation() { Error::SlugTaken } else { error.into() })?;
    Ok(db::expect_one(touched)?)
}

/// Records that `after` was made of `before`: the fields that differ, or all of a new source. The other processes hear
/// of it with the commit.
pub(crate) async fn record(
    db: &Db,
    tx: &mut Tx,
    actor: Actor,
    action: &str,
    before: Option<&Source>,
    after: &Source,
) -> Result<()> {
    let old = before.map(settings);
    let mut new = settings(after);
    if let Some(old) = &old {
        new.retain(|field, value| old.get(field) != Some(value));
    }
    let old = old.map(|mut old| {
        old.retain(|field, _| new.contains_key(field));
        Value::Object(old)
    });
    let entry = Entry {
        id: db.new_id(),
        at: after.updated_at,
        organization: after.organization_id,
        actor,
        action,
        subject: after.id.to_string(),
        before: old,
        after: Some(Value::Object(new)),
    };
    audit::record(tx, entry).await?;
    Ok(db::notify(tx, CHANGES).await?)
}

/// What can change of a source, spelled as in the API.
fn settings(source: &Source) -> Map<String, Value> {
    let Ok(Value::Object(mut fields)) = serde_json::to_value(source) else { return Map::new() };
    for fixed in ["id", "organizationId", "createdAt", "updatedAt"] {
        fields.remove(fixed);
    }
    fields
}
