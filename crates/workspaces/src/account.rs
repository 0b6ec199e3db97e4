//! The end of an account, and what it means for the workspaces that it belongs to.

use audit::Actor;
use model::Permission;

use crate::{Error, Membership, Organization, Result, Workspaces, membership, team::Team};

/// What comes of deleting an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Farewell {
    /// Workspaces that its person leaves.
    pub leaves: Vec<Organization>,
    /// Workspaces that would have no owner then: each must be handed over or deleted before.
    pub owns_alone: Vec<Organization>,
}

impl Workspaces {
    /// What would come of deleting the account.
    pub async fn farewell(&self, actor: Actor) -> Result<Farewell> {
        let mut farewell = Farewell::default();
        for membership in self.list_organizations(actor.user).await? {
            let organization = membership.organization;
            let is_owned_alone = membership.is_owner && {
                let members = self.list_members(organization.id).await?;
                members.iter().filter(|member| member.is_owner).count() == 1
            };
            let list = if is_owned_alone { &mut farewell.owns_alone } else { &mut farewell.leaves };
            list.push(organization);
        }
        Ok(farewell)
    }

    /// Deletes the account of whoever acts: they leave every workspace, their invitations are revoked, their logins
    /// and tokens end. Their entries in audit logs stay, without a name.
    ///
    /// # Errors
    ///
    /// [`Error::LastOwner`] while a workspace would have no owner without them.
    pub async fn delete_account(&self, actor: Actor) -> Result<()> {
        let mut tx = self.db.begin().await?;
        accounts::lock_user(&mut tx, actor.user).await?;
        let mut memberships = membership::list(&mut tx, actor.user).await?;
        // Always in the same order: two who wait for each other's workspaces would wait for ever.
        memberships.sort_unstable_by_key(|membership| membership.organization.id);
        for Membership { organization, member_id, .. } in memberships {
            let permission = Permission::UsersManage;
            let locked = Team::lock_in(tx, &self.db, actor, organization.id, permission).await?;
            // It was deleted a moment ago; nothing is left to leave.
            let Some(mut team) = locked else { return Err(Error::Forbidden) };
            match team.member(member_id).await {
                Ok(member) => {
                    if member.is_owner {
                        team.require_another_owner().await?;
                    }
                    team.remove(&member, "member.left").await?;
                }
                // Shown out a moment ago.
                Err(Error::MemberNotFound) => {}
                Err(error) => return Err(error),
            }
            tx = team.into_tx();
        }
        accounts::delete_user(&mut tx, actor.user).await?;
        Ok(tx.commit().await?)
    }
}
