//! Entries are kept for 180 days.

use db::{Db, Result, lowest_id, on_db};
use model::ids::OrganizationId;

/// How long an entry is kept: 180 days.
pub const KEPT_MS: i64 = 180 * 24 * 60 * 60 * 1_000;

// The id of an entry begins with its time, so this is one stretch of the primary key.
const DELETE: &str = "DELETE FROM audit_log WHERE organization_id = $1 AND id < $2";

/// Removes the entries of a workspace that are older than that, and tells how many there were.
pub async fn forget(db: &Db, organization: OrganizationId) -> Result<u64> {
    let mut tx = db.begin().await?;
    let touched = on_db!(tx.conn()?, c => sqlx::query(DELETE)
        .bind(organization.uuid())
        .bind(lowest_id(db.now().plus_ms(-KEPT_MS)))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    tx.commit().await?;
    Ok(touched)
}
