//! A source as it stands in the database.

use model::{
    UnixMs,
    ids::{OrganizationId, SourceId},
    wire::sources::{FrameworkHint, Source},
};
use uuid::Uuid;

/// One row of `sources`, all columns.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct SourceRow {
    id: Uuid,
    organization_id: Uuid,
    name: String,
    slug: String,
    public_key: String,
    allowed_origins: String,
    framework_hint: Option<String>,
    is_active: bool,
    max_payload_bytes: i64,
    rate_limit_per_minute: i64,
    require_origin: bool,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<SourceRow> for Source {
    type Error = db::Error;

    fn try_from(row: SourceRow) -> Result<Self, db::Error> {
        let id = SourceId::from(row.id);
        let stored = |what: &str| db::Error::Stored(format!("{what} of {id}"));
        let allowed_origins =
            serde_json::from_str(&row.allowed_origins).map_err(|_| stored("allowed_origins"))?;
        let read_hint =
            |text: String| FrameworkHint::from_text(&text).ok_or_else(|| stored("framework_hint"));
        Ok(Self {
            id,
            organization_id: OrganizationId::from(row.organization_id),
            name: row.name,
            slug: row.slug,
            public_key: row.public_key,
            allowed_origins,
            framework_hint: row.framework_hint.map(read_hint).transpose()?,
            is_active: row.is_active,
            max_payload_bytes: row.max_payload_bytes,
            rate_limit_per_minute: row.rate_limit_per_minute,
            require_origin: row.require_origin,
            created_at: UnixMs(row.created_at),
            updated_at: UnixMs(row.updated_at),
        })
    }
}

/// The columns are named, so that a column added by a newer process does not change a prepared statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, organization_id, name, slug, public_key, allowed_origins, framework_hint, is_active,
    max_payload_bytes, rate_limit_per_minute, require_origin, created_at, updated_at
    FROM sources ",
            $rest
        )
    };
}
pub(crate) use select;

/// The list as the column holds it: a JSON array.
pub(crate) fn origins_json(origins: &[String]) -> String {
    serde_json::Value::from(origins).to_string()
}
