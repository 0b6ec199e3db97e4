//! The references, for everyone: a link in an answer must lead somewhere without an account.

use std::sync::Arc;

use axum::{Extension, Router, extract::State, http::StatusCode, response::Response, routing::get};
use web::{Fault, Services, pages::Visitor};

use super::{Reference, api_page, page};
use crate::{
    chrome::Chrome,
    serving::{html, viewer_chrome},
};

pub fn routes(reference: Reference) -> Router<Services> {
    Router::new()
        .route("/docs/errors", get(show_errors))
        .route("/docs/api", get(show_api).layer(Extension(Arc::new(reference))))
}

async fn show_errors(
    State(services): State<Services>,
    visitor: Visitor,
) -> Result<Response, Fault> {
    let chrome = chrome(&services, visitor).await?;
    Ok(html(StatusCode::OK, page(chrome.as_ref())))
}

async fn show_api(
    State(services): State<Services>,
    Extension(reference): Extension<Arc<Reference>>,
    visitor: Visitor,
) -> Result<Response, Fault> {
    let chrome = chrome(&services, visitor).await?;
    Ok(html(StatusCode::OK, api_page(chrome.as_ref(), &reference)))
}

async fn chrome(services: &Services, visitor: Visitor) -> Result<Option<Chrome>, Fault> {
    match visitor.viewer() {
        Some(viewer) => Ok(Some(viewer_chrome(services, &viewer).await?)),
        None => Ok(None),
    }
}
