//! A source as the ingest gate needs it, by the key in the path.

use std::{num::NonZeroU32, sync::Arc};

use db::on_db;
use model::{
    UnixMs,
    ids::{OrganizationId, SourceId},
};
use uuid::Uuid;

use crate::{AllowedOrigins, Error, PublicKey, Result, Sources};

// Keys in use and retired keys in one statement. The casts give PostgreSQL a type for nothing. The sources of a deleted
// workspace take nothing, as if each had been switched off.
const BY_KEY: &str = "SELECT s.id, s.organization_id, s.public_key, s.allowed_origins,
        s.is_active AND o.deleted_at IS NULL AS is_active, s.max_payload_bytes,
        s.rate_limit_per_minute, s.require_origin, s.updated_at, CAST(NULL AS BIGINT) AS retired_at
    FROM sources s JOIN organizations o ON o.id = s.organization_id WHERE s.public_key = $1
    UNION ALL
    SELECT s.id, s.organization_id, s.public_key, s.allowed_origins,
        s.is_active AND o.deleted_at IS NULL AS is_active, s.max_payload_bytes,
        s.rate_limit_per_minute, s.require_origin, s.updated_at, r.retired_at
    FROM retired_keys r
    JOIN sources s ON s.id = r.source_id
    JOIN organizations o ON o.id = s.organization_id WHERE r.public_key = $1";

/// What a key stands for.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// A source's key.
    Known(Arc<GateSource>),
    /// A key that its source had until `retired_at`.
    Retired {
        /// The source, as it is now.
        source: Arc<GateSource>,
        /// When another key took its place.
        retired_at: UnixMs,
    },
    /// Nothing.
    Unknown,
}

/// What the gate checks a request against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateSource {
    /// Which.
    pub id: SourceId,
    /// Its workspace.
    pub organization_id: OrganizationId,
    /// Its key now, also when the lookup was by a retired one.
    pub public_key: String,
    /// Browser origins that may send.
    pub allowed: AllowedOrigins,
    /// Whether it takes requests.
    pub is_active: bool,
    /// Largest request body, in bytes.
    pub max_payload_bytes: usize,
    /// Requests a minute; `None` means no limit.
    pub rate_limit_per_minute: Option<NonZeroU32>,
    /// Whether requests without an `Origin` header are refused.
    pub require_origin: bool,
    /// When it or its settings last changed.
    pub updated_at: UnixMs,
}

impl Sources {
    /// What `key` stands for: at once as this process changed it, within a second as another did. A text that
    /// cannot be a key is [`Lookup::Unknown`] without a look.
    pub async fn gate_lookup(&self, key: &str) -> Result<Lookup> {
        let Some(key) = PublicKey::from_path(key) else { return Ok(Lookup::Unknown) };
        self.cache.get(&key, || by_key(&self.gate_db, &key)).await.map_err(Error::Lookup)
    }
}

#[derive(sqlx::FromRow)]
struct GateRow {
    id: Uuid,
    organization_id: Uuid,
    public_key: String,
    allowed_origins: String,
    is_active: bool,
    max_payload_bytes: i64,
    rate_limit_per_minute: i64,
    require_origin: bool,
    updated_at: i64,
    retired_at: Option<i64>,
}

async fn by_key(db: &db::Db, key: &PublicKey) -> Result<Lookup, db::Error> {
    let row = on_db!(db.read(), c => sqlx::query_as::<_, GateRow>(BY_KEY)
        .bind(key.as_str())
        .fetch_optional(c)
        .await)?;
    let Some(row) = row else { return Ok(Lookup::Unknown) };
    let retired_at = row.retired_at.map(UnixMs);
    let source = Arc::new(GateSource::try_from(row)?);
    Ok(match retired_at {
        None => Lookup::Known(source),
        Some(retired_at) => Lookup::Retired { source, retired_at },
    })
}

impl TryFrom<GateRow> for GateSource {
    type Error = db::Error;

    fn try_from(row: GateRow) -> Result<Self, db::Error> {
        let id = SourceId::from(row.id);
        let stored = |what: &str| db::Error::Stored(format!("{what} of {id}"));
        let origins: Vec<String> =
            serde_json::from_str(&row.allowed_origins).map_err(|_| stored("allowed_origins"))?;
        let max_payload_bytes =
            usize::try_from(row.max_payload_bytes).map_err(|_| stored("max_payload_bytes"))?;
        let rate_limit_per_minute = u32::try_from(row.rate_limit_per_minute)
            .map_err(|_| stored("rate_limit_per_minute"))?;
        Ok(Self {
            id,
            organization_id: OrganizationId::from(row.organization_id),
            public_key: row.public_key,
            allowed: AllowedOrigins::from_stored(&origins),
            is_active: row.is_active,
            max_payload_bytes,
            rate_limit_per_minute: NonZeroU32::new(rate_limit_per_minute),
            require_origin: row.require_origin,
            updated_at: UnixMs(row.updated_at),
        })
    }
}
