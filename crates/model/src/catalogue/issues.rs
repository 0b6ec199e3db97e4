//! Issue codes: the single faults that validation finds in an ingest request (docs/API.md, Ingest v2).
//!
//! A code stands here once, with all that is said about it. The sentence about one request is made by the
//! ingest crate, which knows the place (`events[3].page is required`); here is an example of it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// All there is to say about one issue code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssueEntry {
    /// Which code this is about.
    pub code: IssueCode,
    /// The code as clients read it.
    pub text: &'static str,
    /// A place where it is found, as the path in an issue's `field`.
    pub example_field: &'static str,
    /// What it means, for a person who meets it the first time.
    pub means: &'static str,
    /// The fix, as an action.
    pub fix: &'static str,
    /// The sentence for `example_field`.
    pub example_message: &'static str,
}

macro_rules! issues {
    ($($variant:ident = $text:literal {
        field: $field:literal,
        message: $message:literal,
        means: $means:literal,
        fix: $fix:literal,
    })*) => {
        /// A stable code for one fault of an ingest request. Its explanation stands in its
        /// [`IssueEntry`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum IssueCode {
            $(#[doc = concat!("`", $text, "`, as in `", $message, "`.")] #[serde(rename = $text)] $variant,)*
        }

        const ENTRIES: &[IssueEntry] = &[$(IssueEntry {
            code: IssueCode::$variant,
            text: $text,
            example_field: $field,
            means: $means,
            fix: $fix,
            example_message: $message,
        },)*];
    };
}

