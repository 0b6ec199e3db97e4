//! Workspaces: who belongs to which, and what their role there permits.
//!
//! The interface says workspace, the API and the database say organization. A [`Membership`] says what someone may do
//! in one, and a [`Caller`] is a person together with the one that applies to what they ask: the doors read on it.
//! Whoever changes something is asked for it again here, in the transaction (`team`); an [`audit::Actor`] says who that
//! is, and whether themselves or by a tool. Without a membership act those who follow an invitation, and whoever runs
//! the instance (`instance`, [`Workspaces::set_seat_limit`]).

mod account;
mod caller;
mod create;
mod deletion;
mod error;
mod instance;
mod membership;
mod name;
mod organization;
mod ownership;
mod person;
mod role;
mod role_edit;
mod slug;
mod team;
mod tokens;

use db::Db;

pub use account::Farewell;
pub use caller::{Caller, Forbidden};
pub use deletion::{DELETED_LIFE_MS, DeletedOrganization};
pub use error::{Error, Result};
pub use instance::InstanceOrganization;
pub use membership::{Membership, Organization};
pub use name::{NotAWorkspaceName, WorkspaceName};
pub use organization::OrganizationChanges;
pub use ownership::{OFFER_LIFE_MS, Offer, Offered};
pub use role::{Kind, Role};
pub use role_edit::{NotARoleName, RoleChanges, RoleName};
pub use slug::{NotASlug, Slug};
pub use team::{
    INVITATION_LIFE_MS, INVITATIONS_PER_DAY, Invitation, Invited, MOST_WISHES, Member,
    MemberChanges, Seats, TooManyWishes, Wish, WishFault, WishOutcome, Wished, grant_seats,
    read_wishes,
};

/// Where a process tells the others that a workspace has ended or come back, see [`db::listen`].
pub const CHANGES: &str = "tiny_workspaces";

/// Everything that can be done with workspaces.
#[derive(Debug, Clone)]
pub struct Workspaces {
    db: Db,
    seat_rule: team::SeatRule,
    /// Whether mail is sent: then an address counts as someone's only once it was verified, and an invitation goes to
    /// whom it is for alone.
    is_verifying: bool,
}

impl Workspaces {
    /// Over `db`; workspaces hold as many people as like.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self {
            db,
            seat_rule: team::SeatRule { default: None, has_plans: false },
            is_verifying: false,
        }
    }

    /// The same where a workspace without a limit of its own holds at most `limit` people.
    #[must_use]
    pub fn with_seat_limit(self, limit: Option<i64>) -> Self {
        Self { seat_rule: team::SeatRule { default: limit, ..self.seat_rule }, ..self }
    }

    /// The same where plans are sold, and a workspace that bought none holds at most `free` people.
    #[must_use]
    pub fn with_plans(self, free: Option<i64>) -> Self {
        Self { seat_rule: team::SeatRule { default: free, has_plans: true }, ..self }
    }

    /// The same where mail is sent, so that only an account whose address was verified can be added by that address.
    #[must_use]
    pub fn with_verified_only(self, is_verifying: bool) -> Self {
        Self { is_verifying, ..self }
    }
}
