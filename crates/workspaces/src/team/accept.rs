//! Following an invitation.

use accounts::{LinkSecret, User};
use audit::Actor;
use model::ids::OrganizationId;
use serde_json::json;

use super::{Invitation, Team, invitation, invitation::State};
use crate::{Error, Membership, Result, Workspaces, person::require_person};

impl Workspaces {
    /// Makes `user` a member by the link that they were sent. The seat was theirs already, so none is refused.
    ///
    /// # Errors
    ///
    /// [`Error::InvitationNotFound`], [`Error::InvitationNotPending`], and [`Error::Forbidden`] when it was sent to
    /// another address, and for a tool.
    pub async fn accept_invitation(
        &self,
        actor: Actor,
        user: &User,
        secret: &LinkSecret,
    ) -> Result<Membership> {
        require_person(actor)?;
        let found = Invitation::from(self.invitation_behind(secret).await?);
        if found.email != user.email.as_str() {
            return Err(Error::Forbidden);
        }
        let team = Team::open(&self.db, actor, found.organization).await?;
        let mut team = team.ok_or(Error::InvitationNotFound)?;
        // Once more, now that nobody else can change it.
        let row = team.invitation(found.id).await?;
        let invited = invitation::live(row, team.now())?;
        team.end_invitation(invited.id, State::Accepted).await?;
        if !team.is_member(&user.email).await? {
            let id =
                team.insert_member(user, invited.role_id).await.map_err(|error| match error {
                    // Their account went a moment ago.
                    Error::UserNotFound => Error::Forbidden,
                    error => error,
                })?;
            let after = json!({ "email": invited.email, "role": invited.role_name });
            team.record("member.joined", id, None, Some(after)).await?;
        }
        let organization: OrganizationId = team.id;
        let membership = crate::membership::find(&mut team.tx, user.id, organization).await?;
        team.commit().await?;
        membership.ok_or(Error::InvitationNotFound)
    }
}
