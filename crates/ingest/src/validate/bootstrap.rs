//! The body of `/bootstrap`.

use model::IssueCode;
use serde_json::{Map, Value};

use super::{Envelope, page::page, top, versions};
use crate::faults::Faults;

/// A bootstrap that can be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bootstrap {
    /// The visitor.
    pub anonymous_id: String,
    /// The session to go on with, when the client has one.
    pub session_id: Option<String>,
}

impl Bootstrap {
    /// Reads the body; the envelope is told even when there are faults.
    pub fn check(object: &Map<String, Value>) -> (Envelope, Result<Self, Faults>) {
        let mut faults = Faults::default();
        let (ingest_version, sdk_version) = versions(object, &mut faults);
        let anonymous_id = faults.identifier(
            object,
            &top("anonymousId"),
            IssueCode::MissingAnonymousId,
            IssueCode::InvalidAnonymousId,
        );
        let session_id =
            faults.optional_identifier(object, &top("sessionId"), IssueCode::InvalidSessionId);
        faults.optional_identifier(object, &top("userId"), IssueCode::InvalidUserId);
        check_page(object, &mut faults);
        faults.optional_object(object, &top("context"), IssueCode::InvalidContext);

        let envelope = Envelope {
            sdk_version,
            ingest_version,
            batch_id: None,
            session_id: session_id.clone(),
            anonymous_id: anonymous_id.clone(),
            clock_correction_ms: None,
        };
        let checked = match anonymous_id {
            Some(anonymous_id) if faults.is_empty() => Ok(Self { anonymous_id, session_id }),
            _ => Err(faults),
        };
        (envelope, checked)
    }
}

fn check_page(object: &Map<String, Value>, faults: &mut Faults) {
    match object.get("page") {
        None | Some(Value::Null) => {
            faults.add(IssueCode::MissingPage, "page", "page is required");
        }
        Some(Value::Object(inner)) => {
            page(inner, "page.", IssueCode::InvalidPage, faults);
        }
        Some(_) => faults.add(IssueCode::InvalidPage, "page", "page must be a JSON object"),
    }
}
