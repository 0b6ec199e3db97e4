//! What workspaces are called.

use std::fmt;

use accounts::read_name;

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
        read_name(text, Self::MAX_CHARS).map(Self).ok_or(NotAWorkspaceName)
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
