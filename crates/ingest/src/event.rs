//! The normalised event: what is stored, and what the debug view shows beside the raw body.

use std::{borrow::Cow, sync::Arc};

use model::UnixMs;
use serde::Serialize;
use serde_json::{Map, Value};

/// The three types of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EventType {
    /// A page view.
    Page,
    /// Something a visitor did.
    Track,
    /// Who the visitor is, from here on.
    Identify,
}

impl EventType {
    /// The type, as clients send it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Track => "track",
            Self::Identify => "identify",
        }
    }

    /// The type with this spelling.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Page, Self::Track, Self::Identify].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The page an event happened on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// Its whole address.
    pub url: Option<String>,
    /// Its path with the search string; from `url` when it was not sent.
    pub path: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Where the visitor came from.
    pub referrer: Option<String>,
}

/// One event, checked and in one shape whatever was sent. Its objects are still those of the body.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event<'a> {
    /// Its id, as sent; a second one with the same id is a duplicate.
    pub id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// As sent for `track`; `page_view` and `identify` for the others.
    pub name: String,
    /// When it happened: by the client's clock, corrected where that is wrong.
    pub timestamp: UnixMs,
    /// What the client said, where it is corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_timestamp: Option<UnixMs>,
    /// When it arrived, by ours.
    pub received_at: UnixMs,
    /// The visitor.
    pub anonymous_id: String,
    /// The event's user, else the envelope's; else the writer puts that of the session's latest identify.
    pub user_id: Option<String>,
    /// The visitor's session.
    pub session_id: String,
    /// The page, when one was sent.
    pub page: Option<Page>,
    /// What the client says about it.
    pub properties: Cow<'a, Map<String, Value>>,
    /// The envelope's context, overlaid by the event's own.
    pub context: Cow<'a, Map<String, Value>>,
}

/// The same event as its row holds it.
#[derive(Debug)]
pub struct NewEvent {
    /// Its id.
    pub id: String,
    /// Its type.
    pub kind: EventType,
    /// Its name.
    pub name: String,
    /// When it happened: by the client's clock, corrected where that is wrong.
    pub timestamp: UnixMs,
    /// What the client said, where it is corrected.
    pub client_at: Option<UnixMs>,
    /// When it arrived, by ours.
    pub received_at: UnixMs,
    /// The visitor.
    pub anonymous_id: String,
    /// The user it names.
    pub user_id: Option<String>,
    /// The page, as JSON.
    pub page: Option<String>,
    /// The properties, as JSON.
    pub properties: String,
    /// The context, as JSON. Events that have none of their own share the envelope's.
    pub context: Arc<str>,
}

impl NewEvent {
    /// How many bytes it takes, but for the context.
    pub fn bytes(&self) -> usize {
        let [page, user_id] =
            [&self.page, &self.user_id].map(|text| text.as_ref().map_or(0, String::len));
        let texts = [&self.id, &self.name, &self.anonymous_id, &self.properties];
        size_of::<Self>() + page + user_id + texts.into_iter().map(String::len).sum::<usize>()
    }
}

impl Event<'_> {
    /// Makes it ready to be stored, with its context as JSON.
    pub fn into_new(self, context: Arc<str>) -> NewEvent {
        NewEvent {
            page: self.page.as_ref().map(json),
            properties: json(&self.properties),
            context,
            id: self.id,
            kind: self.kind,
            name: self.name,
            timestamp: self.timestamp,
            client_at: self.client_timestamp,
            received_at: self.received_at,
            anonymous_id: self.anonymous_id,
            user_id: self.user_id,
        }
    }
}

/// Maps with text keys, and structs of text: their JSON cannot fail.
pub fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
