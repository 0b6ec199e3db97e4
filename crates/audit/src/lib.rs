//! Who changed what: one row for every change, written in the transaction of the change.

mod denied;
mod forget;
mod list;

use std::net::IpAddr;

use db::{Result, Tx, on_db};
use model::{
    Exchange, Permissions, UnixMs,
    exchange::shortened,
    ids::{AuditId, OrganizationId, RequestId, UserId},
};
use serde_json::Value;

pub use denied::record_denied;
pub use forget::{KEPT_MS, forget};
pub use list::{Filter, actors, find_request, is_action, list};

/// Who acts, from where, and in which exchange.
#[derive(Debug, Clone, Copy)]
pub struct Actor {
    /// The person.
    pub user: UserId,
    /// The HTTP exchange.
    pub request: RequestId,
    /// Where they are; kept without its last part.
    pub address: Option<IpAddr>,
    /// The most that they may do now, whatever their role permits: a token can hold less than its person.
    pub scope: Permissions,
    /// Whether it is a tool that acts, with a token that its person made for it. A tool works for its person, and is not
    /// them: what only they can decide it does not do, however much its token holds.
    pub is_tool: bool,
}

impl Actor {
    /// The person themselves, with all that their role permits.
    #[must_use]
    pub fn person(user: UserId, exchange: &Exchange) -> Self {
        let Exchange { request, address, .. } = *exchange;
        Self { user, request, address, scope: Permissions::all(), is_tool: false }
    }

    /// Someone who acts without an exchange over HTTP: on the command line, or in a test.
    #[must_use]
    pub fn local(user: UserId, request: RequestId) -> Self {
        Self { user, request, address: None, scope: Permissions::all(), is_tool: false }
    }

    /// Whoever runs the instance, on its command line: nobody's account.
    #[must_use]
    pub fn instance(request: RequestId) -> Self {
        Self::local(UserId::INSTANCE, request)
    }

    /// Stripe, which says what a workspace has bought: nobody's account.
    #[must_use]
    pub fn stripe(request: RequestId) -> Self {
        Self::local(UserId::STRIPE, request)
    }

    /// The same through a tool whose token permits no more than `scope`.
    #[must_use]
    pub const fn through_tool(self, scope: Permissions) -> Self {
        Self { scope, is_tool: true, ..self }
    }
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
    (organization_id, id, at, actor_id, action, subject, before, after, request_id, address)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

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
        .bind(entry.actor.address.map(|address| shortened(address).to_string()))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    db::expect_one(touched)
}
