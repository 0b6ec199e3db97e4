//! Attempts and the debug view.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ingest::{EventStatus, Issue};
use super::sources::Source;
use crate::{
    UnixMs,
    ids::{AttemptId, SourceId},
};

/// Which endpoint was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `/bootstrap`.
    Bootstrap,
    /// `/events`.
    Events,
    /// `/validate`: a dry run of either.
    Validate,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Bootstrap, Self::Events, Self::Validate];

    /// The kind, as the API and the database spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bootstrap => "bootstrap",
            Self::Events => "events",
            Self::Validate => "validate",
        }
    }

    /// The kind with this spelling.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What the origin check said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OriginVerdict {
    /// On the source's list.
    Allowed,
    /// Not on the list.
    NotAllowed,
    /// The request had no `Origin` header.
    Missing,
    /// An earlier check refused the request.
    NotChecked,
}

impl OriginVerdict {
    /// Every verdict.
    pub const ALL: [Self; 4] = [Self::Allowed, Self::NotAllowed, Self::Missing, Self::NotChecked];

    /// The verdict, as the API and the database spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::NotAllowed => "not_allowed",
            Self::Missing => "missing",
            Self::NotChecked => "not_checked",
        }
    }

    /// The verdict with this spelling.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == text)
    }
}

/// One attempt in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AttemptRow {
    /// Which.
    pub id: AttemptId,
    /// When it arrived.
    pub at: UnixMs,
    /// The source it was for; null when its key was unknown.
    pub source_id: Option<SourceId>,
    /// Which endpoint.
    pub kind: Kind,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The error code of the answer; null for a success.
    pub code: Option<String>,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// What the origin check said.
    pub origin_verdict: OriginVerdict,
    /// The client's address, shortened.
    pub remote_address: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The SDK's version, as sent.
    pub sdk_version: Option<String>,
    /// The protocol's version, as sent.
    pub ingest_version: Option<i64>,
    /// The batch, as sent.
    pub batch_id: Option<String>,
    /// The session, as sent or as made.
    pub session_id: Option<String>,
    /// The visitor, as sent.
    pub anonymous_id: Option<String>,
    /// Size of the body in bytes; unpacked, when it came as gzip.
    pub body_bytes: i64,
    /// From the first byte to the decision, in microseconds; waiting for the disk is not in it.
    pub duration_us: i64,
    /// Events stored; none by a dry run.
    pub accepted: i64,
    /// Events stored before; a dry run counts none.
    pub duplicates: i64,
    /// Events at fault; a dry run counts none.
    pub rejected: i64,
    /// The HTTP exchange.
    pub request_id: String,
}

/// One event of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptEvent {
    /// The event's id, as sent.
    pub id: Option<String>,
    /// Its name: as sent, or `page_view`, `identify`.
    pub name: Option<String>,
    /// Its type, as sent.
    #[serde(rename = "type")]
    pub event_type: Option<String>,
    /// What became of it.
    pub status: EventStatus,
    /// For a rejected event, its first issue.
    pub code: Option<String>,
    /// For a duplicate, the attempt that stored it, when that is still known.
    #[serde(rename = "firstAttemptId", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub first_attempt_id: Option<AttemptId>,
}

/// One check of an attempt, in the order they were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    /// What was checked, in a word or two.
    pub name: String,
    /// Whether it held; null when an earlier one had failed.
    pub passed: Option<bool>,
}

/// Cause and fix, filled with an attempt's own facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// What happened, in a few words.
    pub title: String,
    /// Why, in a sentence.
    pub cause: String,
    /// What to do, in a sentence.
    pub fix: String,
    /// The origin that one click adds to the source, when that is the fix.
    pub allow_origin: Option<String>,
}

/// Something that was seen in a request and is worth a look, whatever became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// Which kind: `clock_wrong`.
    pub code: String,
    /// What it is, in a few words.
    pub title: String,
    /// What it was seen by, and what was done about it.
    pub cause: String,
    /// What to do, in a sentence or two.
    pub fix: String,
}

