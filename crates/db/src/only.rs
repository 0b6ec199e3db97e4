//! Work that one process at a time does.

use sqlx::{Postgres, Transaction};

use crate::{Db, Engine, Result};

const TRY_LOCK_POSTGRES: &str = "SELECT pg_try_advisory_xact_lock($1)";

/// The right to do a piece of work, until it is dropped or the process ends.
#[derive(Debug)]
pub struct Only(
    #[expect(dead_code, reason = "it is held, not used")] Option<Transaction<'static, Postgres>>,
);

/// Tries to be the only process that does the work of this number; none when another does it. One process serves a SQLite
/// file, so there it always succeeds.
///
/// The lock belongs to a transaction that does nothing else, so that it holds through a pooler too.
pub async fn only(db: &Db, work: i64) -> Result<Option<Only>> {
    let Engine::Postgres(pools) = db.pools() else { return Ok(Some(Only(None))) };
    let mut held = pools.pool.begin().await?;
    let (is_ours,): (bool,) =
        sqlx::query_as(TRY_LOCK_POSTGRES).bind(work).fetch_one(&mut *held).await?;
    Ok(is_ours.then(|| Only(Some(held))))
}
