//! The log's page and its export.

use audit::Filter;
use axum::{
    Router,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use model::{
    Code, Permission,
    ids::{AuditId, OrganizationId, UserId},
    wire::audit::AuditEntry,
};
use serde::Deserialize;
use web::{Fault, Services, pages::Member};

use super::{AuditPage, csv::csv, page};
use crate::serving::{html, member_chrome};

pub fn routes() -> Router<Services> {
    Router::new()
        .route("/{workspace}/access/audit", get(show))
        .route("/{workspace}/access/audit.csv", get(export))
}

const PER_PAGE: u16 = 50;
/// Entries that are read at a time for an export.
const PER_READ: u16 = 1_000;
/// Most entries of one export. `cursor` with the id of the last one gives those before it.
const MOST_EXPORTED: usize = 50_000;

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    action: String,
    #[serde(default)]
    actor: String,
    cursor: Option<String>,
}

impl Wanted {
    fn filter(&self, limit: u16) -> Result<Filter, Fault> {
        let named = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let actor = named(&self.actor).map(|id| id.parse::<UserId>()).transpose();
        let cursor = self.cursor.as_deref().map(str::parse::<AuditId>).transpose();
        let nowhere = || Fault::of(Code::NotFound);
        let action = named(&self.action);
        if action.as_deref().is_some_and(|action| !audit::is_action(action)) {
            return Err(nowhere());
        }
        Ok(Filter {
            action,
            actor: actor.map_err(|_| nowhere())?,
            before: cursor.map_err(|_| nowhere())?,
            limit,
            ..Filter::default()
        })
    }
}

async fn show(
    State(services): State<Services>,
    member: Member,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    member.caller.require(Permission::AuditRead)?;
    let organization = member.caller.organization_id();
    let filter = wanted.filter(PER_PAGE + 1)?;
    let mut entries = audit::list(&services.db, organization, &filter).await?;
    let per_page = usize::from(PER_PAGE);
    let next_cursor = (entries.len() > per_page).then(|| entries[per_page - 1].id.to_string());
    entries.truncate(per_page);
    // Who belongs to the workspace is told to those who may see that.
    let members = match member.caller.require(Permission::UsersRead) {
        Ok(()) => services.workspaces.list_members(organization).await?,
        Err(_) => Vec::new(),
    };
    let data = AuditPage {
        now: services.db.now(),
        entries,
        members: members.into_iter().map(Into::into).collect(),
        action: wanted.action,
        actor: wanted.actor,
        next_cursor,
    };
    Ok(html(StatusCode::OK, page(&member_chrome(&services, &member).await?, data)))
}

async fn export(
    State(services): State<Services>,
    member: Member,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    member.caller.require(Permission::AuditRead)?;
    let entries = all(&services, member.caller.organization_id(), wanted.filter(PER_READ)?).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    Ok((headers, csv(&entries)).into_response())
}

async fn all(
    services: &Services,
    organization: OrganizationId,
    mut filter: Filter,
) -> Result<Vec<AuditEntry>, Fault> {
    let mut entries = Vec::new();
    loop {
        let more = audit::list(&services.db, organization, &filter).await?;
        let is_last = more.len() < usize::from(filter.limit);
        filter.before = more.last().map(|last| last.id);
        entries.extend(more);
        if is_last || entries.len() >= MOST_EXPORTED {
            return Ok(entries);
        }
    }
}
