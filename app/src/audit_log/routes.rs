//! The log's page and its export.

use audit::Filter;
use axum::{
    Router,
    body::Body,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use db::Db;
use futures_util::stream;
use model::{
    Code, Permission, UnixMs,
    ids::{AuditId, OrganizationId, RequestId, UserId},
    wire::audit::AuditEntry,
};
use serde::Deserialize;
use web::{Fault, Services, pages::Member};

use super::{AuditPage, Sought, csv, page};
use crate::{
    serving::{html, member_chrome},
    ui::form::Form,
};

pub fn routes() -> Router<Services> {
    Router::new()
        .route("/{workspace}/access/audit", get(show))
        .route("/{workspace}/access/audit.csv", get(export))
}

const PER_PAGE: u16 = 50;
/// Entries that are read at a time for an export.
const PER_READ: u16 = 1_000;
const DAY_MS: i64 = 24 * 60 * 60_000;

#[derive(Deserialize)]
struct Wanted {
    #[serde(flatten)]
    sought: Sought,
    cursor: Option<String>,
}

/// What of a query names nothing that there is.
fn nowhere<E>(_: E) -> Fault {
    Fault::of(Code::NotFound)
}

impl Wanted {
    fn filter(&self, limit: u16) -> Result<Filter, Fault> {
        let Sought { action, actor, request, from, to } = &self.sought;
        let named = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let actor = named(actor).map(|id| id.parse::<UserId>()).transpose();
        let request = named(request).map(|id| id.parse::<RequestId>()).transpose();
        let cursor = self.cursor.as_deref().map(str::parse::<AuditId>).transpose();
        let action = named(action);
        if action.as_deref().is_some_and(|action| !audit::is_action(action)) {
            return Err(Fault::of(Code::NotFound));
        }
        Ok(Filter {
            action,
            actor: actor.map_err(nowhere)?,
            request: request.map_err(nowhere)?,
            from: day(from),
            to: day(to).map(|last| last.plus_ms(DAY_MS)),
            before: cursor.map_err(nowhere)?,
            limit,
        })
    }

    /// The form of the filter, with what is wrong with its days.
    fn form(&self) -> Form {
        let days = [("from", &self.sought.from), ("to", &self.sought.to)];
        let wrong = days.into_iter().filter(|(_, typed)| !typed.is_empty() && day(typed).is_none());
        wrong.fold(Form::default(), |form, (field, _)| {
            form.with_error(field, "Write a day as in 2026-11-21.")
        })
    }
}

/// When a day begins, in UTC.
fn day(text: &str) -> Option<UnixMs> {
    UnixMs::parse_rfc3339(&format!("{text}T00:00:00Z"))
}

async fn show(
    State(services): State<Services>,
    member: Member,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    member.caller.require(Permission::AuditRead)?;
    let organization = member.caller.organization_id();
    let (filter, form) = (wanted.filter(PER_PAGE + 1)?, wanted.form());
    let status = if form.has_errors() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let mut entries = audit::list(&services.db, organization, &filter).await?;
    let per_page = usize::from(PER_PAGE);
    let next_cursor = (entries.len() > per_page).then(|| entries[per_page - 1].id.to_string());
    entries.truncate(per_page);
    let data = AuditPage {
        now: services.db.now(),
        entries,
        actors: audit::actors(&services.db, organization).await?,
        sought: wanted.sought,
        form,
        next_cursor,
    };
    Ok(html(status, page(&member_chrome(&services, &member).await?, data)))
}

/// The whole log, however long it is. The first part is read before the answer begins, so that what fails at once is
/// told; a later fault ends the connection, and what has come is no whole file.
async fn export(
    State(services): State<Services>,
    member: Member,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    member.caller.require(Permission::AuditRead)?;
    let filter = wanted.filter(PER_READ)?;
    if wanted.form().has_errors() {
        return Err(Fault::of(Code::InvalidRequest));
    }
    let first = Part::read(services.db, member.caller.organization_id(), filter).await?;
    let parts = stream::try_unfold(Some((csv::HEAD.to_owned(), first)), |part| async move {
        let Some((before, part)) = part else { return Ok::<_, db::Error>(None) };
        let text = before + &csv::lines(&part.entries);
        let next = part.next().await?.map(|next| (String::new(), next));
        Ok(Some((text, next)))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}

/// A part of an export, and where the next one begins.
struct Part {
    db: Db,
    organization: OrganizationId,
    filter: Filter,
    entries: Vec<AuditEntry>,
}

impl Part {
    async fn read(db: Db, organization: OrganizationId, filter: Filter) -> db::Result<Self> {
        let entries = audit::list(&db, organization, &filter).await?;
        Ok(Self { db, organization, filter, entries })
    }

    async fn next(self) -> db::Result<Option<Self>> {
        if self.entries.len() < usize::from(self.filter.limit) {
            return Ok(None);
        }
        let before = self.entries.last().map(|last| last.id);
        let filter = Filter { before, ..self.filter };
        Ok(Some(Self::read(self.db, self.organization, filter).await?))
    }
}
