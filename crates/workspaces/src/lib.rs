//! Workspaces: who belongs to which, and what their role there permits.
//!
//! The interface says workspace, the API and the database say organization. Nobody sees or changes anything of
//! a workspace but through a [`Membership`] in it; a [`Caller`] is a person together with the one that applies
//! to what they ask.

mod caller;
mod create;
mod error;
mod membership;
mod name;
mod role;
mod slug;
mod team;

use db::Db;

pub use caller::{Caller, Forbidden};
pub use error::{Error, Result};
pub use membership::{Membership, Organization};
pub use name::{NotAWorkspaceName, WorkspaceName};
pub use role::{Kind, Role};
pub use slug::{NotASlug, Slug};
pub use team::{INVITATION_LIFE_MS, Invitation, Invited, Member, MemberChanges, Seats};

/// Everything that can be done with workspaces.
#[derive(Debug, Clone)]
pub struct Workspaces {
    db: Db,
    /// Seats of a workspace that has no limit of its own.
    seat_limit: Option<i64>,
}

impl Workspaces {
    /// Over `db`; workspaces hold as many people as like.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db, seat_limit: None }
    }

    /// The same where a workspace without a limit of its own holds at most `limit` people.
    #[must_use]
    pub fn with_seat_limit(self, limit: Option<i64>) -> Self {
        Self { seat_limit: limit, ..self }
    }
}
