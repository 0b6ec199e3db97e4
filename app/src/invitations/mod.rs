//! Following the link of an invitation.

mod routes;
mod view;

pub(crate) use routes::routes;
pub use view::page;

use web::SignupMode;

use crate::ui::form::Form;

/// What `/invitations/{secret}` shows.
#[derive(Debug, Clone)]
pub struct InvitationPage {
    /// The workspace's name.
    pub workspace: String,
    /// The role that waits there.
    pub role: String,
    /// Who sent it.
    pub inviter: String,
    /// Whom it is for.
    pub email: String,
    /// Until when, as RFC 3339.
    pub expires_at: String,
    /// Who looks.
    pub reader: Reader,
    /// Where the forms of this page go: its own path.
    pub path: String,
    /// The form of a new account, as it was sent and refused.
    pub form: Form,
    /// The id of this exchange.
    pub request_id: String,
}

/// Who looks at an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// Nobody is signed in.
    Nobody {
        /// Who may make an account; with an invitation only a closed instance stops them.
        signup: SignupMode,
    },
    /// Whom it is for.
    Invited,
    /// Someone else, with this address.
    Other(String),
}
