//! Account: what a person is to this instance, in which browsers they are signed in, and the tokens of their tools.

mod browser;
mod routes;
mod view;

pub use browser::browser_name;
pub(crate) use routes::routes;
pub use view::{account_page, farewell_page, sessions_page, tokens_page};

use model::{
    UnixMs,
    wire::accounts::{NamedToken, User},
};

use crate::ui::{form::Form, notice::Notice};

/// What `/account` shows.
#[derive(Debug, Clone)]
pub struct AccountPage {
    /// Whose it is.
    pub user: User,
    /// Whether this instance sends mail.
    pub has_mail: bool,
    /// The form of the name, as it was sent and refused.
    pub profile: Form,
    /// The form of the password, as it was sent and refused.
    pub password: Form,
    /// What just happened, after a change.
    pub notice: Option<Notice>,
}

/// What `/account/sessions` shows.
#[derive(Debug, Clone)]
pub struct SessionsPage {
    /// The moment that relative times count from.
    pub now: UnixMs,
    /// Last seen first.
    pub sessions: Vec<Session>,
    /// What just happened, after a change.
    pub notice: Option<Notice>,
}

/// A browser that the viewer is signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Which.
    pub id: String,
    /// What it is, in plain words.
    pub browser: String,
    /// The network it was in, without the part that names a person.
    pub network: Option<String>,
    /// When it signed in.
    pub created_at: UnixMs,
    /// When it was last seen, to the minute.
    pub last_seen_at: UnixMs,
    /// Whether it is the one that looks.
    pub is_this: bool,
}

/// What `/account/tokens` shows.
#[derive(Debug, Clone)]
pub struct TokensPage {
    /// The moment that relative times count from.
    pub now: UnixMs,
    /// Oldest first, expired ones among them.
    pub tokens: Vec<NamedToken>,
    /// The one that was just made.
    pub made: Option<MadeToken>,
    /// The form of a new one, as it was sent and refused.
    pub form: Form,
    /// What just happened, after a change.
    pub notice: Option<Notice>,
}

/// A token that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeToken {
    /// What it is called.
    pub name: String,
    /// Its text, shown once.
    pub secret: String,
}

/// What `/account/delete` shows.
#[derive(Debug, Clone, Default)]
pub struct FarewellPage {
    /// The viewer's address, to be typed.
    pub email: String,
    /// The names of the workspaces that they leave.
    pub leaves: Vec<String>,
    /// Workspaces that only they own; while there is one, nothing can be deleted.
    pub owns_alone: Vec<OwnedAlone>,
    /// The form, as it was sent and refused.
    pub form: Form,
}

/// A workspace that would have no owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedAlone {
    /// What people call it.
    pub name: String,
    /// Where it is handed over or deleted.
    pub settings: String,
}
