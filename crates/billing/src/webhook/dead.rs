//! Events that were given up: dealt with again, dismissed, or overtaken by a synchronisation that worked.

use db::{Db, Tx, Value, in_steps, on_db};
use model::UnixMs;

use crate::{Error, Result};

const RETRY: &str =
    "UPDATE stripe_events SET state = 'waiting', tries = 0, next_try_at = $2, leased_until = 0
    WHERE id = $1 AND state = 'dead' AND customer_id IS NOT NULL";

const RETRY_SOME: &str =
    "UPDATE stripe_events SET state = 'waiting', tries = 0, next_try_at = $1, leased_until = 0
    WHERE id IN (SELECT id FROM stripe_events WHERE state = 'dead' AND customer_id IS NOT NULL
        ORDER BY received_at, id LIMIT 1000)";

const DISMISS: &str =
    "UPDATE stripe_events SET state = 'dismissed' WHERE id = $1 AND state = 'dead'";

/// Whether it is there, and whether it waits for somebody to look at it.
const FIND: &str = "SELECT state = 'dead' FROM stripe_events WHERE id = $1";

const OVERTAKE: &str = "UPDATE stripe_events SET state = 'done', fault = NULL
    WHERE customer_id = $1 AND state = 'dead' AND received_at <= $2";

/// Lets a dead event be dealt with again. One that is dead no more is well; one that names nobody stays dead, and is as
/// good as absent.
pub(crate) async fn retry(db: &Db, id: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    let touched = on_db!(tx.conn()?, c => sqlx::query(RETRY)
        .bind(id)
        .bind(db.now().0)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    tx.commit().await?;
    require_not_dead(db, id, touched).await
}

/// Lets all dead events be dealt with again that can be. How many there were.
pub(crate) async fn retry_all(db: &Db) -> Result<u64> {
    Ok(in_steps(db, RETRY_SOME, &[Value::Int(db.now().0)]).await?)
}

/// Somebody has looked at a dead event, and leaves it at that.
pub(crate) async fn dismiss(db: &Db, id: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    let touched = on_db!(tx.conn()?, c => sqlx::query(DISMISS)
        .bind(id)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    tx.commit().await?;
    require_not_dead(db, id, touched).await
}

async fn require_not_dead(db: &Db, id: &str, touched: u64) -> Result<()> {
    if touched > 0 {
        return Ok(());
    }
    let found = on_db!(db.read(), c => sqlx::query_as::<_, (bool,)>(FIND)
        .bind(id)
        .fetch_optional(c)
        .await)?;
    match found {
        Some((false,)) => Ok(()),
        Some((true,)) | None => Err(Error::EventNotFound),
    }
}

/// What Stripe has for a customer was fetched from `began` on: whatever was told before, and was given up, is known now.
pub(crate) async fn overtake(tx: &mut Tx, customer: &str, began: UnixMs) -> Result<()> {
    on_db!(tx.conn()?, c => sqlx::query(OVERTAKE)
        .bind(customer)
        .bind(began.0)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
