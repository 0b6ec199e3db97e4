//! Several invitations at once, and what would come of them.

use audit::Actor;
use model::{Permission, ids::OrganizationId};

use super::{Invited, Team, Wish, WishFault};
use crate::{Error, Result, Workspaces};

/// What came of one entry of the list, or would.
#[derive(Debug)]
pub struct Wished {
    /// What stood there.
    pub typed: String,
    /// What came of it.
    pub outcome: WishOutcome,
}

/// What comes of an entry.
#[derive(Debug)]
pub enum WishOutcome {
    /// They are invited.
    Invited(Box<Invited>),
    /// They were invited before and get a new link.
    SentAgain(Box<Invited>),
    /// They belong to the workspace already.
    AlreadyMember,
    /// There is no seat left for them.
    NoSeat,
    /// The workspace has sent as many as it may today.
    TooMany,
    /// Workspaces have sent them as much mail as they may of late.
    TooManyMails,
    /// The role is above whoever invites.
    NotAllowed,
    /// The entry cannot be followed.
    Fault(WishFault),
}

impl Workspaces {
    /// Invites everyone on a list whom it can, in its order. With `is_trial` nothing changes: the same is done, and
    /// undone.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] and [`Error::Denied`] without the permission to invite.
    pub async fn invite_many(
        &self,
        actor: Actor,
        organization: OrganizationId,
        wishes: Vec<Wish>,
        is_trial: bool,
    ) -> Result<Vec<Wished>> {
        let mut team = Team::enter(&self.db, actor, organization, Permission::UsersInvite).await?;
        let mut all = Vec::with_capacity(wishes.len());
        for Wish { typed, read } in wishes {
            let outcome = match read {
                Err(fault) => WishOutcome::Fault(fault),
                Ok((email, role)) => WishOutcome::of(team.invite(self, &email, role).await)?,
            };
            all.push(Wished { typed, outcome });
        }
        if !is_trial {
            team.commit().await?;
        }
        Ok(all)
    }
}

impl WishOutcome {
    /// A refusal is an outcome; what failed on our side is an error.
    fn of(done: Result<Invited>) -> Result<Self> {
        match done {
            Ok(invited) if invited.is_new => Ok(Self::Invited(Box::new(invited))),
            Ok(invited) => Ok(Self::SentAgain(Box::new(invited))),
            Err(Error::AlreadyMember) => Ok(Self::AlreadyMember),
            Err(Error::SeatLimitReached { .. }) => Ok(Self::NoSeat),
            Err(Error::TooManyInvitations { .. }) => Ok(Self::TooMany),
            Err(Error::TooManyMails { .. }) => Ok(Self::TooManyMails),
            Err(Error::Denied(_)) => Ok(Self::NotAllowed),
            Err(Error::RoleNotFound) => Ok(Self::Fault(WishFault::RoleNotFound)),
            Err(error) => Err(error),
        }
    }
}
