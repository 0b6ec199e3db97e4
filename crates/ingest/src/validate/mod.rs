//! From bytes to a request that can be stored, or to every fault of it.
//!
//! Nothing here knows sources, sessions or the database: the same bytes always give the same answer.

mod bootstrap;
mod clock;
mod events;
mod page;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use model::{UnixMs, wire::attempts::Kind};
use serde_json::{Map, Value};

pub use bootstrap::Bootstrap;
pub use events::{Batch, Checked};

use crate::{
    INGEST_VERSION,
    faults::{Faults, Field},
};
use model::IssueCode;

/// What the envelope says about itself, read even when other parts are at fault, for the record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Envelope {
    /// `sdkVersion`.
    pub sdk_version: Option<String>,
    /// `ingestVersion`.
    pub ingest_version: Option<i64>,
    /// `batchId`.
    pub batch_id: Option<String>,
    /// `sessionId`.
    pub session_id: Option<String>,
    /// `anonymousId`.
    pub anonymous_id: Option<String>,
    /// How far the client's clock is behind ours, in milliseconds, where that is too much; from `sentAt`.
    pub clock_correction_ms: Option<i64>,
}

/// The body as a JSON object, or why it is none.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, String> {
    if body.is_empty() {
        return Err("the body is empty".to_owned());
    }
    if let Err(error) = std::str::from_utf8(body) {
        return Err(format!("byte {} is not UTF-8", error.valid_up_to() + 1));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(other) => Err(format!("it is {}", kind_of(&other))),
        Err(error) => Err(error.to_string()),
    }
}

/// Whether a body is to be read as that of events. To a dry run, which takes either, only events or a batch tell.
pub fn is_of_events(kind: Kind, object: &Map<String, Value>) -> bool {
    match kind {
        Kind::Bootstrap => false,
        Kind::Events => true,
        Kind::Validate => object.contains_key("events") || object.contains_key("batchId"),
    }
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

const fn top(key: &str) -> Field<'_> {
    Field { prefix: "", key }
}

/// `ingestVersion` and `sdkVersion`, which both endpoints need.
fn versions(object: &Map<String, Value>, faults: &mut Faults) -> (Option<i64>, Option<String>) {
    let at = top("ingestVersion");
    let sent = object.get(at.key);
    let version = sent.and_then(Value::as_i64);
    match sent {
        None | Some(Value::Null) => {
            faults.add(IssueCode::MissingIngestVersion, at.path(), "ingestVersion is required");
        }
        Some(_) if version == Some(INGEST_VERSION) => {}
        Some(_) => {
            faults.add(IssueCode::InvalidIngestVersion, at.path(), "ingestVersion must be 2");
        }
    }
    let sdk_version = faults.identifier(
        object,
        &top("sdkVersion"),
        IssueCode::MissingSdkVersion,
        IssueCode::InvalidSdkVersion,
    );
    (version, sdk_version)
}

/// A moment in ISO 8601 with a zone.
fn moment(
    object: &Map<String, Value>,
    at: &Field<'_>,
    codes: (IssueCode, IssueCode),
    faults: &mut Faults,
) -> Option<UnixMs> {
    let (missing, invalid) = codes;
    match object.get(at.key) {
        None | Some(Value::Null) => {
            faults.add(missing, at.path(), format!("{at} is required"));
            None
        }
        Some(value) => {
            let moment = value.as_str().and_then(UnixMs::parse_rfc3339);
            if moment.is_none() {
                faults.add(
                    invalid,
                    at.path(),
                    format!("{at} must be an ISO 8601 time with a zone"),
                );
            }
            moment
        }
    }
}
