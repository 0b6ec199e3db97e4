//! Signing in and signing up.

mod routes;
mod view;

pub(crate) use routes::{enter, for_the_form, read_name, routes};
pub use view::{check_mail, login, signup};
pub(crate) use view::{closed_words, door};

use web::SignupMode;

use crate::ui::{form::Form, notice::Notice};

/// What `/login` shows.
#[derive(Debug, Clone, Default)]
pub struct LoginPage {
    /// `email` and `next` as they were sent, and what was wrong with them; [`Form::default`] at first.
    pub form: Form,
    /// Who may make an account.
    pub signup: SignupMode,
    /// The path to go to after signing in, carried in the hidden field `next`.
    pub next: Option<String>,
    /// What just happened, after something that ended here.
    pub notice: Option<Notice>,
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

/// What `/signup` shows when a mail has to be followed first. It is the same when the address had an account already.
#[derive(Debug, Clone)]
pub struct CheckMailPage {
    /// Where the mail went.
    pub email: String,
    /// The id of this exchange, for the foot of the page.
    pub request_id: String,
}
