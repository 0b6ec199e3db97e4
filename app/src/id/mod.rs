//! The page of an id that leads nowhere.

mod routes;
mod view;

use model::UnixMs;

pub(crate) use routes::routes;
pub use view::page;

/// What `/id/{anything}` shows when it resolves to nothing the viewer may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownIdPage {
    /// What was asked for, as typed; empty when nothing was.
    pub id: String,
    /// When the exchange began that it names, if it names one.
    pub exchange_at: Option<UnixMs>,
    /// What is said when its attempt would not be kept any more.
    pub gone: Option<String>,
}
