//! The sign-in cookie.

use accounts::{LOGIN_ABSOLUTE_MS, LoginSecret};
use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite, time::Duration};

use crate::Instance;

const SAFE_NAME: &str = "__Host-tiny";
const PLAIN_NAME: &str = "tiny";

/// The name: with the `__Host-` prefix (RFC 6265bis, section 4.1.3.2) wherever a browser accepts that.
#[must_use]
pub fn name(instance: &Instance) -> &'static str {
    if instance.is_https() { SAFE_NAME } else { PLAIN_NAME }
}

/// The secret that the request's cookie holds.
#[must_use]
pub fn login(instance: &Instance, headers: &HeaderMap) -> Option<LoginSecret> {
    all(headers)
        .find(|cookie| cookie.name() == name(instance))
        .and_then(|cookie| LoginSecret::parse(cookie.value()))
}

/// Whether the request carries a sign-in, of this instance or another at the same host.
pub(crate) fn has_login(headers: &HeaderMap) -> bool {
    all(headers).any(|cookie| [SAFE_NAME, PLAIN_NAME].contains(&cookie.name()))
}

fn all(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(Cookie::split_parse).filter_map(Result::ok)
}

/// `Set-Cookie` that signs the browser in.
#[must_use]
pub fn set(instance: &Instance, secret: &LoginSecret) -> HeaderValue {
    let life = Duration::milliseconds(LOGIN_ABSOLUTE_MS);
    built(instance, secret.expose(), life)
}

/// `Set-Cookie` that signs it out.
#[must_use]
pub fn clear(instance: &Instance) -> HeaderValue {
    built(instance, String::new(), Duration::ZERO)
}

fn built(instance: &Instance, value: String, life: Duration) -> HeaderValue {
    let cookie = Cookie::build((name(instance), value))
        .path("/")
        .http_only(true)
        .secure(instance.is_https())
        .same_site(SameSite::Lax)
        .max_age(life)
        .build();
    // Our own name and base-64 value are always a legal header.
    HeaderValue::from_str(&cookie.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
}
