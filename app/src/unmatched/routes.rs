//! The list and one attempt opened.

use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use model::{Code, ids::AttemptId};
use serde::Deserialize;
use web::{Fault, Services, pages::Viewer};

use super::{PATH, UnmatchedPage, Which, page};
use crate::{
    curl,
    debug::{AttemptPage, attempt_page},
    instance::require_owner,
    serving::{html, viewer_chrome},
};

const PER_PAGE: u16 = 50;

pub fn routes() -> Router<Services> {
    Router::new().route(PATH, get(show)).route(&format!("{PATH}/{{attempt}}"), get(show_attempt))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    key: String,
    cursor: Option<String>,
}

async fn show(
    State(services): State<Services>,
    viewer: Viewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    require_owner(&viewer)?;
    let which = Which::from_text(&wanted.key);
    let before = wanted.cursor.as_deref().map(str::parse::<AttemptId>).transpose();
    let before = before.map_err(|_| Fault::of(Code::NotFound))?;
    let mut attempts =
        attempts::list_unmatched(&services.db, which.code(), before, PER_PAGE + 1).await?;
    let per_page = usize::from(PER_PAGE);
    let next_cursor =
        (attempts.len() > per_page).then(|| attempts[per_page - 1].row.id.to_string());
    attempts.truncate(per_page);
    let now = services.db.now();
    let counted = attempts::counted(&services.db, None, attempts::lately(now)).await?;
    let is_older = before.is_some();
    let data = UnmatchedPage { now, which, counted, attempts, is_older, next_cursor };
    Ok(html(StatusCode::OK, page(&viewer_chrome(&services, &viewer).await?, data)))
}

async fn show_attempt(
    State(services): State<Services>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    require_owner(&viewer)?;
    let id = AttemptId::or_nothing(&id);
    let attempt =
        ingest::open_unmatched(&services.db, id).await?.ok_or_else(|| services.no_attempt(id))?;
    let base_url = services.instance.base_url.clone();
    let data = AttemptPage {
        now: services.db.now(),
        curl: curl::command(&base_url, None, &attempt),
        base_url,
        source: None,
        can_manage: false,
        attempt,
    };
    Ok(html(StatusCode::OK, attempt_page(&viewer_chrome(&services, &viewer).await?, data)))
}
