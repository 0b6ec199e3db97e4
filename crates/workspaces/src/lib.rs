//! Workspaces: who belongs to which, and what their role there permits.
//!
//! The interface says workspace, the API and the database say organization. Nobody sees or changes anything of
//! a workspace but through a [`Membership`] in it; a [`Caller`] is a person together with the one that applies
//! to what they ask.

mod account;
mod caller;
mod create;
mod error;
mod membership;
mod name;
mod organization;
mod ownership;
mod role;
mod role_edit;
mod slug;
mod team;
mod tokens;

use db::Db;

pub use account::Farewell;
pub use caller::{Caller, Forbidden};
pub use error::{Error, Result};
pub use membership::{Membership, Organization};
pub use name::{NotAWorkspaceName, WorkspaceName};
pub use organization::{
    DELETED_LIFE_MS, DeletedOrganization, InstanceOrganization, OrganizationChanges,
};
pub use ownership::{OFFER_LIFE_MS, Offer};
pub use role::{Kind, Role};
pub use role_edit::{NotARoleName, RoleChanges, RoleName};
pub use slug::{NotASlug, Slug};
pub use team::{
    INVITATION_LIFE_MS, INVITATIONS_PER_DAY, Invitation, Invited, MOST_WISHES, Member,
    MemberChanges, Seats, Wish, WishFault, WishOutcome, Wished, read_wishes,
};

/// Everything that can be done with workspaces.
#[derive(Debug, Clone)]
pub struct Workspaces {
    db: Db,
    /// Seats of a workspace that has no limit of its own.
    seat_limit: Option<i64>,
    /// Whether an address counts as someone's only once it was verified.
    is_verifying: bool,
}

impl Workspaces {
    /// Over `db`; workspaces hold as many people as like.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db, seat_limit: None, is_verifying: false }
    }

    /// The same where a workspace without a limit of its own holds at most `limit` people.
    #[must_use]
    pub fn with_seat_limit(self, limit: Option<i64>) -> Self {
        Self { seat_limit: limit, ..self }
    }

    /// The same where only an account whose address was verified can be added by that address.
    #[must_use]
    pub fn with_verified_only(self, is_verifying: bool) -> Self {
        Self { is_verifying, ..self }
    }
}
