//! What has had its time goes: in PostgreSQL by dropping days ([`drop_old_partitions`](crate::drop_old_partitions)), and the rest
//! row by row.

use db::{BySource, Db, Result, forget_by_source, lowest_id};
use model::Retention;

const OLDEST_ATTEMPT: &str = "SELECT source_id, id FROM attempts
    WHERE source_id >= $1 ORDER BY source_id, id LIMIT 1";
// A stretch of the key up to the row behind the last that goes, which no planner can take for anything else. In
// PostgreSQL these are the few that do not lie in a day of their own.
const DELETE_ATTEMPTS: &str =
    "DELETE FROM attempts WHERE source_id = $1 AND id < $2 AND id < COALESCE(
    (SELECT id FROM attempts WHERE source_id = $1 AND id < $2 ORDER BY id LIMIT 1 OFFSET $3), $2)";

const OLDEST_COUNT: &str = "SELECT source_id, minute FROM attempt_counts
    WHERE source_id >= $1 ORDER BY source_id, minute LIMIT 1";
// A minute goes whole.
const DELETE_COUNTS: &str = "DELETE FROM attempt_counts
    WHERE source_id = $1 AND minute < $2 AND minute <= COALESCE((SELECT minute FROM attempt_counts
        WHERE source_id = $1 AND minute < $2 ORDER BY minute LIMIT 1 OFFSET $3), $2)";

const OLDEST_MINUTE: &str = "SELECT source_id, minute FROM traffic
    WHERE source_id >= $1 ORDER BY source_id, minute LIMIT 1";
const DELETE_TRAFFIC: &str = "DELETE FROM traffic
    WHERE source_id = $1 AND minute < $2 AND minute <= COALESCE((SELECT minute FROM traffic
        WHERE source_id = $1 AND minute < $2 ORDER BY minute LIMIT 1 OFFSET $3), $2)";

/// Removes attempts and counts that have had their time, in gentle steps; tells how many attempts there were.
///
/// Counts of what was not kept stand beside attempts and go with them. Traffic tells what became of events, also when the
/// last one came, so it stays as long as they do.
pub async fn forget_old(db: &Db, retention: Retention) -> Result<u64> {
    let (attempts_before, events_before) =
        (retention.attempts_before(db.now()), retention.events_before(db.now()));
    let attempts = BySource { oldest: OLDEST_ATTEMPT, delete: DELETE_ATTEMPTS };
    let forgotten = forget_by_source(db, attempts, lowest_id(attempts_before), &[]).await?;
    let counts = BySource { oldest: OLDEST_COUNT, delete: DELETE_COUNTS };
    forget_by_source(db, counts, attempts_before.0, &[]).await?;
    let traffic = BySource { oldest: OLDEST_MINUTE, delete: DELETE_TRAFFIC };
    forget_by_source(db, traffic, events_before.0, &[]).await?;
    Ok(forgotten)
}
