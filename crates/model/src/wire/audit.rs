//! The audit log: who changed what.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    UnixMs,
    ids::{AuditId, UserId},
};

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Who {
    /// Who.
    pub id: UserId,
    /// Their address; null when the account is gone.
    pub email: Option<String>,
    /// What they are called, when they said so.
    pub name: Option<String>,
}

/// One change, or one attempt at it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: UnixMs,
    /// By whom.
    pub actor: Who,
    /// What was done, such as `source.created`; `access.denied` for what was refused.
    pub action: String,
    /// To what: an id, or the permission that it would have taken.
    pub subject: String,
    /// The fields that changed, as they were.
    pub before: Option<Value>,
    /// The fields that changed, as they became.
    pub after: Option<Value>,
    /// The exchange that did it.
    pub request_id: String,
    /// Where it came from: the network, without the part that names a person; null when it is not known.
    pub address: Option<String>,
}

/// `GET /api/audit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditReply {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins; null on the last.
    pub next_cursor: Option<String>,
}
