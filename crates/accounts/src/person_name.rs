//! What people are called.

use crate::read_name;

/// A person's name: trimmed, 1 to 100 characters, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(String);

/// The text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A name has 1 to {} characters and no line breaks.", PersonName::MAX_CHARS)]
pub struct NotAName;

impl PersonName {
    /// Most characters of a name.
    pub const MAX_CHARS: usize = 100;

    /// Reads what a person typed.
    pub fn parse(text: &str) -> Result<Self, NotAName> {
        read_name(text, Self::MAX_CHARS).map(Self).ok_or(NotAName)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}
