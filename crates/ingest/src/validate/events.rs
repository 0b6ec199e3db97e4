//! The body of `/events`: an envelope and 1 to 500 events, each judged by itself.

use std::borrow::Cow;

use model::{IssueCode, UnixMs, wire::ingest::Issue};
use serde_json::{Map, Value};

use super::{Envelope, clock, moment, page::page, top, versions};
use crate::{
    MAX_EVENTS,
    event::{Event, EventType, Page, json},
    faults::{Faults, Field},
};

/// Longest event name, in characters.
const MAX_NAME: usize = 200;
/// The envelope's context is stored with each event. So many bytes may the copies take beside the first: a small request
/// must not become a large one.
const MOST_COPIED_BYTES: usize = 1 << 20;

/// A request of events whose envelope is sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch<'a> {
    /// The batch's own name for itself.
    pub id: String,
    /// The session it speaks for.
    pub session_id: String,
    /// The visitor it speaks for.
    pub anonymous_id: String,
    /// In the order sent.
    pub events: Vec<Checked<'a>>,
    /// The faults of the events, all of them in the order sent.
    pub issues: Vec<Issue>,
}

/// One event: good, or at fault.
#[derive(Debug, Clone, PartialEq)]
pub enum Checked<'a> {
    /// It can be stored.
    Good(Box<Event<'a>>),
    /// It cannot; its neighbours can.
    Bad {
        /// Its id, when that could be read.
        id: Option<String>,
        /// Its name and type, as far as they could be read.
        name: Option<String>,
        /// Its type, as sent.
        event_type: Option<String>,
        /// Its first fault.
        issue: Option<Issue>,
    },
}

/// What the envelope gives to each of its events.
struct Given<'a> {
    session_id: Option<String>,
    anonymous_id: Option<String>,
    user_id: Option<String>,
    context: Cow<'a, Map<String, Value>>,
    received_at: UnixMs,
    clock_correction_ms: Option<i64>,
}

impl<'a> Batch<'a> {
    /// Reads the body. Faults are those of the envelope, and of the events when none of them is good.
    pub fn check(
        object: &'a Map<String, Value>,
        received_at: UnixMs,
    ) -> (Envelope, Result<Self, Faults>) {
        let mut faults = Faults::default();
        let (ingest_version, sdk_version) = versions(object, &mut faults);
        let batch_id = faults.identifier(
            object,
            &top("batchId"),
            IssueCode::MissingBatchId,
            IssueCode::InvalidBatchId,
        );
        let sent_at = moment(
            object,
            &top("sentAt"),
            (IssueCode::MissingSentAt, IssueCode::InvalidSentAt),
            &mut faults,
        );
        let clock_correction_ms =
            sent_at.and_then(|sent_at| clock::correction_ms(sent_at, received_at));
        let session_id = faults.identifier(
            object,
            &top("sessionId"),
            IssueCode::MissingSessionId,
            IssueCode::InvalidSessionId,
        );
        let anonymous_id = faults.identifier(
            object,
            &top("anonymousId"),
            IssueCode::MissingAnonymousId,
            IssueCode::InvalidAnonymousId,
        );
        let user_id = faults.optional_identifier(object, &top("userId"), IssueCode::InvalidUserId);
        let context = faults.optional_object(object, &top("context"), IssueCode::InvalidContext);
        let list = event_list(object, &mut faults);
        check_copies(&context, list.len(), &mut faults);

        let envelope = Envelope {
            sdk_version,
            ingest_version,
            batch_id: batch_id.clone(),
            session_id: session_id.clone(),
            anonymous_id: anonymous_id.clone(),
            clock_correction_ms,
        };
        let given =
            Given { session_id, anonymous_id, user_id, context, received_at, clock_correction_ms };
        let mut event_faults = Faults::default();
        let events: Vec<Checked<'_>> = list
            .iter()
            .enumerate()
            .map(|(index, event)| check_event(index, event, &given, &mut event_faults))
            .collect();

        let has_good = events.iter().any(|event| matches!(event, Checked::Good(_)));
        let (Some(batch_id), Some(session_id), Some(anonymous_id), true, true) =
            (batch_id, given.session_id, given.anonymous_id, faults.is_empty(), has_good)
        else {
            faults.append(event_faults);
            return (envelope, Err(faults));
        };
        let issues = event_faults.into_issues();
        (envelope, Ok(Self { id: batch_id, session_id, anonymous_id, events, issues }))
    }
}

