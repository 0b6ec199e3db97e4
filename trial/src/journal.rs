//! What was sent, and what the server has said became of it: the one side of every comparison.

use std::collections::HashMap;

use model::ids::{AttemptId, SessionId};
use rig::connection::Reply;
use serde_json::Value;
use uuid::Uuid;

use crate::request::{Request, Wanted};

/// Faults that are told in words; of the rest only the number is.
const TOLD_FAULTS: usize = 12;

/// What is known of one event id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// No answer has told anything of it: it may be stored or not.
    Unclear,
    /// An answer said that it had been stored before.
    Duplicate,
    /// An answer said that this attempt stored it.
    Accepted(Uuid),
    /// It was never anything but at fault or part of a refused request.
    Bad,
}

/// One event id.
#[derive(Debug)]
pub struct Event {
    /// How often it was sent to be stored.
    pub sent: u32,
    /// What is known.
    pub fate: Fate,
}

/// What a client was told about its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The status.
    pub status: u16,
    /// Accepted, duplicate and rejected events, of an answer that counts them.
    pub counts: Option<[i64; 3]>,
}

/// Sums for the report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    /// Requests sent.
    pub requests: u64,
    /// Events that an answer said were stored.
    pub accepted: u64,
    /// Requests without an answer.
    pub unanswered: u64,
    /// Requests answered 429.
    pub limited: u64,
    /// Requests answered 503.
    pub unavailable: u64,
}

/// Everything since the database was made.
#[derive(Debug, Default)]
pub struct Journal {
    /// By id.
    pub events: HashMap<String, Event>,
    /// Told attempts.
    pub attempts: HashMap<Uuid, Told>,
    /// Told sessions.
    pub sessions: Vec<Uuid>,
    /// Sums.
    pub sums: Sums,
    /// Ids of good events, in the order they were first sent.
    pub good_ids: Vec<String>,
    /// Requests that were not answered, or told to come again, since they were taken last.
    open: Vec<Request>,
    faults: Faults,
}

/// What went wrong.
#[derive(Debug, Default)]
pub struct Faults {
    /// The first ones.
    pub told: Vec<String>,
    /// All.
    pub count: u64,
}

impl Faults {
    /// One more.
    pub fn add(&mut self, fault: String) {
        self.count += 1;
        if self.told.len() < TOLD_FAULTS {
            self.told.push(fault);
        }
    }

    /// Those of another list too.
    pub fn merge(&mut self, other: Self) {
        let untold = other.count - other.told.len() as u64;
        for fault in other.told {
            self.add(fault);
        }
        self.count += untold;
    }
}

impl Journal {
    /// A request goes out.
    pub fn sent(&mut self, request: &Request) {
        self.sums.requests += 1;
        for event in &request.events {
            let first = if event.is_good { Fate::Unclear } else { Fate::Bad };
            let known = self.events.entry(event.id.clone());
            let known = known.or_insert_with(|| {
                if event.is_good {
                    self.good_ids.push(event.id.clone());
                }
                Event { sent: 0, fate: first }
            });
            known.sent += u32::from(event.is_good);
        }
    }

    /// It was not answered.
    pub fn unanswered(&mut self, request: Request) {
        self.sums.unanswered += 1;
        self.open.push(request);
    }

