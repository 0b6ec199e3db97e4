//! Following an invitation.

use accounts::{LinkSecret, User};
use audit::Actor;
use model::{Permission, ids::OrganizationId};
use serde_json::json;

use super::{Invitation, Team, invitation};
use crate::{Error, Membership, Result, Workspaces};

impl Workspaces {
    /// Makes `user` a member by the link that they were sent. The seat was theirs already, so none is refused.
    ///
    /// # Errors
    ///
    /// [`Error::InvitationNotFound`], [`Error::InvitationNotPending`], and [`Error::Forbidden`] when it was sent to
    /// another address.
    pub async fn accept_invitation(
        &self,
        actor: Actor,
        user: &User,
        secret: &LinkSecret,
    ) -> Result<Membership> {
        let found = Invitation::from(self.invitation_behind(secret).await?);
        if found.email != user.email.as_str() {
            return Err(Error::Forbidden);
        }
        let mut team = Team::lock(&self.db, actor, found.organization, Permission::UsersInvite)
            .await?
            .ok_or(Error::InvitationNotFound)?;
        // Once more, now that nobody else can change it.
        let row = team.invitation(found.id).await?;
        let invited = invitation::live(Some(row), team.now())?;
        team.end_invitation(invited.id, "accepted").await?;
        if !team.is_member(&user.email).await? {
            let id = team.insert_member(user, invited.role_id).await?;
            let after = json!({ "email": invited.email, "role": invited.role_name });
            team.record("member.joined", id, None, Some(after)).await?;
        }
        let organization: OrganizationId = team.id;
        let membership = crate::membership::find(&mut team.tx, user.id, organization).await?;
        team.commit().await?;
        membership.ok_or(Error::InvitationNotFound)
    }
}
