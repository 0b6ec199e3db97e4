//! The count that all processes share: how much of a source's minute they have taken for themselves.
//!
//! Each lease adds its slice, as long as the limit is not reached. What it gets is what lay below the limit: so all
//! leases of a minute together never hold more than the limit, in whatever order they come.

use db::{Db, Result, Value, in_steps, on_db};
use model::ids::SourceId;

use super::{MINUTE_MS, share::Ask};

const LEASE: &str = "INSERT INTO rate_leases (source_id, minute, granted) VALUES ($1, $2, $3)
    ON CONFLICT (source_id, minute) DO UPDATE SET granted = rate_leases.granted + $3
    WHERE rate_leases.granted < $4
    RETURNING granted";

const DELETE_OLD: &str = "DELETE FROM rate_leases WHERE (source_id, minute) IN
    (SELECT source_id, minute FROM rate_leases WHERE minute < $1 LIMIT 500)";

/// Minutes that are kept: processes' clocks differ, but hardly by so much.
const KEPT: i64 = 10;

/// Adds a slice and what is owed; tells what all leases of the minute come to with it, or none when there was nothing left.
pub async fn lease(db: &Db, source: SourceId, minute: i64, ask: Ask) -> Result<Option<i64>> {
    let mut tx = db.begin().await?;
    let row = on_db!(tx.conn()?, c => sqlx::query_as::<_, (i64,)>(LEASE)
        .bind(source.uuid())
        .bind(minute)
        .bind(ask.slice + ask.owed)
        .bind(ask.limit)
        .fetch_optional(c)
        .await)?;
    tx.commit().await?;
    Ok(row.map(|(granted,)| granted))
}

/// Removes the leases of minutes that are over, in small steps; tells how many there were.
pub async fn forget_old_leases(db: &Db) -> Result<u64> {
    let before = db.now().0.div_euclid(MINUTE_MS) - KEPT;
    in_steps(db, DELETE_OLD, &[Value::Int(before)]).await
}