    /// It was answered.
    pub fn answered(&mut self, request: Request, reply: Reply<'_>) {
        let Ok(body) = serde_json::from_slice::<Value>(reply.body) else {
            let body = String::from_utf8_lossy(reply.body);
            return self.faults.add(format!("answered {} without JSON: {body}", reply.status));
        };
        let attempt = body["attemptId"].as_str().map(AttemptId::or_nothing).map(AttemptId::uuid);
        match (reply.status, request.wanted) {
            (200, Wanted::Session | Wanted::Limited) => self.session(&body, attempt),
            (200, Wanted::Events) => self.fates(&request, &body, attempt),
            (503, _) => {
                if body["error"] != "service_unavailable" || reply.retry_after_s.is_none() {
                    self.faults.add(format!("a 503 that is not as it should be: {body}"));
                }
                self.sums.unavailable += 1;
                self.open.push(request);
            }
            (429, Wanted::Limited) if body["error"] == "rate_limit_exceeded" => {
                if reply.retry_after_s.is_none() {
                    self.faults.add(format!("a 429 that does not say when to come again: {body}"));
                }
                self.sums.limited += 1;
                self.attempt(attempt, Told { status: 429, counts: None });
            }
            (status, Wanted::Refusal(wanted, code))
                if status == wanted && body["error"] == code =>
            {
                self.attempt(attempt, Told { status, counts: None });
            }
            (status, wanted) => {
                self.faults.add(format!("answered {status} instead of {wanted:?}: {body}"));
                self.unanswered(request);
            }
        }
    }

    /// What may be stored or not, to be sent again.
    pub fn take_open(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.open)
    }

    /// Something is wrong.
    pub fn fault(&mut self, fault: String) {
        self.faults.add(fault);
    }

    /// What was wrong since it was asked for last.
    pub fn take_faults(&mut self) -> Faults {
        std::mem::take(&mut self.faults)
    }

    fn attempt(&mut self, id: Option<Uuid>, told: Told) {
        let Some(id) = id else {
            return self.faults.add(format!("an answer that names no attempt: {told:?}"));
        };
        if id.is_nil() || self.attempts.insert(id, told).is_some() {
            self.faults.add(format!("an attempt id that was told before, or none: {id}"));
        }
    }

    fn session(&mut self, body: &Value, attempt: Option<Uuid>) {
        match body["sessionId"].as_str().and_then(|id| id.parse::<SessionId>().ok()) {
            Some(session) => self.sessions.push(session.uuid()),
            None => self.faults.add(format!("a bootstrap without a session: {body}")),
        }
        self.attempt(attempt, Told { status: 200, counts: Some([0; 3]) });
    }

    fn fates(&mut self, request: &Request, body: &Value, attempt: Option<Uuid>) {
        let rows = body["results"].as_array().map_or(&[][..], Vec::as_slice);
        let is_same = |(row, event): (&Value, &crate::request::SentEvent)| row["id"] == *event.id;
        if rows.len() != request.events.len() || !rows.iter().zip(&request.events).all(is_same) {
            return self.faults.add(format!("results of other events than were sent: {body}"));
        }
        let mut counts = [0_i64; 3];
        for (row, event) in rows.iter().zip(&request.events) {
            let (place, is_right) = match row["status"].as_str() {
                Some("accepted") => (0, event.is_good && self.accept(&event.id, attempt)),
                Some("duplicate") => (1, event.is_good && self.repeat(&event.id)),
                _ => (2, !event.is_good),
            };
            counts[place] += 1;
            if !is_right {
                let known = self.events.get(&event.id);
                self.faults.add(format!("{} cannot be {row}: it was {known:?}", event.id));
            }
        }
        let told = ["accepted", "duplicates", "rejected"].map(|name| body[name].as_i64());
        if told != counts.map(Some) {
            self.faults.add(format!("counts that are not those of the results: {body}"));
        }
        self.attempt(attempt, Told { status: 200, counts: Some(counts) });
    }

    /// False when it was accepted before.
    fn accept(&mut self, id: &str, attempt: Option<Uuid>) -> bool {
        let Some(event) = self.events.get_mut(id) else { return false };
        self.sums.accepted += 1;
        let is_first = !matches!(event.fate, Fate::Accepted(_));
        event.fate = Fate::Accepted(attempt.unwrap_or_default());
        is_first
    }

    /// False when nobody has sent it before.
    fn repeat(&mut self, id: &str) -> bool {
        let Some(event) = self.events.get_mut(id) else { return false };
        if event.fate == Fate::Unclear {
            event.fate = Fate::Duplicate;
        }
        event.sent > 1
    }
}
