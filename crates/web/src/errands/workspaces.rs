//! The end of a workspace, and its return: its sources stop and go on with it, at once and in every
//! process.

use ::workspaces::Membership;
use audit::Actor;
use model::ids::OrganizationId;

use crate::{Fault, Services};

impl Services {
    /// Deletes a workspace; for seven days an owner can have it back.
    pub async fn delete_organization(&self, actor: Actor, id: OrganizationId) -> Result<(), Fault> {
        self.workspaces.delete_organization(actor, id).await?;
        self.sources.forget();
        Ok(())
    }

    /// Brings a deleted workspace back, as it was.
    pub async fn restore_organization(
        &self,
        actor: Actor,
        id: OrganizationId,
    ) -> Result<Membership, Fault> {
        let membership = self.workspaces.restore_organization(actor, id).await?;
        self.sources.forget();
        Ok(membership)
    }

    /// Hears for ever what other processes change of sources and workspaces: the gate looks again. Ends at once where
    /// there are no others.
    pub async fn hear_changes(&self) {
        let channels = [sources::CHANGES, ::workspaces::CHANGES];
        db::listen(&self.db, &channels, || self.sources.forget()).await;
    }
}
