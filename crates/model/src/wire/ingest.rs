//! Ingest v2: what Tiny answers to SDKs and servers.

use serde::{Deserialize, Serialize};

use crate::{
    IssueCode, UnixMs,
    ids::{AttemptId, SessionId},
};

/// One fault of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Issue {
    /// Which kind of fault.
    pub code: IssueCode,
    /// Where, as a path: `sessionId`, `events[3].page`.
    pub field: String,
    /// One sentence.
    pub message: String,
}

/// What became of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum EventStatus {
    /// Stored.
    Accepted,
    /// Stored before; this copy changed nothing.
    Duplicate,
    /// At fault; not stored.
    Rejected,
}

impl EventStatus {
    /// The status as clients read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Rejected => "rejected",
        }
    }
}

/// The row of one event in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventResult {
    /// The event's own id; null when it had none that could be read.
    pub id: Option<String>,
    /// What became of it.
    pub status: EventStatus,
    /// For a rejected event, its first issue: code, field and message.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub issue: Option<Issue>,
}

/// The 200 of `/bootstrap`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BootstrapReply {
    /// Always true.
    pub ok: bool,
    /// The session to send events with.
    pub session_id: SessionId,
    /// The visitor, as sent.
    pub anonymous_id: String,
    /// Whether the session that was asked for goes on.
    pub resumed: bool,
    /// Until when a bootstrap resumes this session if nothing else is sent.
    pub expires_at: UnixMs,
    /// This request's record; null when it was one of too many, and only counted.
    pub attempt_id: Option<AttemptId>,
}

/// The 200 of `/events`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventsReply {
    /// Always true.
    pub ok: bool,
    /// The batch, as sent.
    pub batch_id: String,
    /// Events stored by this request.
    pub accepted: usize,
    /// Events that were stored before.
    pub duplicates: usize,
    /// Events at fault.
    pub rejected: usize,
    /// One row per event sent, in the order sent.
    pub results: Vec<EventResult>,
    /// The faults of the rejected events.
    pub issues: Vec<Issue>,
    /// This request's record; null when it was one of too many, and only counted.
    pub attempt_id: Option<AttemptId>,
}

/// The 200 of `/validate`: what the real endpoint would answer, when nothing has been stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "validated", rename_all = "lowercase")]
pub enum DryRunReply {
    /// The body was that of a bootstrap.
    Bootstrap(BootstrapDryRun),
    /// The body was that of events; each stands as it would be told.
    Events(EventsReply),
}

/// What a bootstrap would be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BootstrapDryRun {
    /// Always true.
    pub ok: bool,
    /// The session that would go on; null when a new one would be made.
    pub session_id: Option<SessionId>,
    /// The visitor, as sent.
    pub anonymous_id: String,
    /// Whether the session that was asked for would go on.
    pub resumed: bool,
    /// Until when a bootstrap would resume the session if nothing else were sent.
    pub expires_at: UnixMs,
    /// Always empty: a bootstrap with faults is refused.
    pub issues: Vec<Issue>,
    /// This request's record; null when it was one of too many, and only counted.
    pub attempt_id: Option<AttemptId>,
}

/// Every refusal of an ingest endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The catalogue's code.
    pub error: String,
    /// The catalogue's sentence.
    pub message: String,
    /// Every fault, where validation failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<Issue>,
    /// This request's record, when one was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub attempt_id: Option<AttemptId>,
    /// The code's entry in the error reference.
    pub docs: String,
}
