//! Requests of which no attempt is kept, by minute and outcome.

use db::{Db, Result, Tx, bulk, filled, on_db};
use model::{Code, UnixMs, ids::SourceId, wire::attempts::CountedRow};
use sqlx::QueryBuilder;

use crate::MINUTE_MS;

/// What to add to one outcome's minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The source; none when the key was unknown.
    pub source_id: Option<SourceId>,
    /// Any moment in the minute.
    pub at: UnixMs,
    /// The code of the refusal, if it was one.
    pub code: Option<Code>,
    /// How many.
    pub requests: i64,
}

const ADD: &str = "INSERT INTO attempt_counts (source_id, minute, code, lane, requests)
    SELECT * FROM (";
const ADD_TO_WHAT_IS_THERE: &str =
    ") AS new WHERE column1 IS NOT NULL ON CONFLICT (source_id, minute, code, lane) DO UPDATE SET
    requests = attempt_counts.requests + excluded.requests";

/// Adds to the counts of the process `lane`. One row per source, minute and code at most.
pub async fn add(tx: &mut Tx, lane: i64, counted: &[Counted]) -> Result<()> {
    for chunk in bulk(counted) {
        on_db!(tx.conn()?, c => {
            let mut add = QueryBuilder::new(ADD);
            add.push_values(filled(chunk), |mut row, new| {
                row.push_bind(new.map(|new| new.source_id.map(SourceId::uuid).unwrap_or_default()))
                    .push_bind(new.map(|new| new.at.0 - new.at.0.rem_euclid(MINUTE_MS)))
                    .push_bind(new.map(|new| new.code.map_or("", Code::as_str)))
                    .push_bind(lane)
                    .push_bind(new.map(|new| new.requests));
            });
            add.push(ADD_TO_WHAT_IS_THERE);
            add.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// The span of which lists tell what was only counted, unless another is asked for: the last 24 hours.
#[must_use]
pub const fn lately(now: UnixMs) -> (UnixMs, UnixMs) {
    (now.plus_ms(-24 * 60 * MINUTE_MS), now.plus_ms(1))
}

// The sum of BIGINTs is a NUMERIC in PostgreSQL.
const BETWEEN: &str =
    "SELECT code, CAST(SUM(requests) AS BIGINT), MIN(minute), MAX(minute) FROM attempt_counts
    WHERE source_id = $1 AND minute >= $2 AND minute < $3 GROUP BY code ORDER BY 2 DESC, code";

/// What was only counted for a source (none: for keys that no source has) from the minute of `from` on and before `to`, by
/// outcome, the most first.
pub async fn counted(
    db: &Db,
    source_id: Option<SourceId>,
    (from, to): (UnixMs, UnixMs),
) -> Result<Vec<CountedRow>> {
    let source = source_id.map(SourceId::uuid).unwrap_or_default();
    let rows = on_db!(db.read(), c => sqlx::query_as::<_, (String, i64, i64, i64)>(BETWEEN)
        .bind(source)
        .bind(from.0 - from.0.rem_euclid(MINUTE_MS))
        .bind(to.0)
        .fetch_all(c)
        .await)?;
    let row = |(code, requests, first, last): (String, i64, i64, i64)| CountedRow {
        source_id,
        code: (!code.is_empty()).then_some(code),
        requests,
        first_minute: UnixMs(first),
        last_minute: UnixMs(last),
    };
    Ok(rows.into_iter().map(row).collect())
}
