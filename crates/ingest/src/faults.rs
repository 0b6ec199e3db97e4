//! Collecting every fault of a request, not the first only.

use std::borrow::Cow;

use model::{IssueCode, wire::ingest::Issue};
use serde_json::{Map, Value};

/// Most faults that are listed; the rest is counted.
const MAX_ISSUES: usize = 100;
/// Longest identifier, in characters.
const MAX_IDENTIFIER: usize = 128;

/// The faults found so far.
#[derive(Debug, Default)]
pub struct Faults {
    issues: Vec<Issue>,
    unlisted: usize,
}

impl Faults {
    /// Notes one.
    pub fn add(&mut self, code: IssueCode, field: impl Into<String>, message: impl Into<String>) {
        if self.issues.len() < MAX_ISSUES {
            self.issues.push(Issue { code, field: field.into(), message: message.into() });
        } else {
            self.unlisted += 1;
        }
    }

    /// Notes all of `other`.
    pub fn append(&mut self, other: Self) {
        let room = MAX_ISSUES.saturating_sub(self.issues.len());
        self.unlisted += other.unlisted + other.issues.len().saturating_sub(room);
        self.issues.extend(other.issues.into_iter().take(room));
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.issues.is_empty()
    }

    /// The first one.
    pub fn first(&self) -> Option<&Issue> {
        self.issues.first()
    }

    /// The list for the reply; where it was cut, its last row says by how many.
    pub fn into_issues(mut self) -> Vec<Issue> {
        if self.unlisted > 0 {
            self.issues.push(Issue {
                code: IssueCode::MoreIssues,
                field: "events".to_owned(),
                message: format!("{} more issues are not listed", self.unlisted),
            });
        }
        self.issues
    }

    /// An identifier that must be there: 1 to 128 printable characters.
    pub fn identifier(
        &mut self,
        object: &Map<String, Value>,
        at: &Field<'_>,
        missing: IssueCode,
        invalid: IssueCode,
    ) -> Option<String> {
        match object.get(at.key) {
            None | Some(Value::Null) => {
                self.add(missing, at.path(), format!("{at} is required"));
                None
            }
            Some(value) => self.text(value, at, invalid, MAX_IDENTIFIER),
        }
    }

    /// An identifier that may be absent or null.
    pub fn optional_identifier(
        &mut self,
        object: &Map<String, Value>,
        at: &Field<'_>,
        invalid: IssueCode,
    ) -> Option<String> {
        match object.get(at.key) {
            None | Some(Value::Null) => None,
            Some(value) => self.text(value, at, invalid, MAX_IDENTIFIER),
        }
    }

    /// A text of 1 to `max` printable characters.
    pub fn text(
        &mut self,
        value: &Value,
        at: &Field<'_>,
        invalid: IssueCode,
        max: usize,
    ) -> Option<String> {
        let Value::String(text) = value else {
            self.add(invalid, at.path(), format!("{at} must be a string"));
            return None;
        };
        if text.is_empty() || text.chars().any(char::is_control) {
            self.add(invalid, at.path(), format!("{at} must be 1 to {max} printable characters"));
            return None;
        }
        if text.chars().count() > max {
            self.add(
                IssueCode::TooLong,
                at.path(),
                format!("{at} must be at most {max} characters"),
            );
            return None;
        }
        Some(text.clone())
    }

    /// A JSON object that may be absent or null; then it is empty.
    pub fn optional_object<'a>(
        &mut self,
        object: &'a Map<String, Value>,
        at: &Field<'_>,
        invalid: IssueCode,
    ) -> Cow<'a, Map<String, Value>> {
        match object.get(at.key) {
            None | Some(Value::Null) => {}
            Some(Value::Object(inner)) => return Cow::Borrowed(inner),
            Some(_) => self.add(invalid, at.path(), format!("{at} must be a JSON object")),
        }
        Cow::Owned(Map::new())
    }
}

/// A member of a JSON object, and where that object stands: nothing, or `events[3].`.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// What stands before the key in the path.
    pub prefix: &'a str,
    /// The key.
    pub key: &'a str,
}

impl Field<'_> {
    /// The whole path.
    pub fn path(&self) -> String {
        self.to_string()
    }
}

impl std::fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.prefix)?;
        f.write_str(self.key)
    }
}
