//! Events and sessions that have had their time go. An id is known as a duplicate for as long as its event is kept.

use db::{BySource, Db, Engine, Result, Value, forget_by_source, in_gentle_steps, lowest_id};
use model::Retention;

// Rows are appended, so the oldest are those with the lowest rowids. A step looks at more of them than it removes: what came
// while the clock was ahead stays longer than what came after it.
const DELETE_EVENTS: &str = "DELETE FROM events WHERE rowid IN (SELECT row FROM
    (SELECT rowid AS row, received_at FROM events ORDER BY rowid LIMIT 4096)
    WHERE received_at < $1 LIMIT $2)";
// What arrived in one millisecond goes together.
const DELETE_EVENTS_POSTGRES: &str = "DELETE FROM events
    WHERE received_at < $1 AND received_at <= COALESCE((SELECT received_at FROM events
        WHERE received_at < $1 ORDER BY received_at LIMIT 1 OFFSET $2), $1)";

const OLDEST_SESSION: &str = "SELECT source_id, id FROM sessions
    WHERE source_id >= $1 ORDER BY source_id, id LIMIT 1";
// A session's id begins with the time at which it was made. One that goes on, even for years, stays.
const DELETE_SESSIONS: &str = "DELETE FROM sessions
    WHERE source_id = $1 AND id < $2 AND last_seen_at < $3 AND id < COALESCE((SELECT id FROM sessions
        WHERE source_id = $1 AND id < $2 AND last_seen_at < $3 ORDER BY id LIMIT 1 OFFSET $4), $2)";

/// Removes events that arrived longer ago than they are kept, and sessions that were last seen before; in gentle steps.
/// Tells how many events there were.
///
/// A session's last event arrived no later than it was last seen, so no event outlives its session.
pub async fn forget_old(db: &Db, retention: Retention) -> Result<u64> {
    let before = retention.events_before(db.now());
    let delete = match db.pools() {
        Engine::Sqlite(_) => DELETE_EVENTS,
        Engine::Postgres(_) => DELETE_EVENTS_POSTGRES,
    };
    let events = in_gentle_steps(db, delete, &[Value::Int(before.0)]).await?;
    let sessions = BySource { oldest: OLDEST_SESSION, delete: DELETE_SESSIONS };
    forget_by_source(db, sessions, lowest_id(before), &[Value::Int(before.0)]).await?;
    Ok(events)
}
