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
/// Workspaces one after the other that Stripe did not answer for: then it is away for all.
const MOST_AWAY: usize = 5;

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
                let (dead, waiting) = webhook::failed(&self.db, &event, &error.to_string()).await?;
                if dead > 0 {
                    tracing::error!(event = event.id, events = dead, cause = %error, "events of Stripe's are given up; the hourly run goes on");
                }
                if waiting > 0 {
                    tracing::warn!(event = event.id, events = waiting, cause = %error, "events of Stripe's are tried again later");
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

    /// Fetches what Stripe has for every workspace that has a customer there, until `stop` is cancelled. How many were
    /// fetched, and how many were not. Those that somebody else is at are neither.
    ///
    /// # Errors
    ///
    /// When the workspaces cannot be listed.
    pub async fn reconcile(&self, stop: &CancellationToken) -> Result<(usize, usize)> {
        let mut round = Round::default();
        if !self.is_configured() {
            return Ok(round.counts());
        }
        let mut last = Uuid::nil();
        loop {
            let page = account::list(&self.db, last, PAGE).await?;
            let Some(end) = page.last() else { break };
            last = end.uuid();
            for organization in page {
                if stop.is_cancelled() {
                    return Ok(round.counts());
                }
                let done = self.sync_once(organization).await;
                if done.is_err() && self.is_gone(organization).await {
                    continue;
                }
                round.note(organization, done);
                if round.away.len() == MOST_AWAY {
                    round.tell_ended();
                    return Ok(round.counts());
                }
            }
        }
        round.tell_away();
        Ok(round.counts())
    }

    /// Whether the workspace was removed, and its account with it.
    async fn is_gone(&self, organization: OrganizationId) -> bool {
        matches!(account::find_customer(&self.db, organization).await, Ok(None))
    }
}

/// How an hourly run goes.
#[derive(Default)]
struct Round {
    fetched: usize,
    missed: usize,
    /// Those that Stripe did not answer for since it last answered.
    away: Vec<(OrganizationId, Error)>,
}

impl Round {
    const fn counts(&self) -> (usize, usize) {
        (self.fetched, self.missed)
    }

    fn note(&mut self, organization: OrganizationId, done: Result<()>) {
        match done {
            // Whoever is at it fetches the same.
            Err(Error::Busy) => return,
            Err(error @ Error::Away(_)) => {
                self.missed += 1;
                return self.away.push((organization, error));
            }
            Ok(()) => self.fetched += 1,
            Err(error) => {
                self.missed += 1;
                tell_missed(organization, &error);
            }
        }
        self.tell_away();
    }

    /// Stripe was away for these alone.
    fn tell_away(&mut self) {
        for (organization, error) in self.away.drain(..) {
            tell_missed(organization, &error);
        }
    }

    /// Stripe is away for all.
    fn tell_ended(&self) {
        let (fetched, missed) = self.counts();
        let cause = self.away.last().map(|(_, error)| tracing::field::display(error));
        tracing::warn!(
            fetched,
            missed,
            cause,
            "Stripe does not answer, so no more plans are compared; the next hour tries again"
        );
    }
}

fn tell_missed(organization: OrganizationId, cause: &Error) {
    tracing::warn!(%organization, %cause, "a plan was not compared with Stripe's; the next hour tries again");
}
