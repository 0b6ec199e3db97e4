//! Events that wait for the worker, and what became of them.

use db::{Db, on_db};
use uuid::Uuid;

use crate::Result;

/// Longer than one synchronisation takes.
const LEASE_MS: i64 = 2 * 60 * 1_000;
/// Before the second try, doubled each time.
const FIRST_PAUSE_MS: i64 = 2_000;
const LONGEST_PAUSE_MS: i64 = 60 * 60 * 1_000;
/// Tries until doubling once more would be longer than that.
const DOUBLINGS: i64 = 11;
/// After so many an event is dead: about half a day of trying.
const MOST_TRIES: i64 = 20;

/// An event that one worker has, and with it all others about the same customer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Taken {
    pub id: String,
    pub customer_id: Option<String>,
    lease: Uuid,
}

/// The oldest that is due and that nobody has. The outer condition is asked again of a row that another worker took at
/// the same moment.
const TAKE: &str = "UPDATE stripe_events SET lease = $1, leased_until = $2, tries = tries + 1
    WHERE id = (SELECT id FROM stripe_events WHERE state = 'waiting' AND next_try_at <= $3 AND leased_until <= $3
            ORDER BY next_try_at, received_at LIMIT 1)
        AND state = 'waiting' AND leased_until <= $3
    RETURNING id, customer_id, lease";

/// One synchronisation answers all that was told of a customer before it began.
const TAKE_ALIKE: &str = "UPDATE stripe_events SET lease = $1, leased_until = $2, tries = tries + 1
    WHERE customer_id = $4 AND state = 'waiting' AND leased_until <= $3";

const SET_STATE: &str =
    "UPDATE stripe_events SET state = $2, lease = NULL, leased_until = 0, fault = NULL
    WHERE lease = $1";

const POSTPONE: &str = "UPDATE stripe_events
    SET lease = NULL, leased_until = 0, next_try_at = $2, tries = tries - 1
    WHERE lease = $1";

/// Each by its own count: one that came just now is not given up because of an old one about the same customer.
const FAILED: &str = "UPDATE stripe_events SET lease = NULL, leased_until = 0, fault = $2,
        state = CASE WHEN tries >= $3 THEN 'dead' ELSE 'waiting' END,
        next_try_at = $4 + CASE WHEN tries > $5 THEN $6 ELSE $7 << CAST(tries - 1 AS INTEGER) END
    WHERE lease = $1
    RETURNING state = 'dead'";

const WAITING: &str =
    "SELECT COUNT(*) FROM stripe_events WHERE state = 'waiting' AND next_try_at <= $1";

/// Takes the next event that is due.
pub(crate) async fn take(db: &Db) -> Result<Option<Taken>> {
    let (lease, now) = (db.chance().uuid_v7(db.now()), db.now());
    let mut tx = db.begin().await?;
    let taken = on_db!(tx.conn()?, c => sqlx::query_as::<_, Taken>(TAKE)
        .bind(lease)
        .bind(now.plus_ms(LEASE_MS).0)
        .bind(now.0)
        .fetch_optional(c)
        .await)?;
    if let Some(customer) = taken.as_ref().and_then(|taken| taken.customer_id.as_deref()) {
        on_db!(tx.conn()?, c => sqlx::query(TAKE_ALIKE)
            .bind(lease)
            .bind(now.plus_ms(LEASE_MS).0)
            .bind(now.0)
            .bind(customer)
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    tx.commit().await?;
    Ok(taken)
}

/// The customer's state was fetched after all of them came.
pub(crate) async fn done(db: &Db, taken: &Taken) -> Result<()> {
    set_state(db, taken, "done").await
}

/// It is about nobody here.
pub(crate) async fn unused(db: &Db, taken: &Taken) -> Result<()> {
    set_state(db, taken, "unused").await
}

/// What lost its lease meanwhile is another worker's to decide.
async fn set_state(db: &Db, taken: &Taken, state: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    on_db!(tx.conn()?, c => sqlx::query(SET_STATE)
        .bind(taken.lease)
        .bind(state)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(tx.commit().await?)
}

/// Later, without counting the try: somebody else deals with the same customer now.
pub(crate) async fn postpone(db: &Db, taken: &Taken) -> Result<()> {
    let mut tx = db.begin().await?;
    on_db!(tx.conn()?, c => sqlx::query(POSTPONE)
        .bind(taken.lease)
        .bind(db.now().plus_ms(FIRST_PAUSE_MS / 2).0)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(tx.commit().await?)
}

/// Later, and later each time; in the end an event is dead, for the instance owner to see. How many are, and how many
/// are not.
pub(crate) async fn failed(db: &Db, taken: &Taken, fault: &str) -> Result<(usize, usize)> {
    let mut tx = db.begin().await?;
    let fates = on_db!(tx.conn()?, c => sqlx::query_as::<_, (bool,)>(FAILED)
        .bind(taken.lease)
        .bind(fault)
        .bind(MOST_TRIES)
        .bind(db.now().0)
        .bind(DOUBLINGS)
        .bind(LONGEST_PAUSE_MS)
        .bind(FIRST_PAUSE_MS)
        .fetch_all(c)
        .await)?;
    tx.commit().await?;
    let dead = fates.iter().filter(|(is_dead,)| *is_dead).count();
    Ok((dead, fates.len() - dead))
}

/// How many are due.
pub(crate) async fn find_waiting(db: &Db) -> Result<i64> {
    let (count,) = on_db!(db.read(), c => sqlx::query_as::<_, (i64,)>(WAITING)
        .bind(db.now().0)
        .fetch_one(c)
        .await)?;
    Ok(count)
}
