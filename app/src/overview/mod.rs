//! The first page of a workspace: is data arriving?

mod routes;
mod view;

pub(crate) use routes::routes;
pub use view::page;

use model::{UnixMs, wire::attempts::Verdict, wire::sources::Source};

use crate::ui::notice::Notice;

/// What `/{workspace}` shows.
#[derive(Debug, Clone)]
pub struct OverviewPage {
    /// The moment that relative times count from.
    pub now: UnixMs,
    /// Every source of the workspace, oldest first.
    pub sources: Vec<SourceSummary>,
    /// Whether the viewer holds `analytics.manage`.
    pub can_manage: bool,
    /// The address of an owner who offers the workspace to the viewer.
    pub offered_by: Option<String>,
    /// What just happened, after a change.
    pub notice: Option<Notice>,
}

/// One source in the overview.
#[derive(Debug, Clone)]
pub struct SourceSummary {
    /// The source.
    pub source: Source,
    /// Whether it works.
    pub verdict: Verdict,
    /// When an event was last stored.
    pub last_accepted_at: Option<UnixMs>,
    /// What came since midnight UTC.
    pub today: Totals,
    /// The last 24 hours, oldest first; hours without requests may be left out.
    pub hours: Vec<Hour>,
}

/// What became of the events and requests of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Events stored.
    pub accepted: u64,
    /// Events stored before.
    pub duplicates: u64,
    /// Events at fault.
    pub rejected_events: u64,
    /// Requests answered with 4xx or 5xx.
    pub refused_requests: u64,
}

/// What came within one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// When the hour begins.
    pub at: UnixMs,
    /// Events stored.
    pub accepted: u64,
    /// Requests answered with 4xx or 5xx.
    pub refused: u64,
}
