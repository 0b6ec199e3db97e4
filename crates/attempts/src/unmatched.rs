//! Attempts whose key is and was no source's. They belong to no workspace; whoever runs the instance looks at them.

use db::{Db, Result, on_db};
use model::{
    Code,
    ids::AttemptId,
    wire::attempts::{AttemptRow, UnmatchedAttempt},
};
use uuid::Uuid;

use crate::{
    Facts, Stored,
    list::Row,
    open::{Whole, read_json},
};

#[derive(sqlx::FromRow)]
struct UnmatchedRow {
    #[sqlx(flatten)]
    row: Row,
    facts: Option<String>,
}

// Such attempts have zeros for their source.
const LIST: &str = "SELECT source_id, id, at, kind, status, code, origin, origin_verdict, remote_address,
        user_agent, sdk_version, ingest_version, batch_id, session_id, anonymous_id, body_bytes, duration_us,
        accepted, duplicates, rejected, facts
    FROM attempts
    WHERE source_id = $1 AND id < $2 AND ($3 IS NULL OR code = $3)
    ORDER BY id DESC LIMIT $4";

/// The newest of them that are older than `before`, at most `limit`; only those refused with `code`, when one is given.
pub async fn list_unmatched(
    db: &Db,
    code: Option<Code>,
    before: Option<AttemptId>,
    limit: u16,
) -> Result<Vec<UnmatchedAttempt>> {
    let rows = on_db!(db.read(), c => sqlx::query_as::<_, UnmatchedRow>(LIST)
        .bind(Uuid::nil())
        .bind(before.map_or(Uuid::max(), AttemptId::uuid))
        .bind(code.map(Code::as_str))
        .bind(i64::from(limit))
        .fetch_all(c)
        .await)?;
    let told = rows.into_iter().map(|UnmatchedRow { row, facts }| {
        let facts: Facts = read_json(facts)?;
        Ok(UnmatchedAttempt { row: AttemptRow::try_from(row)?, public_key: facts.public_key })
    });
    told.collect()
}

const FIND: &str = "SELECT source_id, id, at, kind, status, code, origin, origin_verdict, remote_address,
        user_agent, sdk_version, ingest_version, batch_id, session_id, anonymous_id, body_bytes, duration_us,
        accepted, duplicates, rejected, raw, is_raw_zstd, is_raw_cut, gzip_bytes, clock_correction_ms, issues,
        events, facts
    FROM attempts WHERE source_id = $1 AND id = $2";

/// The attempt, when it belongs to no source.
pub async fn find_unmatched(db: &Db, id: AttemptId) -> Result<Option<Stored>> {
    let whole = on_db!(db.read(), c => sqlx::query_as::<_, Whole>(FIND)
        .bind(Uuid::nil())
        .bind(id.uuid())
        .fetch_optional(c)
        .await)?;
    whole.map(Stored::try_from).transpose()
}
