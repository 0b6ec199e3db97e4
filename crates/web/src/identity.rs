//! Who sends a request.

use accounts::{AccessToken, Bearer, Device, Login, Scope, User};
use axum::http::{HeaderMap, header};
use model::{Code, Exchange};

use crate::{Fault, Services, cookies};

/// Who calls the API, and with how much of what is theirs.
#[derive(Debug)]
pub struct Identity {
    /// The person.
    pub user: User,
    /// What the token opens; all for someone who signed in.
    pub scope: Scope,
    /// Whether the token was made for a tool: it does not act for the account itself.
    pub is_tool: bool,
}

/// The person behind a bearer token or, without an `Authorization` header, behind the sign-in cookie.
pub async fn of_api(services: &Services, headers: &HeaderMap) -> Result<Identity, Fault> {
    let identity = match headers.get(header::AUTHORIZATION) {
        Some(value) => match value.to_str().ok().and_then(bearer) {
            Some(token) => services.accounts.find_token(&token).await?.map(Identity::from),
            None => None,
        },
        None => of_page(services, headers).await?.map(|login| Identity {
            user: login.user,
            scope: Scope::default(),
            is_tool: false,
        }),
    };
    identity.ok_or(Fault::of(Code::Unauthorized))
}

impl From<Bearer> for Identity {
    fn from(bearer: Bearer) -> Self {
        Self { user: bearer.user, scope: bearer.scope, is_tool: bearer.is_named }
    }
}

/// The login behind the cookie.
pub async fn of_page(services: &Services, headers: &HeaderMap) -> Result<Option<Login>, Fault> {
    let Some(secret) = cookies::login(&services.instance, headers) else { return Ok(None) };
    Ok(services.accounts.find_login(&secret).await?)
}

/// Where a sign-in comes from.
pub fn device(exchange: Option<&Exchange>, headers: &HeaderMap) -> Device {
    let user_agent = headers
        .get(header::USER_AGENT)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).chars().take(300).collect());
    Device { address: exchange.and_then(|exchange| exchange.address), user_agent }
}

/// RFC 6750, section 2.1; the scheme's case does not matter (RFC 9110, section 11.1).
fn bearer(header: &str) -> Option<AccessToken> {
    let (scheme, token) = header.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") { AccessToken::parse(token.trim()) } else { None }
}
