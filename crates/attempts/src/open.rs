//! One attempt, as it is stored.

use db::{Db, Error, Result, on_db};
use model::{
    ids::{AttemptId, OrganizationId},
    wire::{
        attempts::{AttemptEvent, AttemptRow},
        ingest::Issue,
    },
};
use serde::de::DeserializeOwned;

use crate::{Facts, Raw, list::Row};

/// All that is kept of one attempt.
#[derive(Debug, Clone)]
pub struct Stored {
    /// What lists show.
    pub row: AttemptRow,
    /// The body, byte for byte.
    pub raw: Vec<u8>,
    /// Whether only its first bytes were kept.
    pub is_raw_cut: bool,
    /// Size of the body as it came, when that was as gzip.
    pub gzip_bytes: Option<i64>,
    /// How far the client's clock was behind, in milliseconds, when it was wrong.
    pub clock_correction_ms: Option<i64>,
    /// Every fault.
    pub issues: Vec<Issue>,
    /// One row per event sent.
    pub events: Vec<AttemptEvent>,
    /// What the checks saw.
    pub facts: Facts,
}

/// A whole row as it is stored. Shared with [`crate::find_unmatched`].
#[derive(sqlx::FromRow)]
pub(crate) struct Whole {
    #[sqlx(flatten)]
    row: Row,
    raw: Vec<u8>,
    is_raw_zstd: bool,
    is_raw_cut: bool,
    gzip_bytes: Option<i64>,
    clock_correction_ms: Option<i64>,
    issues: Option<String>,
    events: Option<String>,
    facts: Option<String>,
}

const FIND: &str = "SELECT source_id, id, at, kind, status, code, origin, origin_verdict, remote_address,
        user_agent, sdk_version, ingest_version, batch_id, session_id, anonymous_id, body_bytes, duration_us,
        accepted, duplicates, rejected, raw, is_raw_zstd, is_raw_cut, gzip_bytes, clock_correction_ms, issues,
        events, facts
    FROM attempts
    WHERE source_id IN (SELECT id FROM sources WHERE organization_id = $1) AND id = $2";

/// The attempt, when it belongs to a source of the workspace.
pub async fn find(db: &Db, organization: OrganizationId, id: AttemptId) -> Result<Option<Stored>> {
    let whole = on_db!(db.read(), c => sqlx::query_as::<_, Whole>(FIND)
        .bind(organization.uuid())
        .bind(id.uuid())
        .fetch_optional(c)
        .await)?;
    whole.map(Stored::try_from).transpose()
}

impl TryFrom<Whole> for Stored {
    type Error = Error;

    fn try_from(whole: Whole) -> Result<Self> {
        let row = AttemptRow::try_from(whole.row)?;
        let limit = usize::try_from(row.body_bytes).unwrap_or_default();
        let raw = Raw { bytes: whole.raw, is_zstd: whole.is_raw_zstd }
            .unpack(limit)
            .map_err(|error| Error::Stored(format!("attempt body: {error}")))?;
        Ok(Self {
            row,
            raw,
            is_raw_cut: whole.is_raw_cut,
            gzip_bytes: whole.gzip_bytes,
            clock_correction_ms: whole.clock_correction_ms,
            issues: read_json(whole.issues)?,
            events: read_json(whole.events)?,
            facts: read_json(whole.facts)?,
        })
    }
}

pub(crate) fn read_json<T: DeserializeOwned + Default>(text: Option<String>) -> Result<T> {
    text.map_or_else(
        || Ok(T::default()),
        |text| serde_json::from_str(&text).map_err(|error| Error::Stored(error.to_string())),
    )
}
