//! The worker: for each event that waits, the customer's present state is fetched; and once an hour everyone's.

use std::time::Duration;

use model::ids::OrganizationId;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Billing, Error, Result, account, account::Lease, in_time, webhook};

/// How often the worker looks. Several processes may look at once; each event is one's.
const GLANCE: Duration = Duration::from_millis(500);
/// Workspaces read at a time by the hourly run.
const PAGE: i64 = 100;

/// Works until `stop` is cancelled.
pub async fn work(billing: Billing, stop: CancellationToken) {
    if !billing.is_configured() {
        return;
    }
    let mut glances = interval(GLANCE);
    glances.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = glances.tick() => {}
        }
        // What has begun is finished: a stop waits for one synchronisation and not for all.
        while !stop.is_cancelled() {
            match billing.work_once().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::error!(cause = %error, "an event of Stripe's was not dealt with; it is tried again");
                    break;
                }
            }
        }
    }
}

impl Billing {
    /// Deals with one event that is due. Whether there was one.
    ///
    /// # Errors
    ///
    /// When the database fails. What Stripe does not answer is tried again later, and is no error here.
    pub async fn work_once(&self) -> Result<bool> {
        let Some(event) = webhook::take(&self.db).await? else { return Ok(false) };
        let Some(customer) = event.customer_id.as_deref() else {
            webhook::unused(&self.db, &event).await?;
            return Ok(true);
        };
        let Some(organization) = account::of_customer(&self.db, customer).await? else {
            webhook::unused(&self.db, &event).await?;
            return Ok(true);
        };
        match self.sync_once(organization).await {
            Ok(()) => webhook::done(&self.db, &event).await?,
            Err(Error::Busy) => webhook::postpone(&self.db, &event).await?,
            Err(Error::Db(error)) => return Err(Error::Db(error)),
            Err(error) => {
                if webhook::failed(&self.db, &event, &error.to_string()).await? {
                    tracing::error!(event = event.id, cause = %error, "an event of Stripe's is given up; the hourly run goes on");
                } else {
                    tracing::warn!(event = event.id, cause = %error, "an event of Stripe's is tried again later");
                }
            }
        }
        Ok(true)
    }

    /// One synchronisation, unless somebody else is at it.
    async fn sync_once(&self, organization: OrganizationId) -> Result<()> {
        let lease = Lease::try_take(&self.db, organization).await?;
        let done = in_time(Box::pin(self.sync_held(&lease))).await;
        lease.finish(done.map(drop)).await
    }

    /// Fetches what Stripe has for every workspace that has a customer there. How many were fetched, and how many were
    /// not.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn reconcile(&self) -> Result<(usize, usize)> {
        let (mut fetched, mut missed) = (0, 0);
        if !self.is_configured() {
            return Ok((fetched, missed));
        }
        let mut last = Uuid::nil();
        loop {
            let page = account::list(&self.db, last, PAGE).await?;
            let Some(end) = page.last() else { break };
            last = end.uuid();
            for organization in page {
                match self.sync_once(organization).await {
                    Ok(()) => fetched += 1,
                    Err(Error::Db(error)) => return Err(Error::Db(error)),
                    Err(error) => {
                        missed += 1;
                        tracing::warn!(%organization, cause = %error, "a plan was not compared with Stripe's; the next hour tries again");
                    }
                }
            }
        }
        Ok((fetched, missed))
    }
}
