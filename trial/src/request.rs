//! What the visitors send, and what must become of it.

use model::UnixMs;
use rig::payload::{Door, SDK_VERSION, context, page};
use serde_json::{Value, json};

use crate::dice::Dice;

/// A request and all that is known about it before it is answered.
#[derive(Debug, Clone)]
pub struct Request {
    /// Head and body.
    pub bytes: Vec<u8>,
    /// What a healthy server answers.
    pub wanted: Wanted,
    /// Its events, in order.
    pub events: Vec<SentEvent>,
}

/// What a healthy server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A session.
    Session,
    /// A session, or that the source has had enough this minute.
    Limited,
    /// A fate for each event.
    Events,
    /// A refusal with this status and code.
    Refusal(u16, &'static str),
}

/// An event of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentEvent {
    /// Its id.
    pub id: String,
    /// Whether it is to be stored; otherwise it lacks something.
    pub is_good: bool,
}

impl SentEvent {
    /// To be stored.
    pub const fn good(id: String) -> Self {
        Self { id, is_good: true }
    }

    /// To be rejected.
    pub const fn bad(id: String) -> Self {
        Self { id, is_good: false }
    }
}

/// Who sends: a visitor and the session it has.
#[derive(Debug, Clone)]
pub struct Sender<'a> {
    /// Where to.
    pub door: &'a Door,
    /// The visitor.
    pub anonymous_id: &'a str,
    /// The session.
    pub session: &'a str,
    /// When.
    pub now: UnixMs,
}

impl Request {
    /// Asks for a session, or for one of before.
    pub fn bootstrap(door: &Door, anonymous_id: &str, resume: Option<&str>) -> Self {
        let body = json!({
            "ingestVersion": 2, "sdkVersion": SDK_VERSION, "anonymousId": anonymous_id,
            "sessionId": resume, "userId": null, "page": page(), "context": context(),
        });
        let bytes = door.request("bootstrap", &body);
        Self { bytes, wanted: Wanted::Session, events: Vec::new() }
    }

    /// Asks a source for a session that takes few requests.
    pub fn limited(door: &Door, anonymous_id: &str) -> Self {
        Self { wanted: Wanted::Limited, ..Self::bootstrap(door, anonymous_id, None) }
    }

    /// Events of several types, at least one of them good.
    pub fn events(sender: &Sender<'_>, events: Vec<SentEvent>, dice: &mut Dice) -> Self {
        let rows: Vec<_> = events.iter().map(|event| sender.event(event, dice)).collect();
        let bytes = sender.door.request("events", &sender.envelope(sender.session, &rows, dice));
        Self { bytes, wanted: Wanted::Events, events }
    }

    /// Who the visitor is from now on.
    pub fn identify(sender: &Sender<'_>, event: SentEvent, dice: &mut Dice) -> Self {
        let row = json!({
            "id": event.id, "type": "identify", "timestamp": sender.now.to_string(),
            "userId": format!("user_{}", dice.below(100)),
        });
        let bytes = sender.door.request("events", &sender.envelope(sender.session, &[row], dice));
        Self { bytes, wanted: Wanted::Events, events: vec![event] }
    }

    /// Something that is refused, in one of four ways.
    pub fn refused(sender: &Sender<'_>, id: String, dice: &mut Dice) -> Self {
        let door = sender.door;
        let good = sender.event(&SentEvent::good(id.clone()), dice);
        let bad = sender.event(&SentEvent::bad(id.clone()), dice);
        let whole = |row: Value, dice: &mut Dice| sender.envelope(sender.session, &[row], dice);
        let (bytes, status, code) = match dice.below(4) {
            0 => (door.request("events", &Value::from("no object")), 400, "invalid_json"),
            1 => {
                let elsewhere = "https://elsewhere.example.org";
                let bytes = door.request_from(elsewhere, "events", &whole(good, dice));
                (bytes, 403, "tracking_source_origin_not_allowed")
            }
            2 => {
                let unknown = "sess_01890000000000000000000000";
                let body = sender.envelope(unknown, &[good], dice);
                (door.request("events", &body), 403, "invalid_session_for_source")
            }
            _ => (door.request("events", &whole(bad, dice)), 422, "invalid_events_payload"),
        };
        Self { bytes, wanted: Wanted::Refusal(status, code), events: vec![SentEvent::bad(id)] }
    }
}

impl Sender<'_> {
    fn event(&self, event: &SentEvent, dice: &mut Dice) -> Value {
        let mut row = json!({ "id": event.id, "timestamp": self.now.to_string() });
        if !event.is_good {
            // A page view of no page.
            row["type"] = "page".into();
        } else if dice.below(2) == 0 {
            row["type"] = "page".into();
            row["page"] = page();
        } else {
            row["type"] = "track".into();
            row["name"] = "report_generated".into();
            row["properties"] = json!({ "number": dice.number().to_string() });
        }
        row
    }

    fn envelope(&self, session: &str, events: &[Value], dice: &mut Dice) -> Value {
        json!({
            "ingestVersion": 2, "sdkVersion": SDK_VERSION, "context": context(),
            "anonymousId": self.anonymous_id, "sessionId": session,
            "batchId": format!("batch_{:016x}", dice.number()), "sentAt": self.now.to_string(),
            "events": events, "droppedEvents": 0,
        })
    }
}
