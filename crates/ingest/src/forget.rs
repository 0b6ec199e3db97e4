//! The end of what a source has sent.

use db::{Db, Result, delete_in_steps};
use model::ids::SourceId;

const DELETE_EVENTS: &str = "DELETE FROM events WHERE source_id = $1
    AND id IN (SELECT id FROM events WHERE source_id = $1 LIMIT 500)";

const DELETE_SESSIONS: &str = "DELETE FROM sessions WHERE source_id = $1
    AND id IN (SELECT id FROM sessions WHERE source_id = $1 LIMIT 500)";

/// Removes the events and sessions of a source that is to be removed itself, with the record of its requests, in small
/// steps; tells how many events there were.
pub async fn forget_source(db: &Db, source: SourceId) -> Result<u64> {
    attempts::forget_source(db, source).await?;
    delete_in_steps(db, DELETE_SESSIONS, source.uuid()).await?;
    delete_in_steps(db, DELETE_EVENTS, source.uuid()).await
}
