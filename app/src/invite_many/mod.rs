//! Several invitations at once: a pasted list, what would come of each entry, and what came of it.

mod routes;
mod view;

pub(crate) use routes::routes;
pub use view::page;

use model::wire::team::{BulkResult, Role, Seats};

use crate::ui::form::Form;

/// What `/{workspace}/access/invitations/bulk` shows.
#[derive(Debug, Clone)]
pub struct InviteManyPage {
    /// The roles that the viewer may give.
    pub roles: Vec<Role>,
    /// The seats as they are.
    pub seats: Seats,
    /// Whether invitations go out by mail, and not as links to hand on.
    pub sends_mail: bool,
    /// How far it is.
    pub stage: Stage,
    /// The list and the role, as they were sent.
    pub form: Form,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The list is being written.
    Writing,
    /// It was checked, and nothing was sent.
    Checked {
        /// What would come of each entry.
        results: Vec<BulkResult>,
        /// Seats that it would take.
        taken: i64,
    },
    /// It was sent.
    Sent {
        /// What came of each entry.
        results: Vec<BulkResult>,
    },
}
