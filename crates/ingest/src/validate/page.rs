//! The `page` object of a bootstrap or an event.

use model::IssueCode;
use serde_json::{Map, Value};
use url::Url;

use crate::{
    event::Page,
    faults::{Faults, Field},
};

/// Longest member, in characters.
const MAX_MEMBER: usize = 8_192;

/// Reads a page; each member is a string or null.
pub fn page(
    object: &Map<String, Value>,
    prefix: &str,
    invalid: IssueCode,
    faults: &mut Faults,
) -> Page {
    let mut member = |key: &str| {
        let at = Field { prefix, key };
        match object.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.chars().count() <= MAX_MEMBER => Some(text.clone()),
            Some(Value::String(_)) => {
                let message = format!("{at} must be at most {MAX_MEMBER} characters");
                faults.add(IssueCode::TooLong, at.path(), message);
                None
            }
            Some(_) => {
                faults.add(invalid, at.path(), format!("{at} must be a string or null"));
                None
            }
        }
    };
    let url = member("url");
    let path = member("path").or_else(|| url.as_deref().and_then(path_of));
    Page { path, title: member("title"), referrer: member("referrer"), url }
}

fn path_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    Some(match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    })
}
