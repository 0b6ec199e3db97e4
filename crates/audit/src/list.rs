//! Reading the log, newest first.

use db::{Db, Error, Result, on_db};
use model::{
    UnixMs,
    ids::{AuditId, OrganizationId, RequestId, UserId},
    wire::audit::{AuditEntry, Who},
};
use serde_json::Value;
use uuid::Uuid;

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// What was done: a whole action, or the word before its dot.
    pub action: Option<String>,
    /// By whom.
    pub actor: Option<UserId>,
    /// In which exchange.
    pub request: Option<RequestId>,
    /// Not before.
    pub from: Option<UnixMs>,
    /// Before.
    pub to: Option<UnixMs>,
    /// Older than this one.
    pub before: Option<AuditId>,
    /// At most so many.
    pub limit: u16,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    at: i64,
    actor_id: Uuid,
    email: Option<String>,
    name: Option<String>,
    action: String,
    subject: String,
    before: Option<String>,
    after: Option<String>,
    request_id: String,
    address: Option<String>,
}

/// Whether a text can be an action or a group of them.
#[must_use]
pub fn is_action(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b"_.".contains(&b))
}

impl TryFrom<Row> for AuditEntry {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            at: UnixMs(row.at),
            actor: Who { id: row.actor_id.into(), email: row.email, name: row.name },
            action: row.action,
            subject: row.subject,
            before: read(row.before)?,
            after: read(row.after)?,
            request_id: row.request_id,
            address: row.address,
        })
    }
}

fn read(json: Option<String>) -> Result<Option<Value>> {
    json.map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|error| Error::Stored(format!("audit_log: {error}")))
}

// Ids are UUIDv7 of the moment of the change, so the primary key is also the order in time. A group of actions is
// told by its word and the dot; by equality, since how signs sort is for the database's locale to say.
const LIST: &str = "SELECT a.id, a.at, a.actor_id, u.email, u.name, a.action, a.subject, a.before, a.after, a.request_id,
        a.address
    FROM audit_log a LEFT JOIN users u ON u.id = a.actor_id
    WHERE a.organization_id = $1
        AND a.id < $2
        AND ($3 IS NULL OR a.action = $3 OR SUBSTR(a.action, 1, LENGTH($3) + 1) = $3 || '.')
        AND ($4 IS NULL OR a.actor_id = $4)
        AND a.at >= $5 AND a.at < $6
        AND ($7 IS NULL OR a.request_id = $7)
    ORDER BY a.id DESC LIMIT $8";

const ACTORS: &str = "SELECT DISTINCT a.actor_id, u.email, u.name
    FROM audit_log a LEFT JOIN users u ON u.id = a.actor_id
    WHERE a.organization_id = $1";

const REQUEST_OF: &str = "SELECT request_id FROM audit_log WHERE organization_id = $1 AND id = $2";

/// The entries of a workspace that pass `filter`, newest first.
pub async fn list(
    db: &Db,
    organization: OrganizationId,
    filter: &Filter,
) -> Result<Vec<AuditEntry>> {
    let rows = on_db!(db.read(), c => sqlx::query_as::<_, Row>(LIST)
        .bind(organization.uuid())
        .bind(filter.before.map_or(Uuid::max(), AuditId::uuid))
        .bind(filter.action.as_deref())
        .bind(filter.actor.map(UserId::uuid))
        .bind(filter.from.map_or(i64::MIN, |from| from.0))
        .bind(filter.to.map_or(i64::MAX, |to| to.0))
        .bind(filter.request.map(|request| request.to_string()))
        .bind(i64::from(filter.limit))
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(AuditEntry::try_from).collect()
}

/// Everyone who stands in the log of a workspace as having acted, in no order.
pub async fn actors(db: &Db, organization: OrganizationId) -> Result<Vec<Who>> {
    type Actor = (Uuid, Option<String>, Option<String>);
    let rows = on_db!(db.read(), c => sqlx::query_as::<_, Actor>(ACTORS)
        .bind(organization.uuid())
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(|(id, email, name)| Who { id: id.into(), email, name }).collect())
}

/// The exchange that an entry is of, when it is this workspace's.
pub async fn find_request(
    db: &Db,
    organization: OrganizationId,
    id: AuditId,
) -> Result<Option<String>> {
    let row = on_db!(db.read(), c => sqlx::query_as::<_, (String,)>(REQUEST_OF)
        .bind(organization.uuid())
        .bind(id.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(|(request,)| request))
}