issues! {
    MissingIngestVersion = "missing_ingest_version" {
        field: "ingestVersion",
        message: "ingestVersion is required",
        means: "The request does not say which version of the ingest protocol it speaks.",
        fix: "Add \"ingestVersion\": 2 beside the other fields of the body.",
    }
    InvalidIngestVersion = "invalid_ingest_version" {
        field: "ingestVersion",
        message: "ingestVersion must be 2",
        means: "The request says another version than this endpoint speaks, or says it as text.",
        fix: "Send the number 2, without quotes. An SDK that sends something else needs an update; \
            the snippet in Setup loads the current one.",
    }
    MissingSdkVersion = "missing_sdk_version" {
        field: "sdkVersion",
        message: "sdkVersion is required",
        means: "The request does not say which client made it.",
        fix: "Add sdkVersion. A client of your own may say what it likes, for example \"acme-1.0\".",
    }
    InvalidSdkVersion = "invalid_sdk_version" {
        field: "sdkVersion",
        message: "sdkVersion must be a string of 1 to 128 characters",
        means: "The client's version is empty or not a string; a number such as 0.2 is a common case.",
        fix: "Put the version in quotes: \"sdkVersion\": \"0.2.0\".",
    }
    MissingAnonymousId = "missing_anonymous_id" {
        field: "anonymousId",
        message: "anonymousId is required",
        means: "The request does not say which visitor it is about. Events of one visitor belong \
            together by this id.",
        fix: "Make a random id once per visitor, keep it, and send it as anonymousId with bootstrap \
            and with every batch.",
    }
    InvalidAnonymousId = "invalid_anonymous_id" {
        field: "anonymousId",
        message: "anonymousId must be a string of 1 to 128 printable characters",
        means: "The visitor's id is empty, not a string, or holds characters that cannot be printed.",
        fix: "Send a string of 1 to 128 printable characters, for example \"vis_abc123\".",
    }
    MissingPage = "missing_page" {
        field: "page",
        message: "page is required",
        means: "Bootstrap came without the page on which the session begins.",
        fix: "Add a page object, for example {\"url\": \"https://app.example.com/dashboard\"}. A \
            server without a page sends an empty object.",
    }
    InvalidPage = "invalid_page" {
        field: "page",
        message: "page must be a JSON object",
        means: "page is something else than an object, or its url, path, title or referrer, which \
            field then names as page.url, is neither a string nor null.",
        fix: "Send an object with the members url, path, title and referrer, each a string, null or \
            left out.",
    }
    MissingBatchId = "missing_batch_id" {
        field: "batchId",
        message: "batchId is required",
        means: "The batch has no id. It is how Debug shows which events travelled together.",
        fix: "Make an id per batch and send it as batchId; a retry of the batch keeps it.",
    }
    InvalidBatchId = "invalid_batch_id" {
        field: "batchId",
        message: "batchId must be a string of 1 to 128 printable characters",
        means: "The batch's id is empty, not a string, or holds characters that cannot be printed.",
        fix: "Send a string of 1 to 128 printable characters, for example \"batch_123\".",
    }
    MissingSentAt = "missing_sent_at" {
        field: "sentAt",
        message: "sentAt is required",
        means: "The batch does not say when the client sent it. A wrong client clock is noticed and \
            corrected by this time.",
        fix: "Set sentAt to the current time just before sending, in JavaScript new \
            Date().toISOString().",
    }
    InvalidSentAt = "invalid_sent_at" {
        field: "sentAt",
        message: "sentAt must be an ISO 8601 time with a zone",
        means: "The time is a number, lacks its zone, or is in a local format.",
        fix: "Send a text such as \"2026-04-10T13:45:05.000Z\" or with an offset such as +02:00.",
    }
    MissingSessionId = "missing_session_id" {
        field: "sessionId",
        message: "sessionId is required",
        means: "Events were sent without a session. Often they were sent before bootstrap answered, \
            or its answer was an error.",
        fix: "Call bootstrap first, wait for its reply and send the sessionId from it.",
    }
    InvalidSessionId = "invalid_session_id" {
        field: "sessionId",
        message: "sessionId must be a string of 1 to 128 printable characters",
        means: "The session's id is empty, not a string, or holds characters that cannot be printed.",
        fix: "Send the sessionId from bootstrap's reply as it is. With bootstrap, leave it out or \
            send null to begin a new session.",
    }
    MissingUserId = "missing_user_id" {
        field: "events[3].userId",
        message: "events[3].userId is required",
        means: "An identify event says who the visitor is, and neither the event nor the batch has a \
            userId.",
        fix: "Set userId on the event or on the batch. If nobody is signed in, do not send identify.",
    }
    InvalidUserId = "invalid_user_id" {
        field: "userId",
        message: "userId must be a string of 1 to 128 printable characters",
        means: "The user's id is empty, a number, or holds characters that cannot be printed.",
        fix: "Send a string, for example \"42\" instead of 42; leave it out or send null while nobody \
            is signed in.",
    }
    MissingEvents = "missing_events" {
        field: "events",
        message: "events is required",
        means: "The batch has no list of events.",
        fix: "Put the events into an array named events, even if there is only one.",
    }
    InvalidEvents = "invalid_events" {
        field: "events",
        message: "events must hold 1 to 500 events",
        means: "events is empty, is not an array, or one of its members, which field then names as \
            events[3], is not an object.",
        fix: "Send an array of 1 to 500 event objects, and do not send a batch that has none.",
    }
    InvalidContext = "invalid_context" {
        field: "context",
        message: "context must be a JSON object",
        means: "The context of the request or of an event is something else than an object.",
        fix: "Send an object, which may be empty, or leave context out.",
    }
    MissingEventId = "missing_event_id" {
        field: "events[3].id",
        message: "events[3].id is required",
        means: "The event has no id. By the id a repeated event is recognised and not counted twice.",
        fix: "Make an id when the event happens, not when it is sent, so that a retry keeps it.",
    }
    InvalidEventId = "invalid_event_id" {
        field: "events[3].id",
        message: "events[3].id must be a string of 1 to 128 printable characters",
        means: "The event's id is empty, a number, or holds characters that cannot be printed.",
        fix: "Send a string of 1 to 128 printable characters, for example \"evt_1\".",
    }
    MissingEventType = "missing_event_type" {
        field: "events[3].type",
        message: "events[3].type is required",
        means: "The event does not say what kind it is.",
        fix: "Set type to page, track or identify.",
    }
    InvalidEventType = "invalid_event_type" {
        field: "events[3].type",
        message: "events[3].type must be page, track or identify",
        means: "The event's type is not one that Tiny knows; often the event's name was put here.",
        fix: "Set type to page, track or identify, in lower case, and put the event's own name into \
            name.",
    }
    MissingEventName = "missing_event_name" {
        field: "events[3].name",
        message: "events[3].name is required",
        means: "A track event does not say what happened.",
        fix: "Set name to what happened, for example \"report_generated\".",
    }
    InvalidEventName = "invalid_event_name" {
        field: "events[3].name",
        message: "events[3].name must be a string of 1 to 200 characters",
        means: "The event's name is empty or not a string.",
        fix: "Send a name of 1 to 200 characters. What differs from event to event belongs into \
            properties.",
    }
    MissingEventTimestamp = "missing_event_timestamp" {
        field: "events[3].timestamp",
        message: "events[3].timestamp is required",
        means: "The event does not say when it happened.",
        fix: "Set timestamp when the event happens, in JavaScript new Date().toISOString().",
    }
    InvalidEventTimestamp = "invalid_event_timestamp" {
        field: "events[3].timestamp",
        message: "events[3].timestamp must be an ISO 8601 time with a zone",
        means: "The time is a number such as Date.now(), lacks its zone, or is in a local format.",
        fix: "Send a text such as \"2026-04-10T13:45:04.000Z\" or with an offset such as +02:00.",
    }
    MissingEventPage = "missing_event_page" {
        field: "events[3].page",
        message: "events[3].page is required",
        means: "A page event does not say which page was viewed.",
        fix: "Add a page object to the event, for example {\"url\": \
            \"https://app.example.com/dashboard\"}.",
    }
    InvalidEventPage = "invalid_event_page" {
        field: "events[3].page",
        message: "events[3].page must be a JSON object",
        means: "The event's page is something else than an object, or its url, path, title or \
            referrer, which field then names as events[3].page.url, is neither a string nor null.",
        fix: "Send an object with the members url, path, title and referrer, each a string, null or \
            left out.",
    }
    InvalidProperties = "invalid_properties" {
        field: "events[3].properties",
        message: "events[3].properties must be a JSON object",
        means: "The event's properties are something else than an object, often a JSON text that was \
            encoded twice.",
        fix: "Send an object, which may be empty, or leave properties out.",
    }
    TooManyEvents = "too_many_events" {
        field: "events",
        message: "events must hold at most 500 events",
        means: "The batch holds more events than one request may.",
        fix: "Split the events into batches of at most 500.",
    }
    SessionMismatch = "session_mismatch" {
        field: "events[3].sessionId",
        message: "events[3].sessionId must equal sessionId",
        means: "An event names another session than its batch; often it waited in a queue while a new \
            session began.",
        fix: "Leave sessionId out of the events, or send the events of each session in a batch of \
            their own.",
    }
    AnonymousIdMismatch = "anonymous_id_mismatch" {
        field: "events[3].anonymousId",
        message: "events[3].anonymousId must equal anonymousId",
        means: "An event names another visitor than its batch. A batch holds the events of one \
            visitor.",
        fix: "Leave anonymousId out of the events, or send the events of each visitor in a batch of \
            their own.",
    }
    TooLong = "too_long" {
        field: "events[3].name",
        message: "events[3].name must be at most 200 characters",
        means: "A text is longer than Tiny keeps: 128 characters for ids and sdkVersion, 200 for an \
            event's name, 8,192 for each of a page's url, path, title and referrer. Or the envelope's \
            context is too long for so many events: it is stored with each of them, and the copies may \
            take 1 MiB (1,048,576 bytes of JSON).",
        fix: "Shorten the text; longer things belong into properties. For a context: send fewer events \
            in a batch, or less in the context.",
    }
    MoreIssues = "more_issues" {
        field: "events",
        message: "12 more issues are not listed",
        means: "The request has more than 100 faults; the first 100 are listed and the others \
            counted.",
        fix: "Correct those that are listed and send the request again; many faults of one kind \
            usually have one cause.",
    }
}

