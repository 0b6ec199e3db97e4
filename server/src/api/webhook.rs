//! What Stripe tells by itself.

use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::HeaderMap,
};
use billing::webhook::MOST_BYTES;
use model::Code;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};
use web::{Fault, Services};

pub(super) fn routes() -> OpenApiRouter<Services> {
    let receive = routes!(receive_event);
    OpenApiRouter::new().routes(receive.layer(DefaultBodyLimit::max(MOST_BYTES)))
}

/// Takes an event from Stripe.
///
/// Signed by Stripe over the bytes as they came, and by nobody else; without any other authentication.
#[utoipa::path(
    post, path = "/stripe/webhook", tag = "Billing",
    request_body(content = String, content_type = "application/json", description = "The event."),
    responses((status = 200, description = "It is kept; also when it was before.")),
    security(()),
    extensions(("x-codes" = json!([Code::SignatureInvalid, Code::UnsupportedMediaType]))),
)]
async fn receive_event(
    State(services): State<Services>,
    headers: HeaderMap,
    payload: Bytes,
) -> Result<(), Fault> {
    let is_json =
        headers.get("content-type").and_then(|value| value.to_str().ok()).is_some_and(|value| {
            value
                .split(';')
                .next()
                .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
        });
    if !is_json {
        return Err(Fault::of(Code::UnsupportedMediaType));
    }
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    Ok(services.billing.receive(signature, &payload).await?)
}
