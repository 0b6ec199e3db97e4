//! What is done once an hour without anyone asking: workspaces go whose days of grace are over, and entries of audit
//! logs, links and tokens that have had their time.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use web::Services;

const EVERY: Duration = Duration::from_hours(1);

/// Keeps house under `tasks` until `stop` is cancelled, first at once.
pub fn start(services: Services, tasks: &TaskTracker, stop: CancellationToken) {
    tasks.spawn(async move {
        let mut hours = interval(EVERY);
        hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = hours.tick() => {}
            }
            tokio::select! {
                () = stop.cancelled() => return,
                done = keep(&services) => if let Err(error) = done {
                    tracing::error!(cause = %error, "the hourly work was not done; the next hour tries again");
                }
            }
        }
    });
}

/// Does all of it once. Several processes may do it at the same time.
///
/// # Errors
///
/// When the database fails. What was done until then stays done.
pub async fn keep(services: &Services) -> Result<()> {
    for organization in services.workspaces.list_overdue().await? {
        let mut events = 0;
        for source in services.sources.list_sources(organization).await? {
            events += ingest::forget_source(&services.db, source.id).await?;
        }
        services.workspaces.purge_organization(organization).await?;
        tracing::info!(%organization, events, "a deleted workspace was removed");
    }
    for organization in services.workspaces.list_ids().await? {
        audit::forget(&services.db, organization).await?;
    }
    services.accounts.forget_ended().await?;
    Ok(())
}
