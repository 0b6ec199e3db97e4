//! The account's pages and forms.

mod farewell;
mod profile;
mod sessions;
mod tokens;

use axum::{
    Router,
    routing::{get, post},
};
use serde::Deserialize;
use web::Services;

pub fn routes() -> Router<Services> {
    Router::new()
        .route("/account", get(profile::show))
        .route("/account/name", post(profile::rename))
        .route("/account/verification", post(profile::send_verification))
        .route("/account/password", post(profile::change_password))
        .route("/account/sessions", get(sessions::show))
        .route("/account/sessions/end-others", post(sessions::end_others))
        .route("/account/sessions/{id}/end", post(sessions::end))
        .route("/account/tokens", get(tokens::show).post(tokens::create))
        .route("/account/tokens/{id}/revoke", post(tokens::revoke))
        .route("/account/delete", get(farewell::show).post(farewell::delete))
}

#[derive(Deserialize)]
struct Done {
    done: Option<String>,
}
