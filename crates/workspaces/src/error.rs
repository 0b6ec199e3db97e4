//! What can go wrong with workspaces.

use crate::Forbidden;

/// Why an operation on workspaces did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// Another workspace has this slug.
    #[error("another workspace has this slug")]
    SlugTaken,
    /// Whoever acts is no member, or not whom it is for.
    #[error("this is not for whoever acts")]
    Forbidden,
    /// Whoever acts is a member and may not do this.
    #[error(transparent)]
    Denied(#[from] Forbidden),
    /// No account has this address.
    #[error("no account has this address")]
    UserNotFound,
    /// The workspace has no such member.
    #[error("the workspace has no such member")]
    MemberNotFound,
    /// The workspace has no such role.
    #[error("the workspace has no such role")]
    RoleNotFound,
    /// There is no such invitation.
    #[error("there is no such invitation")]
    InvitationNotFound,
    /// Nobody offers this workspace to them now.
    #[error("there is no such offer of ownership")]
    OfferNotFound,
    /// They own the workspace already.
    #[error("they own the workspace already")]
    AlreadyOwner,
    /// A starter role stays as it is.
    #[error("this is a starter role")]
    RoleIsFixed,
    /// Members or invitations have the role.
    #[error("members or invitations have this role")]
    RoleInUse,
    /// Another role of the workspace has this name.
    #[error("another role has this name")]
    RoleNameTaken,
    /// There is no such token of theirs.
    #[error("there is no such token")]
    TokenNotFound,
    /// It was accepted or revoked, or has expired.
    #[error("the invitation was accepted or revoked, or has expired")]
    InvitationNotPending,
    /// They belong to the workspace already.
    #[error("they belong to the workspace already")]
    AlreadyMember,
    /// A workspace always has an owner.
    #[error("this is the last owner")]
    LastOwner,
    /// Every seat is taken.
    #[error("{used} of {limit} seats are used")]
    SeatLimitReached {
        /// Seats in use.
        used: i64,
        /// Seats there may be.
        limit: i64,
    },
    /// Workspaces have sent many mails to this address of late.
    #[error("too many mails to this address; the next can be sent in {retry_after_s} s")]
    TooManyMails {
        /// Seconds to wait, at least one.
        retry_after_s: u64,
    },
    /// A young workspace has sent many invitations today.
    #[error("too many invitations; the next can be sent in {retry_after_s} s")]
    TooManyInvitations {
        /// Seconds to wait, at least one.
        retry_after_s: u64,
    },
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(error.into())
    }
}

/// What operations on workspaces answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;
