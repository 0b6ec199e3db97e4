//! Making a workspace.

mod routes;
mod view;

pub(crate) use routes::routes;
pub use view::page;

use crate::ui::form::Form;

/// What `/workspaces/new` shows.
#[derive(Debug, Clone, Default)]
pub struct NewWorkspacePage {
    /// `name` and `slug` as they were sent, and what was wrong with them; [`Form::default`] at first.
    pub form: Form,
}
