//! Accounts and tokens.

use accounts::{Email, GivenPassword, NewAccount, Password, PersonName};
use axum::{Json, extract::State, http::StatusCode};
use model::{
    Code,
    wire::accounts::{TokenReply, UserReply},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use web::{Fault, Services, SignedUp, api::OpenCall};

use super::shapes::{EmailAddress, PersonTitle};

pub(super) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(sign_up)).routes(routes!(create_token))
}

/// An account to make.
#[derive(ToSchema)]
pub struct SignUp {
    /// The address to sign in with.
    pub email: EmailAddress,
    /// None of the commonest.
    #[schema(format = Password, min_length = 8, max_length = 256)]
    pub password: String,
    /// What the person is called.
    pub name: Option<PersonTitle>,
}

/// Makes an account.
///
/// Open to anyone while sign-up is open on this instance; the first account of an instance is its owner. Where mail
/// is configured, the account is made when the link in the mail is followed, and the answer is the same for an address
/// that has one already.
#[utoipa::path(
    post, path = "/auth/signup", tag = "Accounts",
    request_body = SignUp,
    responses((status = 201, description = "The new account.", body = UserReply)),
    security(()),
    extensions(("x-codes" = json!([Code::Forbidden, Code::EmailTaken]))),
)]
async fn sign_up(
    State(services): State<Services>,
    call: OpenCall,
) -> Result<(StatusCode, Json<UserReply>), Fault> {
    let email = call.params.required_text("email")?;
    let password = call.params.required_text("password")?;
    let name = call.params.text("name")?.filter(|name| !name.trim().is_empty());
    let new = NewAccount {
        email: Email::parse(email).map_err(|error| Fault::invalid("email", error.to_string()))?,
        password: Password::parse(password)
            .map_err(|error| Fault::invalid("password", error.to_string()))?,
        name: name
            .map(PersonName::parse)
            .transpose()
            .map_err(|error| Fault::invalid("name", error.to_string()))?,
    };
    if !services.may_sign_up().await? {
        return Err(Fault::of(Code::Forbidden));
    }
    let (SignedUp::Account(user) | SignedUp::ByMail(user)) =
        services.sign_up(new, call.device.address).await?;
    Ok((StatusCode::CREATED, Json(UserReply { user: user.into() })))
}

/// Who asks for a token.
#[derive(ToSchema)]
pub struct SignIn {
    /// The account's address.
    pub email: EmailAddress,
    /// The account's password.
    #[schema(format = Password, min_length = 1)]
    pub password: String,
}

/// Makes an access token from e-mail and password.
///
/// It is a bearer token that works for one hour and is not shown again.
#[utoipa::path(
    post, path = "/auth/token", tag = "Accounts",
    request_body = SignIn,
    responses((status = 200, description = "The token.", body = TokenReply)),
    security(()),
    extensions(("x-codes" = json!([Code::InvalidCredentials]))),
)]
async fn create_token(
    State(services): State<Services>,
    call: OpenCall,
) -> Result<Json<TokenReply>, Fault> {
    let email = call.params.required_text("email")?;
    let password = GivenPassword::from(call.params.required_text("password")?);
    let email = Email::parse(email).map_err(|_| Fault::of(Code::InvalidCredentials))?;
    let token = services.accounts.create_token(&email, password, call.device).await?;
    Ok(Json(TokenReply { access_token: token.secret.expose(), expires_at: token.expires_at }))
}
