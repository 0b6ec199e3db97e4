//! How much mail workspaces may send to one address: whoever has many workspaces must not flood it.

use db::{Db, Result, Tx, on_db};
use model::UnixMs;
use uuid::Uuid;

const HOUR_MS: i64 = 60 * 60 * 1_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// From all workspaces together: so many in so long a time.
const BOUNDS: [(usize, i64); 2] = [(5, HOUR_MS), (20, DAY_MS)];
/// For so long a sending counts.
pub(crate) const KEPT_MS: i64 = DAY_MS;

const DELETE_OLD: &str = "DELETE FROM sendings WHERE email = $1 AND at <= $2";

const LIST: &str = "SELECT at FROM sendings WHERE email = $1 ORDER BY at";

const INSERT: &str = "INSERT INTO sendings (email, id, at) VALUES ($1, $2, $3)";

/// Counts a mail that a workspace is about to send to `email`: five in an hour and twenty in a day, from all workspaces
/// together. One more is not counted and must not be sent; it is told in how many seconds it could be.
pub async fn admit_sending(tx: &mut Tx, db: &Db, email: &str) -> Result<Option<u64>> {
    let now = db.now();
    on_db!(tx.conn()?, c => sqlx::query(DELETE_OLD)
        .bind(email)
        .bind(now.plus_ms(-KEPT_MS).0)
        .execute(c)
        .await
        .map(|_| ()))?;
    let sent = on_db!(tx.conn()?, c => sqlx::query_scalar::<_, i64>(LIST)
        .bind(email)
        .fetch_all(c)
        .await)?;
    if let Some(wait_ms) = wait_ms(&sent, now) {
        return Ok(Some(u64::try_from(wait_ms).unwrap_or_default().div_ceil(1_000)));
    }
    let touched = on_db!(tx.conn()?, c => sqlx::query(INSERT)
        .bind(email)
        .bind(db.new_id::<Uuid>())
        .bind(now.0)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    db::expect_one(touched)?;
    Ok(None)
}

/// How long until another may be sent, after those that were sent at these times, oldest first.
fn wait_ms(sent: &[i64], now: UnixMs) -> Option<i64> {
    let waits = BOUNDS.iter().filter_map(|(most, window_ms)| {
        let oldest = *sent.get(sent.len().checked_sub(*most)?)?;
        Some(UnixMs(oldest).plus_ms(*window_ms).since(now)).filter(|wait_ms| *wait_ms > 0)
    });
    waits.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn send(db: &Db, email: &str) -> Option<u64> {
        let mut tx = db.begin().await.unwrap();
        let wait_s = admit_sending(&mut tx, db, email).await.unwrap();
        tx.commit().await.unwrap();
        wait_s
    }

    testkit::both! {
        async fn an_address_gets_five_mails_an_hour_and_twenty_a_day(db: Db) {
            const ADA: &str = "ada@example.com";
            for hour in 0..4 {
                for _ in 0..5 {
                    assert_eq!(send(&db, ADA).await, None, "hour {hour}");
                }
                assert!(send(&db, ADA).await.is_some());
                db.clock().advance_ms(HOUR_MS);
            }
            assert_eq!(send(&db, "bob@example.com").await, None);
            assert_eq!(send(&db, ADA).await, Some(20 * 60 * 60));
            db.clock().advance_ms(20 * HOUR_MS);
            assert_eq!(send(&db, ADA).await, None);
        }
    }
}
