//! The page of an id that leads nowhere.

mod routes;
mod view;

pub(crate) use routes::routes;
pub use view::page;

/// What `/id/{anything}` shows when it resolves to nothing the viewer may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownIdPage {
    /// What was asked for, as typed; empty when nothing was.
    pub id: String,
}
