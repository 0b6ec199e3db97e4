//! What workspaces are called.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// A workspace's name: trimmed, 1 to 80 characters, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceName(String);

/// The text is not a workspace's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "The name of a workspace has 1 to {} characters and no line breaks.",
    WorkspaceName::MAX_CHARS
)]
pub struct NotAWorkspaceName;

impl WorkspaceName {
    /// Most characters of a name.
    pub const MAX_CHARS: usize = 80;

    /// Reads what a person typed.
    pub fn parse(text: &str) -> Result<Self, NotAWorkspaceName> {
        let name: String = text.trim().nfc().collect();
        let is_valid = (1..=Self::MAX_CHARS).contains(&name.chars().count())
            && !name.contains(char::is_control);
        if is_valid { Ok(Self(name)) } else { Err(NotAWorkspaceName) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WorkspaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::trimmed(" Acme GmbH ", Some("Acme GmbH"))]
    #[case::empty(" ", None)]
    #[case::two_lines("Acme\nGmbH", None)]
    #[case::nul("Acme\0", None)]
    fn a_name_is_one_line(#[case] typed: &str, #[case] name: Option<&str>) {
        assert_eq!(WorkspaceName::parse(typed).ok().as_ref().map(WorkspaceName::as_str), name);
    }

    #[test]
    fn a_name_has_at_most_80_characters() {
        assert!(WorkspaceName::parse(&"é".repeat(80)).is_ok());
        assert_eq!(WorkspaceName::parse(&"é".repeat(81)), Err(NotAWorkspaceName));
    }
}
