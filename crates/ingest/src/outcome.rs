//! What became of one request. The reply and the record are both made from this, so they cannot differ.

use std::borrow::Cow;

use attempts::{Facts, Raw, Record, Totals};
use model::{
    Code, UnixMs,
    ids::{AttemptId, RequestId, SessionId, SourceId},
    wire::{
        attempts::{AttemptEvent, Kind, OriginVerdict},
        ingest::{
            BootstrapDryRun, BootstrapReply, DryRunReply, EventResult, EventStatus, EventsReply,
            Issue, Refusal,
        },
    },
};
use serde::Serialize;

use crate::validate::Envelope;

/// A request as it arrived, with what the checks found out about it.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The HTTP exchange; its attempt has the same UUID.
    pub request: RequestId,
    /// Which endpoint.
    pub kind: Kind,
    /// When.
    pub at: UnixMs,
    /// The source, when the key is or was one's.
    pub source: Option<SourceId>,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// What the origin check said.
    pub origin_verdict: OriginVerdict,
    /// The client's address, shortened.
    pub remote_address: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// What the body says about itself.
    pub envelope: Envelope,
    /// The body, or its first bytes.
    pub raw: Raw,
    /// Size of the whole body; unpacked, when it came as gzip.
    pub body_bytes: usize,
    /// Size of the body as it came, when that was as gzip.
    pub gzip_bytes: Option<usize>,
    /// Whether `raw` holds only the first bytes.
    pub is_raw_cut: bool,
    /// Microseconds until the decision.
    pub duration_us: i64,
}

/// The decision.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Refused.
    Refused(Refused),
    /// A session for a visitor.
    Bootstrap {
        /// The session.
        session: SessionId,
        /// The visitor.
        anonymous_id: String,
        /// Whether it is the session that was asked for.
        resumed: bool,
        /// Until when a bootstrap resumes it.
        expires_at: UnixMs,
    },
    /// Events, each with its own fate.
    Events {
        /// The batch, as sent.
        batch_id: String,
        /// One per event sent, in the order sent.
        events: Vec<Fate>,
        /// The faults of the rejected ones.
        issues: Vec<Issue>,
    },
    /// What a bootstrap would be answered.
    BootstrapDryRun {
        /// The session that would go on; none: a new one.
        resumes: Option<SessionId>,
        /// The visitor.
        anonymous_id: String,
        /// Until when a bootstrap would resume it.
        expires_at: UnixMs,
    },
    /// What would become of events.
    EventsDryRun {
        /// The batch, as sent.
        batch_id: String,
        /// One per event sent, in the order sent.
        events: Vec<Fate>,
        /// The faults of those that would be rejected.
        issues: Vec<Issue>,
    },
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// The catalogue's code.
    pub code: Code,
    /// Every fault, where validation failed.
    pub issues: Vec<Issue>,
    /// Seconds after which it may be tried again.
    pub retry_after_s: Option<u64>,
    /// What the checks saw.
    pub facts: Facts,
}

impl Refused {
    /// A refusal that needs no more words than its code.
    pub fn with(code: Code) -> Self {
        Self { code, issues: Vec::new(), retry_after_s: None, facts: Facts::default() }
    }

    /// A refusal with what the checks saw.
    pub fn because(code: Code, facts: Facts) -> Self {
        Self { facts, ..Self::with(code) }
    }
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Fate {
    /// The event's id, when it could be read.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its type.
    pub event_type: Option<String>,
    /// Stored, stored before, or at fault.
    pub status: EventStatus,
    /// Its first fault.
    pub issue: Option<Issue>,
    /// For a duplicate, the attempt that stored it.
    pub first_attempt: Option<AttemptId>,
}

/// A request and what became of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The request.
    pub arrived: Arrived,
    /// The decision.
    pub answer: Answer,
    /// Whether an attempt is kept of it.
    pub is_kept: bool,
}

/// The reply's status, headers and body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Why it is a refusal, when it is one.
    pub code: Option<Code>,
    /// `Retry-After`, in seconds.
    pub retry_after_s: Option<u64>,
    /// The JSON body.
    pub body: Vec<u8>,
}

impl Outcome {
    /// What the client is told.
    pub fn reply(&self, base_url: &str) -> Reply {
        let attempt = self.is_kept.then(|| self.arrived.request.attempt());
        let body = match &self.answer {
            Answer::Refused(refused) => return refused.reply(base_url, attempt),
            Answer::Bootstrap { session, anonymous_id, resumed, expires_at } => {
                json(&BootstrapReply {
                    ok: true,
                    session_id: *session,
                    anonymous_id: anonymous_id.clone(),
                    resumed: *resumed,
                    expires_at: *expires_at,
                    attempt_id: attempt,
                })
            }
            Answer::Events { batch_id, events, issues } => {
                json(&events_reply(attempt, batch_id, events, issues))
            }
            Answer::BootstrapDryRun { resumes, anonymous_id, expires_at } => {
                json(&DryRunReply::Bootstrap(BootstrapDryRun {
                    ok: true,
                    session_id: *resumes,
                    anonymous_id: anonymous_id.clone(),
                    resumed: resumes.is_some(),
                    expires_at: *expires_at,
                    issues: Vec::new(),
                    attempt_id: attempt,
                }))
            }
            Answer::EventsDryRun { batch_id, events, issues } => {
                json(&DryRunReply::Events(events_reply(attempt, batch_id, events, issues)))
            }
        };
        Reply { status: self.answer.status(), code: None, retry_after_s: None, body }
    }
}

