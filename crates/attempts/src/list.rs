//! Lists of attempts, newest first.

use db::{Db, Error, Result, lowest_id, on_db};
use model::{
    UnixMs,
    ids::{AttemptId, OrganizationId, SourceId},
    wire::attempts::{AttemptRow, Kind, OriginVerdict},
};
use uuid::Uuid;

/// Which attempts to list.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Of this endpoint.
    pub kind: Option<Kind>,
    /// None that only asked what would become of it.
    pub without_dry_runs: bool,
    /// With an HTTP status in this range, both ends included.
    pub status: (u16, u16),
    /// With this error code.
    pub code: Option<String>,
    /// From this origin.
    pub origin: Option<String>,
    /// With this word of the origin check.
    pub origin_verdict: Option<OriginVerdict>,
    /// From this version of the SDK.
    pub sdk_version: Option<String>,
    /// Of this session.
    pub session_id: Option<String>,
    /// Of this visitor.
    pub anonymous_id: Option<String>,
    /// Not before.
    pub from: Option<UnixMs>,
    /// Before.
    pub to: Option<UnixMs>,
    /// Older than this one.
    pub before: Option<AttemptId>,
    /// At most so many.
    pub limit: u16,
}

impl Filter {
    /// Every status there is.
    pub const ANY_STATUS: (u16, u16) = (100, 599);

    /// The newest `limit` attempts, whatever became of them.
    #[must_use]
    pub const fn newest(limit: u16) -> Self {
        Self {
            kind: None,
            without_dry_runs: false,
            status: Self::ANY_STATUS,
            code: None,
            origin: None,
            origin_verdict: None,
            sdk_version: None,
            session_id: None,
            anonymous_id: None,
            from: None,
            to: None,
            before: None,
            limit,
        }
    }
}

/// A row as it is stored. Shared with [`crate::find`].
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Row {
    source_id: Uuid,
    id: Uuid,
    at: i64,
    kind: String,
    status: i64,
    code: Option<String>,
    origin: Option<String>,
    origin_verdict: String,
    remote_address: Option<String>,
    user_agent: Option<String>,
    sdk_version: Option<String>,
    ingest_version: Option<i64>,
    batch_id: Option<String>,
    session_id: Option<String>,
    anonymous_id: Option<String>,
    body_bytes: i64,
    duration_us: i64,
    accepted: i64,
    duplicates: i64,
    rejected: i64,
}

impl TryFrom<Row> for AttemptRow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let unreadable = |what: &str, value: &str| Error::Stored(format!("attempt {what} {value}"));
        let id = AttemptId::from(row.id);
        Ok(Self {
            id,
            at: UnixMs(row.at),
            source_id: (!row.source_id.is_nil()).then(|| SourceId::from(row.source_id)),
            kind: Kind::from_text(&row.kind).ok_or_else(|| unreadable("kind", &row.kind))?,
            status: u16::try_from(row.status)
                .map_err(|_| unreadable("status", &row.status.to_string()))?,
            code: row.code,
            origin: row.origin,
            origin_verdict: OriginVerdict::from_text(&row.origin_verdict)
                .ok_or_else(|| unreadable("origin verdict", &row.origin_verdict))?,
            remote_address: row.remote_address,
            user_agent: row.user_agent,
            sdk_version: row.sdk_version,
            ingest_version: row.ingest_version,
            batch_id: row.batch_id,
            session_id: row.session_id,
            anonymous_id: row.anonymous_id,
            body_bytes: row.body_bytes,
            duration_us: row.duration_us,
            accepted: row.accepted,
            duplicates: row.duplicates,
            rejected: row.rejected,
            request_id: id.request().to_string(),
        })
    }
}

// Ids are UUIDv7 of the moment of arrival, so the primary key is also the order in time. What arrived at a moment or later
// has no lower id than the moment's lowest, so nothing further back is looked at.
const LIST: &str = "SELECT source_id, id, at, kind, status, code, origin, origin_verdict, remote_address,
        user_agent, sdk_version, ingest_version, batch_id, session_id, anonymous_id, body_bytes, duration_us,
        accepted, duplicates, rejected
    FROM attempts
    WHERE source_id = (SELECT id FROM sources WHERE id = $1 AND organization_id = $2)
        AND id < $3
        AND status BETWEEN $4 AND $5
        AND ($6 IS NULL OR kind = $6)
        AND ($7 IS NULL OR code = $7)
        AND ($8 IS NULL OR origin = $8)
        AND ($9 IS NULL OR origin_verdict = $9)
        AND ($10 IS NULL OR sdk_version = $10)
        AND ($11 IS NULL OR session_id = $11)
        AND ($12 IS NULL OR anonymous_id = $12)
        AND at >= $13 AND at < $14 AND id >= $17
        AND (kind <> 'validate' OR NOT $16)
    ORDER BY id DESC LIMIT $15";

/// The attempts of `source` that pass `filter`, newest first; none when the source is not the workspace's.
pub async fn list(
    db: &Db,
    organization: OrganizationId,
    source: SourceId,
    filter: &Filter,
) -> Result<Vec<AttemptRow>> {
    let rows = on_db!(db.read(), c => sqlx::query_as::<_, Row>(LIST)
        .bind(source.uuid())
        .bind(organization.uuid())
        .bind(filter.before.map_or(Uuid::max(), AttemptId::uuid))
        .bind(i64::from(filter.status.0))
        .bind(i64::from(filter.status.1))
        .bind(filter.kind.map(Kind::as_str))
        .bind(filter.code.as_deref())
        .bind(filter.origin.as_deref())
        .bind(filter.origin_verdict.map(OriginVerdict::as_str))
        .bind(filter.sdk_version.as_deref())
        .bind(filter.session_id.as_deref())
        .bind(filter.anonymous_id.as_deref())
        .bind(filter.from.map_or(i64::MIN, |from| from.0))
        .bind(filter.to.map_or(i64::MAX, |to| to.0))
        .bind(i64::from(filter.limit))
        .bind(filter.without_dry_runs)
        .bind(filter.from.map_or(Uuid::nil(), lowest_id))
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(AttemptRow::try_from).collect()
}
