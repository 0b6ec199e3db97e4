//! The attempt viewer: every request, what became of it and why.

mod attempt;
mod routes;
mod view;

pub use attempt::page as attempt_page;
pub(crate) use routes::routes;
pub use view::page;

use model::{
    UnixMs,
    wire::attempts::{Attempt, AttemptRow, CountedRow, DebugReply},
    wire::sources::Source,
};

use crate::ui::notice::Notice;

/// What `/{workspace}/analytics/setup/debug?source={slug}&outcome={outcome}&cursor={cursor}` shows.
#[derive(Debug, Clone)]
pub struct DebugPage {
    /// The moment that relative times count from.
    pub now: UnixMs,
    /// Every source of the workspace, oldest first.
    pub sources: Vec<Source>,
    /// The source that is shown, its verdict and its limits. Its `attempts` are not read here.
    pub reply: DebugReply,
    /// Which attempts are listed.
    pub outcome: Outcome,
    /// The attempts of this page, newest first: at most 50.
    pub attempts: Vec<AttemptRow>,
    /// Requests of the last 24 hours of which no attempt is kept, by outcome.
    pub counted: Vec<CountedRow>,
    /// The cursor that led here; only the newest page, without one, is live.
    pub cursor: Option<String>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
    /// Whether the viewer holds `analytics.manage`.
    pub can_manage: bool,
    /// What just happened, after a change.
    pub notice: Option<Notice>,
}

/// Which attempts are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outcome {
    /// All of them.
    #[default]
    All,
    /// Those answered with 4xx or 5xx.
    Refused,
}

impl Outcome {
    /// The filter's name in the query.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Refused => "refused",
        }
    }

    /// The filter with this name in the query; anything else lists all.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        if text == Self::Refused.as_str() { Self::Refused } else { Self::All }
    }
}

/// What `/{workspace}/analytics/setup/debug/{attemptId}` shows, and `/instance/attempts/{attemptId}`.
#[derive(Debug, Clone)]
pub struct AttemptPage {
    /// The moment that relative times count from.
    pub now: UnixMs,
    /// The address of this instance, without a slash at its end.
    pub base_url: String,
    /// The attempt, whole.
    pub attempt: Attempt,
    /// Its source; none on the instance's page.
    pub source: Option<Source>,
    /// A shell command that sends the same request again.
    pub curl: String,
    /// Whether the viewer holds `analytics.manage`.
    pub can_manage: bool,
}
