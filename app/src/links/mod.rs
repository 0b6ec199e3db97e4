//! Links that are sent by mail: asking for one, and the pages that they lead to.
//!
//! A page behind a link changes nothing by being opened: programs that look through mail open every link. The secret
//! stands in the address, so these pages lead to no other site.

mod routes;
mod view;

pub(crate) use routes::routes;
pub use view::{asked, confirm, forgot, reset, taken, verify};

use crate::ui::form::Form;

/// What `/forgot` shows.
#[derive(Debug, Clone, Default)]
pub struct ForgotPage {
    /// `email` as it was sent, and what was wrong with it.
    pub form: Form,
    /// The id of this exchange, for the foot of the page.
    pub request_id: String,
}

/// What `/forgot` shows once a link was asked for: the same whether anyone has the address or not.
#[derive(Debug, Clone, Default)]
pub struct AskedPage {
    /// The address that was typed.
    pub email: String,
    /// Whether this instance sends mail.
    pub has_mail: bool,
    /// The id of this exchange, for the foot of the page.
    pub request_id: String,
}

/// What a page behind a link shows.
#[derive(Debug, Clone, Default)]
pub struct LinkPage {
    /// The address that the link belongs to.
    pub email: String,
    /// Where its form goes: the page's own path.
    pub path: String,
    /// What was wrong with the form as it was sent.
    pub form: Form,
    /// The id of this exchange, for the foot of the page.
    pub request_id: String,
}
