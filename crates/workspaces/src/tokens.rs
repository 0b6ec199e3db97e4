//! Named tokens, as the workspaces see them: each that a token opens reads of it in its audit log.

use accounts::{AccessToken, NamedToken, NewNamedToken, delete_token, insert_token};
use audit::{Actor, Entry};
use db::Tx;
use model::ids::{OrganizationId, TokenId, UserId};
use serde_json::{Value, json};

use crate::{Error, Forbidden, Result, Workspaces, membership, person::require_person};

/// What became of a token.
#[derive(Clone, Copy)]
enum Change {
    Created,
    Revoked,
}

impl Workspaces {
    /// Makes a token of whoever acts. Its secret is not to be had again.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for a tool, and when it is to open a workspace that they do not belong to,
    /// [`Error::Denied`] when it is to permit what they may not do there.
    pub async fn create_token(
        &self,
        actor: Actor,
        new: &NewNamedToken,
    ) -> Result<(NamedToken, AccessToken)> {
        require_person(actor)?;
        let mut tx = self.db.begin().await?;
        if let Some(organization) = new.scope.organization {
            let membership = membership::find(&mut tx, actor.user, organization).await?;
            let held = membership.ok_or(Error::Forbidden)?.permissions;
            let wanted = new.scope.permissions.unwrap_or_default();
            if let Some(permission) = wanted.iter().find(|key| !held.has(*key)) {
                return Err(Forbidden { user: actor.user, organization, permission }.into());
            }
        }
        let (token, secret) = insert_token(&mut tx, &self.db, actor.user, new).await?;
        let all = opened(&mut tx, actor.user).await?;
        self.note(&mut tx, actor, &all, Change::Created, &token).await?;
        tx.commit().await?;
        Ok((token, secret))
    }

    /// Ends a token of whoever acts, at once.
    ///
    /// # Errors
    ///
    /// [`Error::TokenNotFound`], [`Error::Forbidden`] for a tool.
    pub async fn revoke_token(&self, actor: Actor, id: TokenId) -> Result<()> {
        require_person(actor)?;
        let mut tx = self.db.begin().await?;
        let token = delete_token(&mut tx, actor.user, id).await?.ok_or(Error::TokenNotFound)?;
        self.note_ended(&mut tx, actor, actor.user, &[token]).await?;
        Ok(tx.commit().await?)
    }

    /// Notes that tokens of `owner` have ended, in the transaction that ended them: in the audit log of each workspace
    /// that they opened.
    pub async fn note_ended(
        &self,
        tx: &mut Tx,
        actor: Actor,
        owner: UserId,
        tokens: &[NamedToken],
    ) -> Result<()> {
        if tokens.is_empty() {
            return Ok(());
        }
        let all = opened(tx, owner).await?;
        for token in tokens {
            self.note(tx, actor, &all, Change::Revoked, token).await?;
        }
        Ok(())
    }

    /// Notes it in those of `all` that the token opens.
    async fn note(
        &self,
        tx: &mut Tx,
        actor: Actor,
        all: &[OrganizationId],
        change: Change,
        token: &NamedToken,
    ) -> Result<()> {
        let is_opened =
            |id: &&OrganizationId| token.scope.organization.is_none_or(|only| only == **id);
        for organization in all.iter().filter(is_opened) {
            let (action, before, after) = match change {
                Change::Created => ("token.created", None, Some(told(token))),
                Change::Revoked => ("token.revoked", Some(told(token)), None),
            };
            let entry = Entry {
                id: self.db.new_id(),
                at: self.db.now(),
                organization: *organization,
                actor,
                action,
                subject: token.id.to_string(),
                before,
                after,
            };
            audit::record(tx, entry).await?;
        }
        Ok(())
    }
}

/// The workspaces that a token of `owner` may open now.
async fn opened(tx: &mut Tx, owner: UserId) -> Result<Vec<OrganizationId>> {
    let memberships = membership::list(tx, owner).await?;
    Ok(memberships.into_iter().map(|membership| membership.organization.id).collect())
}

fn told(token: &NamedToken) -> Value {
    json!({
        "name": token.name,
        "permissions": token.scope.permissions,
        "expiresAt": token.expires_at,
    })
}
