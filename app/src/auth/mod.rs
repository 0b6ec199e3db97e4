//! Signing in and signing up.

mod routes;
mod view;

pub(crate) use routes::routes;
pub(crate) use view::door;
pub use view::{login, signup};

use crate::ui::form::Form;

/// What `/login` shows.
#[derive(Debug, Clone, Default)]
pub struct LoginPage {
    /// `email` and `next` as they were sent, and what was wrong with them; [`Form::default`] at first.
    pub form: Form,
    /// The path to go to after signing in, carried in the hidden field `next`.
    pub next: Option<String>,
    /// The id of this exchange, for the foot of the page.
    pub request_id: String,
}

/// What `/signup` shows.
#[derive(Debug, Clone, Default)]
pub struct SignupPage {
    /// `name` and `email` as they were sent, and what was wrong with them; [`Form::default`] at first.
    pub form: Form,
    /// Whether this account will be the first of the instance.
    pub is_first: bool,
    /// The id of this exchange, for the foot of the page.
    pub request_id: String,
}
