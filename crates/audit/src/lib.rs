//! Who changed what: one row for every change, written in the transaction of the change.

mod denied;
mod list;

use db::{Result, Tx, on_db};
use model::{
    UnixMs,
    ids::{AuditId, OrganizationId, RequestId, UserId},
};
use serde_json::Value;

pub use denied::record_denied;
pub use list::{Filter, is_action, list};

/// Who acts, and in which exchange.
#[derive(Debug, Clone, Copy)]
pub struct Actor {
    /// The person.
    pub user: UserId,
    /// The HTTP exchange.
    pub request: RequestId,
}

/// One change.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: UnixMs,
    /// In which workspace.
    pub organization: OrganizationId,
    /// By whom.
    pub actor: Actor,
    /// What was done, such as `source.created`.
    pub action: &'a str,
    /// To what: an id's text.
    pub subject: String,
    /// The fields that changed, as they were.
    pub before: Option<Value>,
    /// The fields that changed, as they are now.
    pub after: Option<Value>,
}

const INSERT: &str = "INSERT INTO audit_log
    (organization_id, id, at, actor_id, action, subject, before, after, request_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Writes `entry` in the change's own transaction.
pub async fn record(tx: &mut Tx, entry: Entry<'_>) -> Result<()> {
    let touched = on_db!(tx.conn()?, c => sqlx::query(INSERT)
        .bind(entry.organization.uuid())
        .bind(entry.id.uuid())
        .bind(entry.at.0)
        .bind(entry.actor.user.uuid())
        .bind(entry.action)
        .bind(entry.subject)
        .bind(entry.before.map(|value| value.to_string()))
        .bind(entry.after.map(|value| value.to_string()))
        .bind(entry.actor.request.to_string())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    db::expect_one(touched)
}
