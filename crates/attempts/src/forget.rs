//! The end of a source's record.

use db::{Db, Result, delete_in_steps};
use model::ids::SourceId;

const DELETE_ATTEMPTS: &str = "DELETE FROM attempts WHERE source_id = $1
    AND id IN (SELECT id FROM attempts WHERE source_id = $1 LIMIT 500)";

const DELETE_TRAFFIC: &str = "DELETE FROM traffic WHERE source_id = $1
    AND minute IN (SELECT minute FROM traffic WHERE source_id = $1 LIMIT 500)";

const DELETE_COUNTS: &str = "DELETE FROM attempt_counts WHERE source_id = $1
    AND minute IN (SELECT minute FROM attempt_counts WHERE source_id = $1 LIMIT 500)";

/// Removes the attempts and counts of a source that is to be removed itself, in small steps; tells how many attempts
/// there were.
pub async fn forget_source(db: &Db, source: SourceId) -> Result<u64> {
    delete_in_steps(db, DELETE_TRAFFIC, source.uuid()).await?;
    delete_in_steps(db, DELETE_COUNTS, source.uuid()).await?;
    delete_in_steps(db, DELETE_ATTEMPTS, source.uuid()).await
}
