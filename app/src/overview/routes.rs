//! The overview of a workspace.

use std::collections::HashMap;

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use model::{Permission, ids::SourceId, wire::sources::Source};
use web::{Fault, Services, pages::Member};

use super::{Hour, OverviewPage, SourceSummary, Totals, page};
use crate::serving::{html, member_chrome, midnight};

pub fn routes() -> Router<Services> {
    Router::new().route("/{workspace}", get(show))
}

const DAY_MS: i64 = 24 * 60 * 60_000;

async fn show(State(services): State<Services>, member: Member) -> Result<Response, Fault> {
    if member.caller.require(Permission::AnalyticsReport).is_err() {
        // Links to a workspace lead here, whoever follows them; what everyone may see is its settings.
        let settings = format!("/{}/settings", member.caller.membership.organization.slug);
        return Ok(Redirect::to(&settings).into_response());
    }
    let organization = member.caller.organization_id();
    let now = services.db.now();
    let hours = attempts::hours(&services.db, organization, now.plus_ms(-DAY_MS)).await?;
    let mut by_source: HashMap<SourceId, Vec<attempts::Hour>> = HashMap::new();
    for hour in hours {
        by_source.entry(hour.source_id).or_default().push(hour);
    }
    let mut sources = Vec::new();
    for source in services.sources.list_sources(organization).await? {
        let hours = by_source.remove(&source.id).unwrap_or_default();
        sources.push(summary(&services, source, &hours).await?);
    }
    let chrome = member_chrome(&services, &member).await?;
    let can_manage = member.caller.require(Permission::AnalyticsManage).is_ok();
    let offer = services.workspaces.find_offer(organization).await?;
    let offered_by =
        offer.filter(|offer| offer.to == member.caller.user.id).map(|offer| offer.from_email);
    let data = OverviewPage { now, sources, can_manage, offered_by, notice: None };
    Ok(html(StatusCode::OK, page(&chrome, data)))
}

async fn summary(
    services: &Services,
    source: Source,
    hours: &[attempts::Hour],
) -> Result<SourceSummary, Fault> {
    let db = &services.db;
    let since_midnight = midnight(db.now());
    let mut today = attempts::Totals::default();
    for hour in hours.iter().filter(|hour| hour.at >= since_midnight) {
        today.add(hour.totals);
    }
    let counted = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(SourceSummary {
        verdict: attempts::verdict(db, &source).await?,
        last_accepted_at: attempts::last_accepted_at(db, source.id).await?,
        today: Totals {
            accepted: counted(today.accepted),
            duplicates: counted(today.duplicates),
            rejected_events: counted(today.rejected),
            refused_requests: counted(today.refused),
        },
        hours: hours
            .iter()
            .map(|hour| Hour {
                at: hour.at,
                accepted: counted(hour.totals.accepted),
                refused: counted(hour.totals.refused),
            })
            .collect(),
        source,
    })
}