impl IssueCode {
    /// The code as clients read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.entry().text
    }

    /// What the catalogue says about it.
    #[must_use]
    pub const fn entry(self) -> &'static IssueEntry {
        &ENTRIES[self as usize]
    }

    /// The code with this text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        issue_entries().find(|entry| entry.text == text).map(|entry| entry.code)
    }
}

impl fmt::Display for IssueCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Every entry, in the order of [`IssueCode`]: the envelope's fields, then an event's.
pub fn issue_entries() -> impl Iterator<Item = &'static IssueEntry> {
    ENTRIES.iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_issue_code_reads_back_from_its_text_and_its_json() {
        for entry in issue_entries() {
            assert_eq!(entry.code.entry(), entry);
            assert_eq!(IssueCode::from_text(entry.text), Some(entry.code));
            let json = serde_json::to_string(&entry.code).unwrap();
            assert_eq!(json, format!("\"{}\"", entry.code));
            assert_eq!(serde_json::from_str::<IssueCode>(&json).unwrap(), entry.code);
        }
        assert_eq!(IssueCode::from_text("missing_properties"), None);
    }

    #[test]
    fn a_missing_field_is_told_as_its_path_is_required() {
        for entry in issue_entries().filter(|entry| entry.text.starts_with("missing_")) {
            assert_eq!(entry.example_message, format!("{} is required", entry.example_field));
        }
    }

    #[test]
    fn an_example_message_begins_with_its_field() {
        for entry in issue_entries().filter(|entry| entry.code != IssueCode::MoreIssues) {
            assert!(entry.example_message.starts_with(entry.example_field), "{}", entry.text);
        }
    }
}
