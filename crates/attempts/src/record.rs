//! Writing attempts, in the transaction of what they record.

use std::borrow::Cow;

use db::{Engine, Result, Tx, bulk, column, filled};
use model::{
    Code, UnixMs,
    ids::{AttemptId, SourceId},
    wire::{
        attempts::{AttemptEvent, Kind, OriginVerdict},
        ingest::Issue,
    },
};
use sqlx::{Postgres, QueryBuilder, Sqlite, postgres::PgArguments, query::Query};
use uuid::Uuid;

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

const INSERT_POSTGRES: &str = "INSERT INTO attempts
    (source_id, id, at, kind, status, code, origin, origin_verdict, remote_address, user_agent, sdk_version,
     ingest_version, batch_id, session_id, anonymous_id, body_bytes, duration_us, accepted, duplicates, rejected,
     raw, is_raw_zstd, is_raw_cut, issues, events, facts, gzip_bytes, clock_correction_ms)
    SELECT * FROM UNNEST($1::UUID[], $2::UUID[], $3::BIGINT[], $4::TEXT[], $5::BIGINT[], $6::TEXT[], $7::TEXT[],
    $8::TEXT[], $9::TEXT[], $10::TEXT[], $11::TEXT[], $12::BIGINT[], $13::TEXT[], $14::TEXT[], $15::TEXT[],
    $16::BIGINT[], $17::BIGINT[], $18::BIGINT[], $19::BIGINT[], $20::BIGINT[], $21::BYTEA[], $22::BOOLEAN[],
    $23::BOOLEAN[], $24::TEXT[], $25::TEXT[], $26::TEXT[], $27::BIGINT[], $28::BIGINT[])";

/// Writes `records`.
pub async fn insert(tx: &mut Tx, records: &[Record<'_>]) -> Result<()> {
    match tx.conn()? {
        _ if records.is_empty() => {}
        Engine::Sqlite(c) => {
            for chunk in bulk(records) {
                insert_values(chunk).build().execute(&mut *c).await?;
            }
        }
        Engine::Postgres(c) => {
            insert_columns(records).execute(c).await?;
        }
    }
    Ok(())
}

fn insert_values(chunk: &[Record<'_>]) -> QueryBuilder<Sqlite> {
    let mut insert = QueryBuilder::new(INSERT);
    insert.push_values(filled(chunk), |mut row, new| {
        row.push_bind(new.map(Record::source))
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
    insert
}

fn insert_columns<'a>(records: &'a [Record<'_>]) -> Query<'a, Postgres, PgArguments> {
    sqlx::query(INSERT_POSTGRES)
        .bind(column(records, Record::source))
        .bind(column(records, |new| new.id.uuid()))
        .bind(column(records, |new| new.at.0))
        .bind(column(records, |new| new.kind.as_str()))
        .bind(column(records, |new| i64::from(new.status)))
        .bind(column(records, |new| new.code.map(Code::as_str)))
        .bind(column(records, |new| new.origin))
        .bind(column(records, |new| new.origin_verdict.as_str()))
        .bind(column(records, |new| new.remote_address))
        .bind(column(records, |new| new.user_agent))
        .bind(column(records, |new| new.sdk_version))
        .bind(column(records, |new| new.ingest_version))
        .bind(column(records, |new| new.batch_id))
        .bind(column(records, |new| new.session_id.as_deref()))
        .bind(column(records, |new| new.anonymous_id))
        .bind(column(records, |new| new.body_bytes))
        .bind(column(records, |new| new.duration_us))
        .bind(column(records, |new| new.accepted))
        .bind(column(records, |new| new.duplicates))
        .bind(column(records, |new| new.rejected))
        .bind(column(records, |new| new.raw.bytes.as_slice()))
        .bind(column(records, |new| new.raw.is_zstd))
        .bind(column(records, |new| new.is_raw_cut))
        .bind(column(records, |new| json_unless_empty(new.issues)))
        .bind(column(records, |new| json_unless_empty(&new.events)))
        .bind(column(records, |new| facts_json(new.facts?)))
        .bind(column(records, |new| new.gzip_bytes))
        .bind(column(records, |new| new.clock_correction_ms))
}

impl Record<'_> {
    /// All zeros when the key was unknown.
    fn source(&self) -> Uuid {
        self.source_id.map(SourceId::uuid).unwrap_or_default()
    }
}

fn json_unless_empty<T: serde::Serialize>(list: &[T]) -> Option<String> {
    if list.is_empty() { None } else { serde_json::to_string(list).ok() }
}

fn facts_json(facts: &Facts) -> Option<String> {
    if *facts == Facts::default() { None } else { serde_json::to_string(facts).ok() }
}
