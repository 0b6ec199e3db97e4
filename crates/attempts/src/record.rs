//! Writing attempts, in the transaction of what they record.

use std::borrow::Cow;

use db::{Result, Tx, bulk, filled, on_db};
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
pub struct Record<'a> {
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
    pub origin: Option<&'a str>,
    /// What the origin check said.
    pub origin_verdict: OriginVerdict,
    /// The client's address, shortened.
    pub remote_address: Option<&'a str>,
    /// The `User-Agent` header.
    pub user_agent: Option<&'a str>,
    /// The SDK's version, as sent.
    pub sdk_version: Option<&'a str>,
    /// The protocol's version, as sent.
    pub ingest_version: Option<i64>,
    /// The batch, as sent.
    pub batch_id: Option<&'a str>,
    /// The session, as sent or as made.
    pub session_id: Option<Cow<'a, str>>,
    /// The visitor, as sent.
    pub anonymous_id: Option<&'a str>,
    /// Size of the body in bytes; unpacked, when it came as gzip.
    pub body_bytes: i64,
    /// Size of the body as it came, when that was as gzip.
    pub gzip_bytes: Option<i64>,
    /// How far the client's clock was behind, when it was wrong.
    pub clock_correction_ms: Option<i64>,
    /// Microseconds from the first byte to the decision.
    pub duration_us: i64,
    /// Events stored.
    pub accepted: i64,
    /// Events stored before.
    pub duplicates: i64,
    /// Events at fault.
    pub rejected: i64,
    /// The body.
    pub raw: &'a Raw,
    /// Whether only its first bytes were kept.
    pub is_raw_cut: bool,
    /// Every fault.
    pub issues: &'a [Issue],
    /// One row per event sent.
    pub events: Vec<AttemptEvent>,
    /// What the checks saw, when that explains something.
    pub facts: Option<&'a Facts>,
}

const INSERT: &str = "INSERT INTO attempts
    (source_id, id, at, kind, status, code, origin, origin_verdict, remote_address, user_agent, sdk_version,
     ingest_version, batch_id, session_id, anonymous_id, body_bytes, duration_us, accepted, duplicates, rejected,
     raw, is_raw_zstd, is_raw_cut, issues, events, facts,
     gzip_bytes, clock_correction_ms)
    SELECT * FROM (";
const UNLESS_FILLING: &str = ") AS new WHERE column1 IS NOT NULL";

/// Writes `records`.
pub async fn insert(tx: &mut Tx, records: &[Record<'_>]) -> Result<()> {
    for chunk in bulk(records) {
        on_db!(tx.conn()?, c => {
            let mut insert = QueryBuilder::new(INSERT);
            insert.push_values(filled(chunk), |mut row, new| {
                row.push_bind(new.map(|new| new.source_id.map(SourceId::uuid).unwrap_or_default()))
                    .push_bind(new.map(|new| new.id.uuid()))
                    .push_bind(new.map(|new| new.at.0))
                    .push_bind(new.map(|new| new.kind.as_str()))
                    .push_bind(new.map(|new| i64::from(new.status)))
                    .push_bind(new.and_then(|new| new.code.map(Code::as_str)))
                    .push_bind(new.and_then(|new| new.origin))
                    .push_bind(new.map(|new| new.origin_verdict.as_str()))
                    .push_bind(new.and_then(|new| new.remote_address))
                    .push_bind(new.and_then(|new| new.user_agent))
                    .push_bind(new.and_then(|new| new.sdk_version))
                    .push_bind(new.and_then(|new| new.ingest_version))
                    .push_bind(new.and_then(|new| new.batch_id))
                    .push_bind(new.and_then(|new| new.session_id.as_deref()))
                    .push_bind(new.and_then(|new| new.anonymous_id))
                    .push_bind(new.map(|new| new.body_bytes))
                    .push_bind(new.map(|new| new.duration_us))
                    .push_bind(new.map(|new| new.accepted))
                    .push_bind(new.map(|new| new.duplicates))
                    .push_bind(new.map(|new| new.rejected))
                    .push_bind(new.map(|new| new.raw.bytes.as_slice()))
                    .push_bind(new.map(|new| new.raw.is_zstd))
                    .push_bind(new.map(|new| new.is_raw_cut))
                    .push_bind(new.and_then(|new| json_unless_empty(new.issues)))
                    .push_bind(new.and_then(|new| json_unless_empty(&new.events)))
                    .push_bind(new.and_then(|new| facts_json(new.facts?)))
                    .push_bind(new.and_then(|new| new.gzip_bytes))
                    .push_bind(new.and_then(|new| new.clock_correction_ms));
            });
            insert.push(UNLESS_FILLING);
            insert.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

fn json_unless_empty<T: serde::Serialize>(list: &[T]) -> Option<String> {
    if list.is_empty() { None } else { serde_json::to_string(list).ok() }
}

fn facts_json(facts: &Facts) -> Option<String> {
    if *facts == Facts::default() { None } else { serde_json::to_string(facts).ok() }
}
