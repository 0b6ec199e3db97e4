//! The audit log: who changed what, and what was refused.

mod csv;
mod routes;
mod view;
mod words;

pub(crate) use routes::routes;
pub use view::page;

use model::{
    UnixMs,
    wire::audit::{AuditEntry, Who},
};
use serde::Deserialize;

use crate::ui::form::Form;

/// What `/{workspace}/access/audit` shows.
#[derive(Debug, Clone)]
pub struct AuditPage {
    /// The moment that relative times count from.
    pub now: UnixMs,
    /// One page of it, newest first.
    pub entries: Vec<AuditEntry>,
    /// Everyone who has done something.
    pub actors: Vec<Who>,
    /// Which entries are shown.
    pub sought: Sought,
    /// What is wrong with the filter.
    pub form: Form,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// Which entries are shown; what is empty narrows nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Sought {
    /// A group of actions, or one of them.
    pub action: String,
    /// The id of the person who acted.
    pub actor: String,
    /// The id of the exchange.
    pub request: String,
    /// The first day, as in `2026-11-21`.
    pub from: String,
    /// The last day.
    pub to: String,
}