fn event_list<'a>(object: &'a Map<String, Value>, faults: &mut Faults) -> &'a [Value] {
    match object.get("events") {
        None | Some(Value::Null) => {
            faults.add(IssueCode::MissingEvents, "events", "events is required");
            &[]
        }
        Some(Value::Array(list)) if list.is_empty() => {
            faults.add(IssueCode::InvalidEvents, "events", "events must hold 1 to 500 events");
            &[]
        }
        Some(Value::Array(list)) if list.len() > MAX_EVENTS => {
            faults.add(
                IssueCode::TooManyEvents,
                "events",
                format!("events must hold at most {MAX_EVENTS} events"),
            );
            &[]
        }
        Some(Value::Array(list)) => list,
        Some(_) => {
            faults.add(IssueCode::InvalidEvents, "events", "events must be an array");
            &[]
        }
    }
}

fn check_copies(context: &Map<String, Value>, events: usize, faults: &mut Faults) {
    let copies = events.saturating_sub(1);
    if copies > 0 && json(context).len() > MOST_COPIED_BYTES / copies {
        let most = MOST_COPIED_BYTES / copies;
        let message = format!(
            "context must be at most {most} bytes for {events} events, each of which is stored with it"
        );
        faults.add(IssueCode::TooLong, "context", message);
    }
}

fn check_event<'a>(
    index: usize,
    event: &'a Value,
    given: &Given<'a>,
    all: &mut Faults,
) -> Checked<'a> {
    let mut faults = Faults::default();
    let Value::Object(object) = event else {
        let field = format!("events[{index}]");
        let message = format!("{field} must be a JSON object");
        faults.add(IssueCode::InvalidEvents, field, message);
        let issue = faults.first().cloned();
        all.append(faults);
        return Checked::Bad { id: None, name: None, event_type: None, issue };
    };
    let prefix = format!("events[{index}].");
    match read_event(object, &prefix, given, &mut faults) {
        Ok(event) => Checked::Good(Box::new(event)),
        Err(id) => {
            let issue = faults.first().cloned();
            all.append(faults);
            let text = |key: &str| object.get(key).and_then(Value::as_str).map(shortened);
            Checked::Bad { id, name: text("name"), event_type: text("type"), issue }
        }
    }
}

/// Reads one event, or notes its faults and tells the id as far as it could be read.
fn read_event<'a>(
    object: &'a Map<String, Value>,
    prefix: &str,
    given: &Given<'a>,
    faults: &mut Faults,
) -> Result<Event<'a>, Option<String>> {
    let at = |key| Field { prefix, key };
    let id =
        faults.identifier(object, &at("id"), IssueCode::MissingEventId, IssueCode::InvalidEventId);
    let event_type = event_type(object, &at("type"), faults);
    let timestamp = moment(
        object,
        &at("timestamp"),
        (IssueCode::MissingEventTimestamp, IssueCode::InvalidEventTimestamp),
        faults,
    );
    let own_session = same_as_envelope(
        object,
        &at("sessionId"),
        given.session_id.as_deref(),
        (IssueCode::InvalidSessionId, IssueCode::SessionMismatch),
        faults,
    );
    let own_visitor = same_as_envelope(
        object,
        &at("anonymousId"),
        given.anonymous_id.as_deref(),
        (IssueCode::InvalidAnonymousId, IssueCode::AnonymousIdMismatch),
        faults,
    );
    let user_id = faults
        .optional_identifier(object, &at("userId"), IssueCode::InvalidUserId)
        .or_else(|| given.user_id.clone());
    if event_type == Some(EventType::Identify) && user_id.is_none() {
        let at = at("userId");
        faults.add(IssueCode::MissingUserId, at.path(), format!("{at} is required"));
    }
    let name = event_name(event_type, object, &at("name"), faults);
    let page = event_page(event_type, object, &at("page"), faults);
    let properties =
        faults.optional_object(object, &at("properties"), IssueCode::InvalidProperties);
    let own_context = faults.optional_object(object, &at("context"), IssueCode::InvalidContext);

    let (Some(event_type), Some(name), Some(timestamp), true) =
        (event_type, name, timestamp, faults.is_empty())
    else {
        return Err(id);
    };
    let Some(id) = id else { return Err(None) };
    Ok(Event {
        id,
        kind: event_type,
        name,
        timestamp: match given.clock_correction_ms {
            Some(correction_ms) => clock::corrected(timestamp, correction_ms),
            None => timestamp,
        },
        client_timestamp: given.clock_correction_ms.map(|_| timestamp),
        received_at: given.received_at,
        anonymous_id: own_visitor.unwrap_or_default(),
        user_id,
        session_id: own_session.unwrap_or_default(),
        page,
        properties,
        context: overlaid(&given.context, own_context),
    })
}

