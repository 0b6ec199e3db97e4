//! The error reference.

use axum::{Router, extract::State, http::StatusCode, response::Response, routing::get};
use web::{Fault, Services, pages::Visitor};

use super::page;
use crate::serving::{html, viewer_chrome};

pub fn routes() -> Router<Services> {
    Router::new().route("/docs/errors", get(show))
}

/// For everyone: an answer's `docs` link must lead somewhere without an account.
async fn show(State(services): State<Services>, visitor: Visitor) -> Result<Response, Fault> {
    let chrome = match visitor.viewer() {
        Some(viewer) => Some(viewer_chrome(&services, &viewer).await?),
        None => None,
    };
    Ok(html(StatusCode::OK, page(chrome.as_ref())))
}
