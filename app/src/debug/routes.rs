//! The debug view: the list and one attempt opened.

use attempts::Filter;
use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use model::{
    Code, Permission,
    ids::AttemptId,
    wire::{
        attempts::{Attempt, DebugReply, Limits},
        sources::Source,
    },
};
use serde::Deserialize;
use web::{Fault, Services, pages::Member};

use super::{AttemptPage, DebugPage, Outcome, attempt_page, page};
use crate::{
    curl,
    serving::{html, member_chrome},
    setup::{find_shown, notice_of},
};

pub fn routes() -> Router<Services> {
    Router::new()
        .route("/{workspace}/analytics/setup/debug", get(show))
        .route("/{workspace}/analytics/setup/debug/{attempt}", get(show_attempt))
}

const PER_PAGE: u16 = 50;

#[derive(Deserialize)]
struct Wanted {
    source: Option<String>,
    #[serde(default)]
    outcome: String,
    cursor: Option<String>,
    done: Option<String>,
}

async fn show(
    State(services): State<Services>,
    member: Member,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    member.caller.require(Permission::AnalyticsReport)?;
    let organization = member.caller.organization_id();
    let workspace = &member.caller.membership.organization.slug;
    let sources = services.sources.list_sources(organization).await?;
    let Some(source) = find_shown(&sources, wanted.source.as_deref())? else {
        return Ok(Redirect::to(&format!("/{workspace}/analytics/setup")).into_response());
    };
    let outcome = Outcome::from_text(&wanted.outcome);
    let before = wanted.cursor.as_deref().map(str::parse::<AttemptId>).transpose();
    let filter = Filter {
        status: if outcome == Outcome::Refused { (400, 599) } else { Filter::ANY_STATUS },
        before: before.map_err(|_| Fault::of(Code::NotFound))?,
        ..Filter::newest(PER_PAGE + 1)
    };
    let mut attempts = attempts::list(&services.db, organization, source.id, &filter).await?;
    let per_page = usize::from(PER_PAGE);
    let next_cursor = (attempts.len() > per_page).then(|| attempts[per_page - 1].id.to_string());
    attempts.truncate(per_page);
    let now = services.db.now();
    let data = DebugPage {
        now,
        counted: attempts::counted(&services.db, Some(source.id), attempts::lately(now)).await?,
        reply: reply(&services, &member, source).await?,
        outcome,
        attempts,
        cursor: wanted.cursor,
        next_cursor,
        can_manage: member.caller.require(Permission::AnalyticsManage).is_ok(),
        notice: notice_of(wanted.done.as_deref()),
        sources,
    };
    Ok(html(StatusCode::OK, page(&member_chrome(&services, &member).await?, data)))
}

/// All but the attempts, which the page lists by its own filter.
async fn reply(services: &Services, member: &Member, source: &Source) -> Result<DebugReply, Fault> {
    let db = &services.db;
    let workspace = &member.caller.membership.organization.slug;
    Ok(DebugReply {
        verdict: attempts::verdict(db, source).await?,
        limits: Limits {
            max_payload_bytes: source.max_payload_bytes,
            rate_limit_per_minute: source.rate_limit_per_minute,
        },
        last_accepted_at: attempts::last_accepted_at(db, source.id).await?,
        snippet: sources::install(source, &services.instance.base_url, workspace).browser_snippet,
        attempts: Vec::new(),
        source: source.clone(),
    })
}

async fn show_attempt(
    State(services): State<Services>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    member.caller.require(Permission::AnalyticsReport)?;
    let organization = member.caller.organization_id();
    let id = AttemptId::or_nothing(&id);
    let attempt: Attempt = ingest::open_attempt(&services.db, organization, id)
        .await?
        .ok_or_else(|| services.no_attempt(id))?;
    let source = match attempt.row.source_id {
        Some(id) => Some(services.sources.get_source(organization, id).await?),
        None => None,
    };
    let base_url = services.instance.base_url.clone();
    let data = AttemptPage {
        now: services.db.now(),
        curl: curl::command(&base_url, source.as_ref(), &attempt),
        base_url,
        source,
        can_manage: member.caller.require(Permission::AnalyticsManage).is_ok(),
        attempt,
    };
    Ok(html(StatusCode::OK, attempt_page(&member_chrome(&services, &member).await?, data)))
}
