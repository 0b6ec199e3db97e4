//! What whoever runs the instance sees of requests whose key is no source's.

mod routes;
mod view;

pub(crate) use routes::routes;
pub use view::page;

use model::{
    Code, UnixMs,
    wire::attempts::{CountedRow, UnmatchedAttempt},
};

/// Where the list is; each attempt is below it.
pub(crate) const PATH: &str = "/instance/attempts";

/// What `/instance/attempts?key={which}&cursor={cursor}` shows.
#[derive(Debug, Clone)]
pub struct UnmatchedPage {
    /// The moment that relative times count from.
    pub now: UnixMs,
    /// Which are listed.
    pub which: Which,
    /// What was only counted in the last 24 hours, by outcome.
    pub counted: Vec<CountedRow>,
    /// The attempts of this page, newest first: at most 50.
    pub attempts: Vec<UnmatchedAttempt>,
    /// Whether newer ones were left behind.
    pub is_older: bool,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// Which of them are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// All of them.
    #[default]
    All,
    /// Those with a key that nobody has.
    Unknown,
    /// Those without a key.
    Missing,
}

impl Which {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::All, Self::Unknown, Self::Missing];

    /// Its name in the query.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Unknown => "unknown",
            Self::Missing => "missing",
        }
    }

    /// The choice with this name in the query; anything else lists all.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self::ALL.into_iter().find(|which| which.as_str() == text).unwrap_or_default()
    }

    /// The code that they were refused with.
    const fn code(self) -> Option<Code> {
        match self {
            Self::All => None,
            Self::Unknown => Some(Code::TrackingSourceNotFound),
            Self::Missing => Some(Code::PublicKeyRequired),
        }
    }
}
