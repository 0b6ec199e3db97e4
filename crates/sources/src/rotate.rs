//! A new key for a source. The old one stops at once, and is remembered so that whoever uses it can be told.

use audit::Actor;
use db::{Tx, on_db};
use model::{
    ids::{OrganizationId, SourceId},
    wire::sources::Source,
};

use crate::{
    PublicKey, Result, Sources,
    change::{lock, record},
};

const RETIRE: &str =
    "INSERT INTO retired_keys (public_key, source_id, retired_at) VALUES ($1, $2, $3)";
const REPLACE: &str = "UPDATE sources SET public_key = $3, updated_at = $4
    WHERE organization_id = $1 AND id = $2";

impl Sources {
    /// Gives the source a new key.
    pub async fn regenerate_key(
        &self,
        actor: Actor,
        organization: OrganizationId,
        id: SourceId,
    ) -> Result<Source> {
        let mut tx = self.db.begin().await?;
        let before = lock(&mut tx, organization, id).await?;
        let after = Source {
            public_key: PublicKey::generate(self.db.chance()).to_string(),
            updated_at: self.db.now(),
            ..before.clone()
        };
        retire(&mut tx, &before, &after).await?;
        replace(&mut tx, &after).await?;
        record(&self.db, &mut tx, actor, "source.key_regenerated", Some(&before), &after).await?;
        tx.commit().await?;
        self.cache.forget();
        Ok(after)
    }
}

async fn retire(tx: &mut Tx, before: &Source, after: &Source) -> Result<(), db::Error> {
    let touched = on_db!(tx.conn()?, c => sqlx::query(RETIRE)
        .bind(&before.public_key)
        .bind(before.id.uuid())
        .bind(after.updated_at.0)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    db::expect_one(touched)
}

async fn replace(tx: &mut Tx, after: &Source) -> Result<(), db::Error> {
    let touched = on_db!(tx.conn()?, c => sqlx::query(REPLACE)
        .bind(after.organization_id.uuid())
        .bind(after.id.uuid())
        .bind(&after.public_key)
        .bind(after.updated_at.0)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    db::expect_one(touched)
}
