//! What is done with links that were sent by mail: confirm, verify, choose a new password. For anyone; nothing here
//! tells whether an account exists, but to whoever has the link.

use accounts::{Email, GivenPassword, LinkSecret, Password};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use model::{Code, wire::accounts::UserReply};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Fault, Services, api::OpenCall};

use super::shapes::{EmailAddress, Nothing};

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(confirm_sign_up))
        .routes(routes!(verify_address))
        .routes(routes!(request_reset))
        .routes(routes!(reset_password))
}

/// The password that was chosen at the sign-up.
#[derive(ToSchema)]
pub struct Confirm {
    /// It shows that whoever follows the link has signed up.
    #[schema(format = Password, min_length = 1)]
    pub password: String,
}

/// Confirms a sign-up with the link in the mail.
///
/// Where mail is configured, an account comes to be by this and not before. 403 when sign-up was closed meanwhile.
#[utoipa::path(
    post, path = "/auth/confirm/{token}", tag = "Accounts",
    params(("token" = String, Path, description = "The end of the link.")),
    request_body = Confirm,
    responses((status = 200, description = "The new account.", body = UserReply)),
    security(()),
    extensions(("x-codes" = json!([Code::LinkNotFound, Code::InvalidCredentials, Code::Forbidden, Code::EmailTaken]))),
)]
async fn confirm_sign_up(
    State(services): State<Services>,
    Path(token): Path<String>,
    call: OpenCall,
) -> Result<Json<UserReply>, Fault> {
    let password = GivenPassword::from(call.params.required_text("password")?);
    let user = services.confirm_sign_up(&secret(&token)?, password).await?;
    Ok(Json(UserReply { user: user.into() }))
}

/// Verifies an address with the link in the mail.
#[utoipa::path(
    post, path = "/auth/verify/{token}", tag = "Accounts",
    params(("token" = String, Path, description = "The end of the link.")),
    request_body = Nothing,
    responses((status = 204, description = "The address is verified.")),
    security(()),
    extensions(("x-codes" = json!([Code::LinkNotFound]))),
)]
async fn verify_address(
    State(services): State<Services>,
    Path(token): Path<String>,
    _: OpenCall,
) -> Result<StatusCode, Fault> {
    services.accounts.verify(&secret(&token)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose password to set anew.
#[derive(ToSchema)]
pub struct RequestReset {
    /// The account's address.
    pub email: EmailAddress,
}

/// Asks for a link to choose a new password with.
///
/// The same answer whether an account has the address or not; the link is sent there by mail, and works for an hour.
#[utoipa::path(
    post, path = "/auth/reset", tag = "Accounts",
    request_body = RequestReset,
    responses((status = 202, description = "If an account has the address, the link is on its way.")),
    security(()),
)]
async fn request_reset(
    State(services): State<Services>,
    call: OpenCall,
) -> Result<StatusCode, Fault> {
    let email = Email::parse(call.params.required_text("email")?)
        .map_err(|error| Fault::invalid("email", error.to_string()))?;
    services.send_reset(&email, call.device.address).await?;
    Ok(StatusCode::ACCEPTED)
}

/// A new password.
#[derive(ToSchema)]
pub struct ResetPassword {
    /// None of the commonest.
    #[schema(format = Password, min_length = 8, max_length = 256)]
    pub password: String,
}

/// Sets a new password with the link in the mail.
///
/// Every session and token of the account ends.
#[utoipa::path(
    post, path = "/auth/reset/{token}", tag = "Accounts",
    params(("token" = String, Path, description = "The end of the link.")),
    request_body = ResetPassword,
    responses((status = 204, description = "The new password holds.")),
    security(()),
    extensions(("x-codes" = json!([Code::LinkNotFound]))),
)]
async fn reset_password(
    State(services): State<Services>,
    Path(token): Path<String>,
    call: OpenCall,
) -> Result<StatusCode, Fault> {
    let password = Password::parse(call.params.required_text("password")?)
        .map_err(|error| Fault::invalid("password", error.to_string()))?;
    services.reset_password(&secret(&token)?, password, &call.exchange).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn secret(text: &str) -> Result<LinkSecret, Fault> {
    LinkSecret::parse(text).ok_or(Fault::of(Code::LinkNotFound))
}
