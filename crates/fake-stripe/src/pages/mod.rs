//! The pages that a customer sees at Stripe, and one for whoever plays with this fake. Plain forms, no script.

mod checkout;
mod control;
mod html;
mod invoice;
mod knobs;
mod portal;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;

use self::html::{Markup, text};
use crate::error::ApiError;
use crate::handle::FakeStripe;
use crate::state::payment::Card;

const STYLE: &str = include_str!("style.css");

pub(crate) fn router() -> Router<FakeStripe> {
    Router::new()
        .route("/style.css", get(style))
        .merge(checkout::router())
        .merge(portal::router())
        .merge(invoice::router())
        .merge(control::router())
        .merge(knobs::router())
        .fallback(nothing)
}

async fn style() -> Response {
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], STYLE).into_response()
}

async fn nothing() -> Response {
    not_found("page")
}

fn not_found(what: &str) -> Response {
    let body = html::document(
        "Nothing here",
        "",
        &[Markup(format!("<h1>Nothing here</h1><p>There is no such {what}.</p>"))],
    );
    (StatusCode::NOT_FOUND, Html(body)).into_response()
}

/// What a page shows instead of doing what was asked.
fn refused(error: &ApiError, back: &str) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
    let body = Markup(format!(
        "<h1>That did not work</h1><p class=\"notice bad\" role=\"alert\">{}</p><p><a href=\"{}\">Back</a></p>",
        text(error.message()),
        text(back),
    ));
    (status, Html(html::document("That did not work", "", &[body]))).into_response()
}

fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// The cards, to choose one.
fn cards(first: Card) -> String {
    let choice = |card: Card| {
        let (label, what) = match card {
            Card::Works => ("A card that works", "Every payment succeeds."),
            Card::Declined => ("A card that is declined", "No payment succeeds."),
            Card::FailsAtRenewal => (
                "A card that works now and fails at renewal",
                "Payments succeed while you are here and fail when you are not.",
            ),
            Card::LeavesIncomplete => (
                "A card that is never confirmed",
                "No payment succeeds. Checkout leaves a subscription that is incomplete.",
            ),
        };
        let checked = if card == first { " checked" } else { "" };
        format!(
            "<label class=\"choice\"><input type=\"radio\" name=\"card\" value=\"{}\"{checked}>\
             <span>{label}<br><span class=\"dim\">{} · {what}</span></span></label>",
            card.name(),
            spaced(card.number()),
        )
    };
    let choices: String = Card::ALL.into_iter().map(choice).collect();
    format!("<fieldset><legend>Card</legend>{choices}</fieldset>")
}

fn spaced(number: &str) -> String {
    let groups = number.as_bytes().chunks(4).map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(" ")
}