impl Refused {
    /// What the client is told. `attempt` is the one that is kept of it, if there is one.
    pub fn reply(&self, base_url: &str, attempt: Option<AttemptId>) -> Reply {
        let entry = self.code.entry();
        let body = json(&Refusal {
            error: entry.text.to_owned(),
            message: entry.message.to_owned(),
            issues: self.issues.clone(),
            attempt_id: attempt,
            docs: format!("{base_url}/docs/errors#{}", model::catalogue::anchor(entry.text)),
        });
        let Self { code, retry_after_s, .. } = *self;
        Reply { status: entry.status, code: Some(code), retry_after_s, body }
    }
}

/// Our own replies: their JSON cannot fail.
fn json(reply: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(reply).unwrap_or_default()
}

fn events_reply(
    attempt_id: Option<AttemptId>,
    batch_id: &str,
    events: &[Fate],
    issues: &[Issue],
) -> EventsReply {
    let results = events.iter().map(|event| EventResult {
        id: event.id.clone(),
        status: event.status,
        issue: event.issue.clone(),
    });
    EventsReply {
        ok: true,
        batch_id: batch_id.to_owned(),
        accepted: count(events, EventStatus::Accepted),
        duplicates: count(events, EventStatus::Duplicate),
        rejected: count(events, EventStatus::Rejected),
        results: results.collect(),
        issues: issues.to_vec(),
        attempt_id,
    }
}

impl Answer {
    fn status(&self) -> u16 {
        self.refused().map_or(200, |refused| refused.code.entry().status)
    }

    /// What is kept of the request that is answered so.
    pub fn record<'a>(&'a self, arrived: &'a Arrived) -> Record<'a> {
        let envelope = &arrived.envelope;
        let refused = self.refused();
        let totals = self.totals();
        let session_id = match self {
            Self::Bootstrap { session, .. } => Some(Cow::Owned(session.to_string())),
            _ => envelope.session_id.as_deref().map(Cow::Borrowed),
        };
        Record {
            id: arrived.request.attempt(),
            at: arrived.at,
            source_id: arrived.source,
            kind: arrived.kind,
            status: self.status(),
            code: refused.map(|refused| refused.code),
            origin: arrived.origin.as_deref(),
            origin_verdict: arrived.origin_verdict,
            remote_address: arrived.remote_address.as_deref(),
            user_agent: arrived.user_agent.as_deref(),
            sdk_version: envelope.sdk_version.as_deref(),
            ingest_version: envelope.ingest_version,
            batch_id: envelope.batch_id.as_deref(),
            session_id,
            anonymous_id: envelope.anonymous_id.as_deref(),
            body_bytes: i64::try_from(arrived.body_bytes).unwrap_or(i64::MAX),
            gzip_bytes: arrived.gzip_bytes.and_then(|bytes| i64::try_from(bytes).ok()),
            clock_correction_ms: envelope.clock_correction_ms,
            duration_us: arrived.duration_us,
            accepted: totals.accepted,
            duplicates: totals.duplicates,
            rejected: totals.rejected,
            raw: &arrived.raw,
            is_raw_cut: arrived.is_raw_cut,
            issues: match self {
                Self::Refused(refused) => &refused.issues,
                Self::Events { issues, .. } | Self::EventsDryRun { issues, .. } => issues,
                Self::Bootstrap { .. } | Self::BootstrapDryRun { .. } => &[],
            },
            events: match self {
                Self::Events { events, .. } | Self::EventsDryRun { events, .. } => {
                    events.iter().map(attempt_event).collect()
                }
                _ => Vec::new(),
            },
            facts: refused.map(|refused| &refused.facts),
        }
    }

    /// What it adds to the counts. A dry run is a request, and nothing became of its events.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals { requests: 1, ..Totals::default() };
        match self {
            Self::Refused(_) => return Totals::REFUSAL,
            Self::Bootstrap { .. } | Self::BootstrapDryRun { .. } | Self::EventsDryRun { .. } => {}
            Self::Events { events, .. } => {
                let counted = |status| i64::try_from(count(events, status)).unwrap_or(i64::MAX);
                totals.accepted = counted(EventStatus::Accepted);
                totals.duplicates = counted(EventStatus::Duplicate);
                totals.rejected = counted(EventStatus::Rejected);
            }
        }
        totals
    }

    /// Why it was refused, when it was.
    pub const fn refused(&self) -> Option<&Refused> {
        match self {
            Self::Refused(refused) => Some(refused),
            _ => None,
        }
    }
}

fn count(events: &[Fate], status: EventStatus) -> usize {
    events.iter().filter(|event| event.status == status).count()
}

fn attempt_event(fate: &Fate) -> AttemptEvent {
    AttemptEvent {
        id: fate.id.clone(),
        name: fate.name.clone(),
        event_type: fate.event_type.clone(),
        status: fate.status,
        code: fate.issue.as_ref().map(|issue| issue.code.as_str().to_owned()),
        first_attempt_id: fate.first_attempt,
    }
}
