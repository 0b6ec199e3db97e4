//! The end of an account, and what it means for the workspaces that it belongs to.

use std::collections::BTreeMap;

use audit::Actor;
use db::{Tx, on_db};
use model::ids::{OrganizationId, UserId};
use uuid::Uuid;

use crate::{
    Error, Membership, Organization, Result, Workspaces, membership,
    person::require_person,
    team::{self, Locked, Team},
};

/// What comes of deleting an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Farewell {
    /// Workspaces that its person leaves.
    pub leaves: Vec<Organization>,
    /// Workspaces that would have no owner then: each must be handed over or deleted before.
    pub owns_alone: Vec<Organization>,
}

/// The deleted ones among them, which one of their owners may bring back just now.
const LIST_ALL_OF: &str =
    "SELECT organization_id FROM members WHERE user_id = $1 ORDER BY organization_id";

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
    /// [`Error::LastOwner`] while a workspace would have no owner without them, [`Error::Forbidden`] for a tool and for
    /// whoever has no account any more.
    pub async fn delete_account(&self, actor: Actor) -> Result<()> {
        require_person(actor)?;
        let (mut tx, rows) = self.lock_all_of(actor.user).await?;
        let tokens = accounts::end_named_tokens(&mut tx, actor.user).await?;
        self.note_ended(&mut tx, actor, actor.user, &tokens).await?;
        for Membership { organization, member_id, .. } in
            membership::list(&mut tx, actor.user).await?
        {
            let locked = rows.get(&organization.id).ok_or(Error::Forbidden)?;
            let mut team = Team::of(locked, tx, &self.db, actor);
            let member = team.member(member_id).await?;
            if member.is_owner {
                team.require_another_owner().await?;
            }
            team.remove(&member, "member.left").await?;
            tx = team.into_tx();
        }
        // Of two at once the second finds nobody.
        if !accounts::delete_user(&mut tx, actor.user).await? {
            return Err(Error::Forbidden);
        }
        Ok(tx.commit().await?)
    }

    /// A transaction in which nobody changes a workspace of `user`, and they join no other. The workspaces are locked
    /// first, as everywhere, and so they may join one until they are locked themselves; then it begins anew.
    async fn lock_all_of(&self, user: UserId) -> Result<(Tx, BTreeMap<OrganizationId, Locked>)> {
        loop {
            let mut tx = self.db.begin().await?;
            let mut rows = BTreeMap::new();
            for id in list_all_of(&mut tx, user).await? {
                if let Some(locked) = team::lock(&mut tx, id).await? {
                    rows.insert(id, locked);
                }
            }
            accounts::lock_user(&mut tx, user).await?;
            if list_all_of(&mut tx, user).await?.iter().all(|id| rows.contains_key(id)) {
                return Ok((tx, rows));
            }
        }
    }
}

async fn list_all_of(tx: &mut Tx, user: UserId) -> Result<Vec<OrganizationId>> {
    let ids = on_db!(tx.conn()?, c => sqlx::query_scalar::<_, Uuid>(LIST_ALL_OF)
        .bind(user.uuid())
        .fetch_all(c)
        .await)?;
    Ok(ids.into_iter().map(Into::into).collect())
}
