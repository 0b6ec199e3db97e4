//! The viewer's workspaces: all of them, those to have back, and making one.

mod list;
mod routes;
mod view;

pub use list::page as list_page;
pub(crate) use routes::routes;
pub use view::page;

use model::wire::workspaces::{DeletedOrganization, Organization};

use crate::ui::{form::Form, notice::Notice};

/// What `/workspaces` shows.
#[derive(Debug, Clone, Default)]
pub struct WorkspacesPage {
    /// Those the viewer is a member of, oldest first.
    pub organizations: Vec<Organization>,
    /// Those the viewer owned, that were deleted and can be had back; newest first.
    pub deleted: Vec<DeletedOrganization>,
    /// What just happened, after a change.
    pub notice: Option<Notice>,
}

/// What `/workspaces/new` shows.
#[derive(Debug, Clone, Default)]
pub struct NewWorkspacePage {
    /// `name` and `slug` as they were sent, and what was wrong with them; [`Form::default`] at first.
    pub form: Form,
}