/// One attempt, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// What lists show.
    #[serde(flatten)]
    pub row: AttemptRow,
    /// The body as text, unpacked when it came as gzip; bytes that are not UTF-8 are replaced.
    pub raw: String,
    /// The body as in `raw`, byte for byte, in base 64.
    pub raw_base64: String,
    /// Size of the body as it came, in bytes, when it came as gzip; `bodyBytes` is what it unpacked to. Null otherwise.
    pub gzip_bytes: Option<i64>,
    /// Whether only the first bytes of the body were kept.
    pub is_raw_cut: bool,
    /// The key in the path, when it was no source's present key; null otherwise.
    pub public_key: Option<String>,
    /// By how many milliseconds the client's clock was behind ours (negative: ahead), when that was more than a minute;
    /// the times of its events are corrected by it. Null otherwise, and when the request did not say when it was sent.
    pub clock_correction_ms: Option<i64>,
    /// The `Content-Type` header, when it was refused.
    pub content_type: Option<String>,
    /// The `Content-Encoding` header, when it was refused.
    pub content_encoding: Option<String>,
    /// What Tiny made of it, or would have made of it; null when the body could not be read.
    pub normalised: Option<Value>,
    /// Every fault.
    pub issues: Vec<Issue>,
    /// One row per event sent; of a dry run, with what would have become of it.
    pub events: Vec<AttemptEvent>,
    /// What was checked, in order.
    pub checks: Vec<Check>,
    /// Cause and fix.
    pub explanation: Explanation,
    /// What else is worth a look.
    pub findings: Vec<Finding>,
    /// The attempt that this one repeats.
    pub replay_of: Option<AttemptId>,
}

/// `GET /api/attempts/{attemptId}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptReply {
    /// The attempt.
    pub attempt: Attempt,
}

/// One attempt whose key is no source's, in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UnmatchedAttempt {
    /// What all lists show.
    #[serde(flatten)]
    pub row: AttemptRow,
    /// The key in the path; null when there was none.
    pub public_key: Option<String>,
}

/// `GET /api/instance/attempts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UnmatchedReply {
    /// Newest first.
    pub attempts: Vec<UnmatchedAttempt>,
    /// Where the next page begins; null on the last.
    pub next_cursor: Option<String>,
    /// On the first page: requests of the last 24 hours that were counted only, by outcome, the most first.
    pub counted: Vec<CountedRow>,
}

/// `GET /api/attempts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AttemptsReply {
    /// Newest first.
    pub attempts: Vec<AttemptRow>,
    /// Where the next page begins; null on the last.
    pub next_cursor: Option<String>,
    /// Requests of which no attempt is kept, since there were too many of the kind; on the first page only.
    pub counted: Vec<CountedRow>,
}

/// Requests of one outcome that were counted, and of which no attempt is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CountedRow {
    /// The source.
    pub source_id: Option<SourceId>,
    /// The error code of the answers; null: they were accepted.
    pub code: Option<String>,
    /// How many.
    pub requests: i64,
    /// Beginning of the first minute in which there were some.
    pub first_minute: UnixMs,
    /// Beginning of the last one.
    pub last_minute: UnixMs,
}

/// The state of a source's installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VerdictCode {
    /// No attempt yet.
    Waiting,
    /// The latest attempts are refused.
    Rejecting,
    /// Events were accepted.
    Verified,
    /// Bootstrap succeeds, no event yet.
    Connected,
}

impl VerdictCode {
    /// The label, as the public documentation has it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting for first request",
            Self::Rejecting => "Requests are being rejected",
            Self::Verified => "Installation verified",
            Self::Connected => "Snippet connected, waiting for first event",
        }
    }
}

/// The verdict of a source, over the attempts since it last changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Which.
    pub code: VerdictCode,
    /// Its label.
    pub label: String,
    /// Why, in a sentence or two.
    pub reason: String,
    /// What to do next, in a sentence.
    pub fix: String,
    /// The commonest refusal code, when requests are being rejected.
    pub error: Option<String>,
    /// The origin that one click adds to the source, when that is the fix.
    pub allow_origin: Option<String>,
}

/// What a source accepts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Largest request body, in bytes.
    pub max_payload_bytes: i64,
    /// Requests a minute; 0 means no limit.
    pub rate_limit_per_minute: i64,
}

/// `GET /api/tracking-sources/{id}/debug`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DebugReply {
    /// The source.
    pub source: Source,
    /// Whether it works.
    pub verdict: Verdict,
    /// What it accepts.
    pub limits: Limits,
    /// When an event was last stored.
    pub last_accepted_at: Option<UnixMs>,
    /// What to paste into a page.
    pub snippet: String,
    /// The newest 50.
    pub attempts: Vec<AttemptRow>,
}
