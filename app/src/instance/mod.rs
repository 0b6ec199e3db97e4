//! What whoever runs the instance sees of Stripe's messages.

mod view;

pub use view::page;

use ::billing::Overview;
use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use model::{Code, UnixMs};
use serde::Deserialize;
use web::{Fault, Services, pages::Viewer};

use crate::{
    posted::Posted,
    serving::{html, viewer_chrome},
    ui::notice::Notice,
};

/// What `/instance/stripe` shows.
#[derive(Debug, Clone)]
pub struct StripePage {
    /// The moment that relative times count from.
    pub now: UnixMs,
    /// Whether plans are sold here.
    pub is_configured: bool,
    /// The messages.
    pub overview: Overview,
    /// What just happened, after a change.
    pub notice: Option<Notice>,
}

pub(crate) fn routes() -> Router<Services> {
    Router::new()
        .route("/instance/stripe", get(show))
        .route("/instance/stripe/retry", post(retry_all))
        .route("/instance/stripe/{event}/retry", post(retry))
        .route("/instance/stripe/{event}/dismiss", post(dismiss))
}

/// To everyone else there is no such page.
pub(crate) fn require_owner(viewer: &Viewer) -> Result<(), Fault> {
    if viewer.user.is_instance_owner { Ok(()) } else { Err(Fault::of(Code::NotFound)) }
}

#[derive(Deserialize)]
struct Wanted {
    done: Option<String>,
}

async fn show(
    State(services): State<Services>,
    viewer: Viewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    require_owner(&viewer)?;
    let notice = match wanted.done.as_deref() {
        Some("retried") => Some(Notice::good("It is processed again within a few seconds.")),
        Some("all-retried") => Some(Notice::good("They are processed again, one after the other.")),
        Some("dismissed") => Some(Notice::good("It is dismissed.")),
        _ => None,
    };
    let data = StripePage {
        now: services.db.now(),
        is_configured: services.billing.is_configured(),
        overview: services.billing.overview().await?,
        notice,
    };
    Ok(html(StatusCode::OK, page(&viewer_chrome(&services, &viewer).await?, data)))
}

async fn retry(
    State(services): State<Services>,
    viewer: Viewer,
    Path(event): Path<String>,
) -> Result<Response, Fault> {
    require_owner(&viewer)?;
    services.billing.retry_event(&event).await?;
    Ok(Redirect::to("/instance/stripe?done=retried").into_response())
}

async fn retry_all(State(services): State<Services>, viewer: Viewer) -> Result<Response, Fault> {
    require_owner(&viewer)?;
    services.billing.retry_events().await?;
    Ok(Redirect::to("/instance/stripe?done=all-retried").into_response())
}

async fn dismiss(
    State(services): State<Services>,
    viewer: Viewer,
    Path(event): Path<String>,
    posted: Posted,
) -> Result<Response, Fault> {
    require_owner(&viewer)?;
    posted.require_confirmed("dismiss")?;
    services.billing.dismiss_event(&event).await?;
    Ok(Redirect::to("/instance/stripe?done=dismissed").into_response())
}
