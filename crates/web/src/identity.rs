//! Who sends a request.

use accounts::{AccessToken, Device, User};
use axum::http::{HeaderMap, header};
use model::{Code, Exchange};

use crate::{Fault, Services, cookies};

/// The person behind a bearer token or, without an `Authorization` header, behind the sign-in cookie.
pub async fn of_api(services: &Services, headers: &HeaderMap) -> Result<User, Fault> {
    let user = match headers.get(header::AUTHORIZATION) {
        Some(value) => match value.to_str().ok().and_then(bearer) {
            Some(token) => services.accounts.find_token(&token).await?.map(|found| found.user),
            None => None,
        },
        None => of_page(services, headers).await?,
    };
    user.ok_or(Fault::of(Code::Unauthorized))
}

/// The person behind the sign-in cookie.
pub async fn of_page(services: &Services, headers: &HeaderMap) -> Result<Option<User>, Fault> {
    let Some(secret) = cookies::login(&services.instance, headers) else { return Ok(None) };
    Ok(services.accounts.find_login(&secret).await?.map(|login| login.user))
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
