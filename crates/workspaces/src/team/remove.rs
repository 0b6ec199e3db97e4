//! Going, and being shown out.

use audit::Actor;
use db::on_db;
use model::{
    Permission,
    ids::{InvitationId, MemberId, OrganizationId},
};
use serde_json::json;
use uuid::Uuid;

use super::{Member, Team, invitation::State};
use crate::{Result, Workspaces};

const DELETE: &str = "DELETE FROM members WHERE organization_id = $1 AND id = $2";

/// What someone who goes has promised others is not kept: nobody answers for it any more.
const INVITED_BY: &str = "SELECT id, email FROM invitations
    WHERE organization_id = $1 AND invited_by = $2 AND state = 'pending' ORDER BY id";

impl Workspaces {
    /// Removes a member, and the invitations that they have sent. Whoever removes themselves leaves, which takes no
    /// permission, and which no tool does for them.
    ///
    /// # Errors
    ///
    /// In this order: [`Error::Forbidden`](crate::Error::Forbidden) without the permission and for a tool that
    /// would leave, [`Error::MemberNotFound`](crate::Error::MemberNotFound), forbidden again over someone above oneself,
    /// [`Error::LastOwner`](crate::Error::LastOwner).
    pub async fn remove_member(
        &self,
        actor: Actor,
        organization: OrganizationId,
        id: MemberId,
    ) -> Result<()> {
        let mut team =
            Team::enter_as_member(&self.db, actor, organization, Permission::UsersManage).await?;
        let is_leaving = team.is_acting(id);
        if is_leaving {
            team.require_person()?;
        } else {
            team.require(Permission::UsersManage)?;
        }
        let member = team.member(id).await?;
        if !is_leaving {
            team.require_not_above(&member)?;
        }
        if member.is_owner {
            team.require_another_owner().await?;
        }
        team.remove(&member, if is_leaving { "member.left" } else { "member.removed" }).await?;
        team.commit().await
    }
}

impl Team<'_> {
    /// Takes a member out, with what they have promised others; `action` says how in the audit log.
    pub(crate) async fn remove(&mut self, member: &Member, action: &str) -> Result<()> {
        self.revoke_all_of(member).await?;
        self.end_offers_of(member.user_id).await?;
        let touched = on_db!(self.tx.conn()?, c => sqlx::query(DELETE)
            .bind(self.id.uuid())
            .bind(member.id.uuid())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        let before = json!({ "email": member.email, "role": member.role_name });
        self.record(action, member.id, Some(before), None).await
    }

    async fn revoke_all_of(&mut self, inviter: &Member) -> Result<()> {
        let sent = on_db!(self.tx.conn()?, c => sqlx::query_as::<_, (Uuid, String)>(INVITED_BY)
            .bind(self.id.uuid())
            .bind(inviter.user_id.uuid())
            .fetch_all(c)
            .await)?;
        for (id, email) in sent {
            let id = InvitationId::from(id);
            self.end_invitation(id, State::Revoked).await?;
            let before = json!({ "email": email, "invitedBy": inviter.email });
            self.record("invitation.revoked", id, Some(before), None).await?;
        }
        Ok(())
    }
}
