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

use db::Db;

pub use caller::{Caller, Forbidden};
pub use error::{Error, Result};
pub use membership::{Membership, Organization};
pub use name::{NotAWorkspaceName, WorkspaceName};
pub use slug::{NotASlug, Slug};

/// Everything that can be done with workspaces.
#[derive(Debug, Clone)]
pub struct Workspaces {
    db: Db,
}

impl Workspaces {
    /// Over `db`.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db }
    }
}
