//! What people are called.

use unicode_normalization::UnicodeNormalization;

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
        let name: String = text.trim().nfc().collect();
        let is_valid = (1..=Self::MAX_CHARS).contains(&name.chars().count())
            && !name.contains(char::is_control);
        if is_valid { Ok(Self(name)) } else { Err(NotAName) }
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::trimmed(" Ada Lovelace ", Some("Ada Lovelace"))]
    #[case::another_script("王小明", Some("王小明"))]
    #[case::empty("", None)]
    #[case::blank("  \n ", None)]
    #[case::two_lines("Ada\nLovelace", None)]
    #[case::nul("Ada\0", None)]
    fn a_name_is_one_line(#[case] typed: &str, #[case] name: Option<&str>) {
        assert_eq!(PersonName::parse(typed).ok().as_ref().map(PersonName::as_str), name);
    }

    #[test]
    fn a_name_has_at_most_100_characters() {
        assert!(PersonName::parse(&"é".repeat(100)).is_ok());
        assert_eq!(PersonName::parse(&"é".repeat(101)), Err(NotAName));
    }
}