fn overlaid<'a>(
    given: &Cow<'a, Map<String, Value>>,
    own: Cow<'a, Map<String, Value>>,
) -> Cow<'a, Map<String, Value>> {
    if own.is_empty() {
        return given.clone();
    }
    if given.is_empty() {
        return own;
    }
    let mut context = given.clone();
    context.to_mut().extend(own.into_owned());
    context
}

/// An id that the event may repeat, but not change. The envelope's, when the event has none.
fn same_as_envelope(
    object: &Map<String, Value>,
    at: &Field<'_>,
    envelope: Option<&str>,
    (invalid, mismatch): (IssueCode, IssueCode),
    faults: &mut Faults,
) -> Option<String> {
    let own = faults.optional_identifier(object, at, invalid);
    if let (Some(own), Some(envelope)) = (own.as_deref(), envelope)
        && own != envelope
    {
        let message = format!("{at} must equal the envelope's {}", at.key);
        faults.add(mismatch, at.path(), message);
    }
    own.or_else(|| envelope.map(str::to_owned))
}

fn event_type(
    object: &Map<String, Value>,
    at: &Field<'_>,
    faults: &mut Faults,
) -> Option<EventType> {
    let sent = object.get(at.key);
    if matches!(sent, None | Some(Value::Null)) {
        faults.add(IssueCode::MissingEventType, at.path(), format!("{at} is required"));
        return None;
    }
    let event_type = sent.and_then(Value::as_str).and_then(EventType::from_text);
    if event_type.is_none() {
        let message = format!("{at} must be page, track or identify");
        faults.add(IssueCode::InvalidEventType, at.path(), message);
    }
    event_type
}

/// `track` is called what its sender calls it; the other two have fixed names.
fn event_name(
    event_type: Option<EventType>,
    object: &Map<String, Value>,
    at: &Field<'_>,
    faults: &mut Faults,
) -> Option<String> {
    match event_type? {
        EventType::Page => Some("page_view".to_owned()),
        EventType::Identify => Some("identify".to_owned()),
        EventType::Track => match object.get(at.key) {
            None | Some(Value::Null) => {
                faults.add(IssueCode::MissingEventName, at.path(), format!("{at} is required"));
                None
            }
            Some(value) => faults.text(value, at, IssueCode::InvalidEventName, MAX_NAME),
        },
    }
}

fn event_page(
    event_type: Option<EventType>,
    object: &Map<String, Value>,
    at: &Field<'_>,
    faults: &mut Faults,
) -> Option<Page> {
    match object.get(at.key) {
        None | Some(Value::Null) => {
            if event_type == Some(EventType::Page) {
                faults.add(IssueCode::MissingEventPage, at.path(), format!("{at} is required"));
            }
            None
        }
        Some(Value::Object(inner)) => {
            Some(page(inner, &format!("{at}."), IssueCode::InvalidEventPage, faults))
        }
        Some(_) => {
            let message = format!("{at} must be a JSON object");
            faults.add(IssueCode::InvalidEventPage, at.path(), message);
            None
        }
    }
}

/// What a rejected event calls itself is shown, not stored in full.
fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}
