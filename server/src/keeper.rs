//! What is done once an hour without anyone asking: workspaces go whose days of grace are over, and entries of audit
//! logs, links, tokens, Stripe's messages, attempts and events that have had their time; and every plan is compared with
//! what Stripe has.
//!
//! Each piece of it is done by itself: what cannot be done for one workspace keeps nothing else from being done.

use std::time::Duration;

use anyhow::Result;
use model::ids::OrganizationId;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use web::Services;

const EVERY: Duration = Duration::from_hours(1);

/// The number by which processes agree who removes what is old.
const RETENTION: i64 = 0x7469_6e79_6b65_6570;

/// Keeps house under `tasks` until `stop` is cancelled, first at once. Plans are compared beside the rest, since Stripe may
/// let them wait for long; and what is old is removed beside it, since that is done gently.
pub fn start(services: Services, tasks: &TaskTracker, stop: CancellationToken) {
    let (billing, stopping) = (services.clone(), stop.clone());
    tasks.spawn(async move {
        let mut hours = hours();
        while goes_on(&mut hours, &stopping).await {
            // It leaves no lease behind: what has begun is finished.
            compare_plans(&billing, &stopping).await;
        }
    });
    let old = services.clone();
    tasks.spawn(hourly(stop.clone(), move || {
        let services = old.clone();
        async move { forget_old(&services).await }
    }));
    tasks.spawn(hourly(stop, move || {
        let services = services.clone();
        async move { keep(&services).await }
    }));
}

/// Does `work` once an hour, and leaves it where it stands when `stop` is cancelled.
async fn hourly<F: Future<Output = ()>>(stop: CancellationToken, work: impl Fn() -> F) {
    let mut hours = hours();
    while goes_on(&mut hours, &stop).await {
        tokio::select! {
            () = stop.cancelled() => return,
            () = work() => {}
        }
    }
}

/// Each is waited for once the work of the one before has ended, so nothing is done twice at once.
fn hours() -> Interval {
    let mut hours = interval(EVERY);
    hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
    hours
}

async fn goes_on(hours: &mut Interval, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        _ = hours.tick() => true,
    }
}

/// Compares every plan with what Stripe has.
pub async fn compare_plans(services: &Services, stop: &CancellationToken) {
    let done = services.billing.reconcile(stop).await;
    log("compare plans with Stripe's", None, done.map_err(Into::into));
}

/// Does all the rest once; what fails is logged. Several processes may do it at the same time.
pub async fn keep(services: &Services) {
    let workspaces = &services.workspaces;
    for id in listed("find deleted workspaces", workspaces.list_overdue().await) {
        log("remove a deleted workspace", Some(id), remove(services, id).await);
    }
    for id in listed("find workspaces", workspaces.list_ids().await) {
        let done = audit::forget(&services.db, id).await;
        log("remove old entries of an audit log", Some(id), done.map_err(Into::into));
    }
    let done = services.accounts.forget_ended().await;
    log("remove what has ended of accounts", None, done.map_err(Into::into));
    let done = ingest::forget_old_leases(&services.db).await;
    log("remove old counts of requests a minute", None, done.map_err(Into::into));
    let done = services.billing.forget_old_events().await;
    log("remove old messages of Stripe's", None, done.map_err(Into::into));
}

/// Removes attempts and events that have had their time; what fails is logged. One process at a time does it.
pub async fn forget_old(services: &Services) {
    let (db, retention) = (&services.db, services.retention);
    let made = attempts::make_partitions(db).await;
    log("make the days of attempts", None, made.map_err(Into::into));
    let _ours = match db::only(db, RETENTION).await {
        Ok(Some(ours)) => ours,
        Ok(None) => return,
        Err(error) => return log::<()>("remove what is old", None, Err(error.into())),
    };
    let dropped = attempts::drop_old_partitions(db, retention).await;
    log("drop old days of attempts", None, dropped.map_err(Into::into));
    let attempts = attempts::forget_old(db, retention).await;
    log("remove old attempts", None, attempts.map_err(Into::into));
    let events = ingest::forget_old(db, retention).await;
    log("remove old events", None, events.map_err(Into::into));
}

/// Removes a workspace with all that its sources have sent.
async fn remove(services: &Services, id: OrganizationId) -> Result<()> {
    let mut events = 0;
    for source in services.sources.list_sources(id).await? {
        events += ingest::forget_source(&services.db, source.id).await?;
    }
    // Nobody may go on paying for what is gone.
    services.billing.close(id).await?;
    services.billing.forget_events(id).await?;
    services.workspaces.purge_organization(id).await?;
    tracing::info!(organization = %id, events, "a deleted workspace was removed");
    Ok(())
}

fn listed(work: &str, found: workspaces::Result<Vec<OrganizationId>>) -> Vec<OrganizationId> {
    found.unwrap_or_else(|error| {
        log::<()>(work, None, Err(error.into()));
        Vec::new()
    })
}

/// Tells what could not be done, and for which workspace.
fn log<T>(work: &str, organization: Option<OrganizationId>, done: Result<T>) {
    let Err(error) = done else { return };
    let organization = organization.map(tracing::field::display);
    tracing::error!(
        work,
        organization,
        cause = %error,
        "a piece of the hourly work was not done; the next hour tries again"
    );
}
