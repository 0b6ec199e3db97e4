//! Accounts and tokens.

use accounts::{Email, GivenPassword, NewAccount, Password, PersonName};
use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use model::{
    Code,
    wire::accounts::{TokenReply, UserReply},
};
use web::{Fault, Services, api::OpenCall};

pub fn routes() -> Router<Services> {
    Router::new().route("/auth/signup", post(sign_up)).route("/auth/token", post(create_token))
}

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
    let user = services.accounts.sign_up(new).await?;
    Ok((StatusCode::CREATED, Json(UserReply { user: user.into() })))
}

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
