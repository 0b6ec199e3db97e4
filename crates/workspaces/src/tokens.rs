//! Named tokens, as the workspaces see them: each that a token opens reads of it in its audit log.

use accounts::{AccessToken, NamedToken, NewNamedToken, Scope, delete_token, insert_token};
use audit::{Actor, Entry};
use db::Tx;
use model::ids::{OrganizationId, TokenId};
use serde_json::{Value, json};

use crate::{Error, Forbidden, Result, Workspaces, membership};

impl Workspaces {
    /// Makes a token of whoever acts. Its secret is not to be had again.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] when it is to open a workspace that they do not belong to, [`Error::Denied`] when it is
    /// to permit what they may not do there.
    pub async fn create_token(
        &self,
        actor: Actor,
        new: &NewNamedToken,
    ) -> Result<(NamedToken, AccessToken)> {
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
        self.note(&mut tx, actor, "token.created", &token).await?;
        tx.commit().await?;
        Ok((token, secret))
    }

    /// Ends a token of whoever acts, at once.
    ///
    /// # Errors
    ///
    /// [`Error::TokenNotFound`].
    pub async fn revoke_token(&self, actor: Actor, id: TokenId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let token = match delete_token(&mut tx, actor.user, id).await {
            Err(accounts::Error::Db(error)) => return Err(error.into()),
            deleted => deleted.map_err(|_| Error::TokenNotFound)?,
        };
        self.note(&mut tx, actor, "token.revoked", &token).await?;
        Ok(tx.commit().await?)
    }

    async fn note(
        &self,
        tx: &mut Tx,
        actor: Actor,
        action: &str,
        token: &NamedToken,
    ) -> Result<()> {
        let told = told(token);
        let (before, after) =
            if action == "token.created" { (None, Some(told)) } else { (Some(told), None) };
        for organization in self.opened(tx, actor, token.scope).await? {
            let entry = Entry {
                id: self.db.new_id(),
                at: self.db.now(),
                organization,
                actor,
                action,
                subject: token.id.to_string(),
                before: before.clone(),
                after: after.clone(),
            };
            audit::record(tx, entry).await?;
        }
        Ok(())
    }

    /// The workspaces that a token of this scope opens now.
    async fn opened(&self, tx: &mut Tx, actor: Actor, scope: Scope) -> Result<Vec<OrganizationId>> {
        let memberships = membership::list(tx, actor.user).await?;
        let all = memberships.into_iter().map(|membership| membership.organization.id);
        Ok(all.filter(|id| scope.organization.is_none_or(|only| only == *id)).collect())
    }
}

fn told(token: &NamedToken) -> Value {
    json!({
        "name": token.name,
        "permissions": token.scope.permissions,
        "expiresAt": token.expires_at,
    })
}
