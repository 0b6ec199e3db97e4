//! Fetching what Stripe has, and making it hold here.
//!
//! Nothing else ever changes what a workspace has bought: not a webhook's content, not the answer to a change. So order,
//! duplication and loss of messages do not matter; after one synchronisation both sides say the same.

use audit::{Actor, Entry};
use model::ids::OrganizationId;
use serde_json::{Value, json};

use crate::{
    Billing, Result,
    account::{self, Lease},
    in_time,
    subscription::{self, Subscription},
    webhook,
};

impl Billing {
    /// Fetches what Stripe has for a workspace. Nothing to fetch is well, too.
    ///
    /// # Errors
    ///
    /// [`Error::NotConfigured`](crate::Error::NotConfigured), [`Error::Busy`](crate::Error::Busy),
    /// [`Error::Away`](crate::Error::Away), [`Error::Refused`](crate::Error::Refused).
    pub async fn sync(&self, organization: OrganizationId) -> Result<Option<Subscription>> {
        let turn = self.shop()?.turn;
        let lease = Lease::take(&self.db, organization, turn).await?;
        let done = in_time(Box::pin(self.sync_held(&lease))).await;
        lease.finish(done).await
    }

    /// What came of the workspace's visit to Checkout: for its newest session Stripe is asked. Who comes with any other is
    /// told what is known, so that nobody makes others wait by following a link.
    ///
    /// # Errors
    ///
    /// As [`Billing::sync`].
    pub async fn sync_checkout(
        &self,
        organization: OrganizationId,
        session: &str,
    ) -> Result<Option<Subscription>> {
        self.shop()?;
        match account::find_checkout(&self.db, organization).await? {
            Some((id, _)) if id == session => self.sync(organization).await,
            _ => subscription::find(&self.db, organization).await,
        }
    }

    /// The same for whoever has the lease. Messages that were given up before are dealt with by it.
    pub(crate) async fn sync_held(&self, lease: &Lease<'_>) -> Result<Option<Subscription>> {
        let Some(customer) = &lease.customer else { return Ok(None) };
        let (shop, began) = (self.shop()?, self.db.now());
        let all = match shop.stripe.subscriptions(customer).await {
            // Deleted, or another account's: then nothing is bought from the one that is configured.
            Err(fault) if fault.is_missing() && !shop.stripe.has_customer(customer).await? => {
                Vec::new()
            }
            all => all?,
        };
        let now = self.db.now();
        let mut tx = self.db.begin().await?;
        let before = subscription::find_in(&mut tx, lease.organization).await?;
        let after = Subscription::chosen(&all, lease.organization, &shop.plans, now)?;
        let after = after.map(|it| it.late_as(before.as_ref()));
        let grant = after.as_ref().map(|it| it.grant(&shop.plans)).unwrap_or_default();
        // The workspace before the account, as who removes a workspace locks them.
        workspaces::grant_seats(&mut tx, lease.organization, grant.seats, grant.until).await?;
        lease.hold(&mut tx, Some(now)).await?;
        subscription::store(&mut tx, lease.organization, after.as_ref()).await?;
        webhook::overtake(&mut tx, customer, began).await?;
        let (was, is) = (before.as_ref().map(told), after.as_ref().map(told));
        if was != is {
            let entry = Entry {
                id: self.db.new_id(),
                at: now,
                organization: lease.organization,
                actor: lease.by.unwrap_or_else(|| Actor::stripe(self.db.new_id())),
                action: "plan.changed",
                subject: lease.organization.to_string(),
                before: was,
                after: is,
            };
            audit::record(&mut tx, entry).await?;
        }
        tx.commit().await?;
        Ok(after)
    }
}

/// What the audit log keeps of a subscription.
fn told(it: &Subscription) -> Value {
    json!({
        "status": it.status.as_str(),
        "price": it.price,
        "quantity": it.quantity,
        "cancelsAt": it.cancels_at,
    })
}
