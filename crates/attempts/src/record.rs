//! Writing attempts, in the transaction of what they record.

use db::{Result, Tx, on_db};
use model::{
    Code, UnixMs,
    ids::{AttemptId, SourceId},
    wire::{
        attempts::{AttemptEvent, Kind, OriginVerdict},
        ingest::Issue,
    },
};
use sqlx::QueryBuilder;

use crate::{Facts, Raw};

/// One attempt to be written.
#[derive(Debug, Clone)]
pub struct Record {
    /// Which.
    pub id: AttemptId,
    /// When it arrived.
    pub at: UnixMs,
    /// The source; none when the key was unknown.
    pub source_id: Option<SourceId>,
    /// Which endpoint.
    pub kind: Kind,
    /// HTTP status of the answer.
    pub status: u16,
    /// Error code of the answer.
    pub code: Option<Code>,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// What the origin check said.
    pub origin_verdict: OriginVerdict,
    /// The client's address, shortened.
    pub remote_address: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The SDK's version, as sent.
    pub sdk_version: Option<String>,
    /// The protocol's version, as sent.
    pub ingest_version: Option<i64>,
    /// The batch, as sent.
    pub batch_id: Option<String>,
    /// The session, as sent or as made.
    pub session_id: Option<String>,
    /// The visitor, as sent.
    pub anonymous_id: Option<String>,
    /// Size of the body in bytes, as received.
    pub body_bytes: i64,
    /// Microseconds from the first byte to the decision.
    pub duration_us: i64,
    /// Events stored.
    pub accepted: i64,
    /// Events stored before.
    pub duplicates: i64,
    /// Events at fault.
    pub rejected: i64,
    /// The body.
    pub raw: Raw,
    /// Whether only its first bytes were kept.
    pub is_raw_cut: bool,
    /// Every fault.
    pub issues: Vec<Issue>,
    /// One row per event sent.
    pub events: Vec<AttemptEvent>,
    /// What the checks saw.
    pub facts: Facts,
}

/// Rows a statement inserts. Few sizes, so that each is prepared once and kept.
pub(crate) const CHUNKS: [usize; 4] = [128, 32, 8, 1];

const INSERT: &str = "INSERT INTO attempts
    (source_id, id, at, kind, status, code, origin, origin_verdict, remote_address, user_agent, sdk_version,
     ingest_version, batch_id, session_id, anonymous_id, body_bytes, duration_us, accepted, duplicates, rejected,
     raw, is_raw_zstd, is_raw_cut, issues, events, facts) ";

/// Writes `records`.
pub async fn insert(tx: &mut Tx, records: &[Record]) -> Result<()> {
    let mut rest = records;
    while let Some(size) = CHUNKS.into_iter().find(|size| *size <= rest.len()) {
        let (chunk, behind) = rest.split_at(size);
        on_db!(tx.conn(), c => {
            let mut insert = QueryBuilder::new(INSERT);
            insert.push_values(chunk, |mut row, record| {
                row.push_bind(record.source_id.map(SourceId::uuid).unwrap_or_default())
                    .push_bind(record.id.uuid())
                    .push_bind(record.at.0)
                    .push_bind(record.kind.as_str())
                    .push_bind(i64::from(record.status))
                    .push_bind(record.code.map(Code::as_str))
                    .push_bind(record.origin.as_deref())
                    .push_bind(record.origin_verdict.as_str())
                    .push_bind(record.remote_address.as_deref())
                    .push_bind(record.user_agent.as_deref())
                    .push_bind(record.sdk_version.as_deref())
                    .push_bind(record.ingest_version)
                    .push_bind(record.batch_id.as_deref())
                    .push_bind(record.session_id.as_deref())
                    .push_bind(record.anonymous_id.as_deref())
                    .push_bind(record.body_bytes)
                    .push_bind(record.duration_us)
                    .push_bind(record.accepted)
                    .push_bind(record.duplicates)
                    .push_bind(record.rejected)
                    .push_bind(record.raw.bytes.as_slice())
                    .push_bind(record.raw.is_zstd)
                    .push_bind(record.is_raw_cut)
                    .push_bind(json_unless_empty(&record.issues))
                    .push_bind(json_unless_empty(&record.events))
                    .push_bind(facts_json(&record.facts));
            });
            insert.build().execute(c).await.map(|_| ())
        })?;
        rest = behind;
    }
    Ok(())
}

fn json_unless_empty<T: serde::Serialize>(list: &[T]) -> Option<String> {
    if list.is_empty() { None } else { serde_json::to_string(list).ok() }
}

fn facts_json(facts: &Facts) -> Option<String> {
    if *facts == Facts::default() { None } else { serde_json::to_string(facts).ok() }
}
