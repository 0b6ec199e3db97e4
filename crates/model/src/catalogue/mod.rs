//! The error catalogue: one entry per code, and everything that is said about an error comes from it.
//!
//! Replies, `/docs/errors`, `docs/ERRORS.md`, log levels and the debug view read this table. A new code is a
//! variant of [`Code`] and one [`Entry`].

mod codes;
mod entries_ingest;
mod entries_workspace;
mod issues;
mod markdown;

pub use codes::Code;
pub use issues::{IssueCode, IssueEntry, issue_entries};
pub use markdown::{anchor, errors_markdown};

/// The shape of the reply, by who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `/api/…`, for people and tools.
    Workspace,
    /// `/api/ingest/v2/…`, for SDKs and servers that send events.
    Ingest,
    /// Both: the reply takes the dialect of the path's prefix.
    Both,
}

/// How loudly a refusal is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The client's ordinary mistake.
    Info,
    /// Worth a look when it repeats.
    Warn,
    /// Ours to repair.
    Error,
}

/// A request that ends in the code, and the reply's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// Request line, the headers that matter and the body, as curl would send them.
    pub request: &'static str,
    /// The reply's JSON body.
    pub response: &'static str,
}

/// All there is to say about one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Which code this is about.
    pub code: Code,
    /// The code as clients read it. Where it holds `<field>`, the reply names the field instead.
    pub text: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Which reply shape it is told in.
    pub dialect: Dialect,
    /// How loudly it is logged.
    pub level: Level,
    /// Whether the same request may succeed later without a change.
    pub is_retryable: bool,
    /// One sentence for the reply. Safe to show to anyone.
    pub message: &'static str,
    /// What it means, for a person who meets it the first time.
    pub means: &'static str,
    /// The usual causes, likeliest first.
    pub causes: &'static [&'static str],
    /// The fix, as an action, naming the screen that does it.
    pub fix: &'static str,
    /// A request that provokes it and the reply.
    pub example: Example,
}

/// Every entry, workspace codes first, in the order of [`Code`].
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    entries_workspace::ENTRIES.iter().chain(entries_ingest::ENTRIES)
}
