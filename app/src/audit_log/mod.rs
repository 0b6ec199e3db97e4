//! The audit log: who changed what, and what was refused.

mod csv;
mod routes;
mod view;
mod words;

pub(crate) use routes::routes;
pub use view::page;

use model::{
    UnixMs,
    wire::{audit::AuditEntry, team::Member},
};

/// What `/{workspace}/access/audit` shows.
#[derive(Debug, Clone)]
pub struct AuditPage {
    /// The moment that relative times count from.
    pub now: UnixMs,
    /// One page of it, newest first.
    pub entries: Vec<AuditEntry>,
    /// Who may be asked for.
    pub members: Vec<Member>,
    /// The group of actions that is shown; empty for all.
    pub action: String,
    /// The id of the person whose doings are shown; empty for everyone.
    pub actor: String,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}
