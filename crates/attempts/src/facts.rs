//! What the checks saw, kept beside an attempt so that its explanation can name it later.

use model::UnixMs;
use serde::{Deserialize, Serialize};

/// Facts at the time of the request; settings may have changed since.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Facts {
    /// The `Content-Type` header, when it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The `Content-Encoding` header, when it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_encoding: Option<String>,
    /// The source's allowed origins, when the origin was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_origins: Option<Vec<String>>,
    /// The key in the path, when it is no source's present key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// When that key was rotated away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<UnixMs>,
    /// Requests a minute that the source allows, when it was too many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit_per_minute: Option<i64>,
    /// Bytes that the source allows, when it was too large.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_payload_bytes: Option<i64>,
    /// Whether the body said to be gzip and was not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_broken_gzip: bool,
    /// Why the body is not a JSON object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json_fault: Option<String>,
    /// Why the session is not valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_fault: Option<SessionFault>,
}

/// Why a session is not valid for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionFault {
    /// No such session at this source.
    Unknown,
    /// It belongs to another visitor.
    OtherVisitor,
    /// Nothing was heard of it for more than a day.
    Expired,
}
