//! Where a page runs: scheme, host and port.
//!
//! Origins are compared as the URL standard serialises them (<https://url.spec.whatwg.org/#origin>): lower-case
//! host, international names in punycode, default ports dropped. `http://localhost:3000` and
//! `http://127.0.0.1:3000` differ.

use std::fmt;

use url::{ParseError, Url};

/// An http or https origin, serialised.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

/// Why a text is not an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAnOrigin {
    /// No `scheme://`.
    Scheme,
    /// Another scheme than http and https.
    OtherScheme,
    /// Something before the host.
    UserInfo,
    /// Something after the host and port.
    Path,
    /// Longer than a host name can be.
    Length,
    /// White space or a control character.
    Blank,
    /// Not a host and port.
    Host(ParseError),
}

impl Origin {
    /// The longest: `https://`, a host name of 253 characters (RFC 1035, section 2.3.4), a colon and a port.
    pub const MAX_BYTES: usize = "https://".len() + 253 + ":65535".len();

    /// What a browser sends in its `Origin` header. `None` for `null`, which no list can name, and for
    /// whatever else is not an http or https origin.
    #[must_use]
    pub fn from_header(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }

    /// Stricter than [`Url::parse`], which forgives blanks, backslashes and missing slashes.
    pub(crate) fn parse(text: &str) -> Result<Self, NotAnOrigin> {
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(NotAnOrigin::Blank);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(NotAnOrigin::Length);
        }
        let (scheme, rest) = text.split_once("://").ok_or(NotAnOrigin::Scheme)?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return Err(NotAnOrigin::OtherScheme);
        }
        if rest.contains(['/', '\\', '?', '#']) {
            return Err(NotAnOrigin::Path);
        }
        if rest.contains('@') {
            return Err(NotAnOrigin::UserInfo);
        }
        let url = Url::parse(text).map_err(NotAnOrigin::Host)?;
        let serialised = url.origin().ascii_serialization();
        if serialised.len() > Self::MAX_BYTES {
            return Err(NotAnOrigin::Length);
        }
        Ok(Self(serialised))
    }

    /// The serialisation.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.split().0
    }

    /// The host name, or the address; version 6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.split().1
    }

    /// The port, unless it is the scheme's own.
    #[must_use]
    pub fn port(&self) -> Option<&str> {
        self.split().2
    }

    fn split(&self) -> (&str, &str, Option<&str>) {
        let (scheme, rest) = self.0.split_once("://").unwrap_or_default();
        match rest.rsplit_once(':') {
            // In `[::1]` the last colon is the address's own.
            Some((host, port)) if !port.ends_with(']') => (scheme, host, Some(port)),
            _ => (scheme, rest, None),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://app.example.com", "https://app.example.com")]
    #[case("HTTPS://App.Example.COM", "https://app.example.com")]
    #[case("https://app.example.com:443", "https://app.example.com")]
    #[case("http://app.example.com:80", "http://app.example.com")]
    #[case("http://app.example.com:443", "http://app.example.com:443")]
    #[case("http://localhost:3000", "http://localhost:3000")]
    #[case("http://[0:0::1]:3000", "http://[::1]:3000")]
    #[case("http://[::1]", "http://[::1]")]
    #[case("https://bücher.example", "https://xn--bcher-kva.example")]
    #[case("https://BÜCHER.example", "https://xn--bcher-kva.example")]
    #[case("https://xn--bcher-kva.example", "https://xn--bcher-kva.example")]
    fn an_origin_is_serialised_as_the_url_standard_does(#[case] sent: &str, #[case] same: &str) {
        assert_eq!(Origin::from_header(sent).expect("an origin").as_str(), same);
    }

    #[rstest]
    #[case("null")]
    #[case("")]
    #[case("file://")]
    #[case("chrome-extension://abcdefghijklmnop")]
    #[case("https://")]
    #[case("https:///example.com")]
    #[case("https:example.com")]
    #[case("https:\\\\example.com")]
    #[case("https://example.com/")]
    #[case("https://example.com\\")]
    #[case("https://example.com?")]
    #[case("https://example.com#")]
    #[case("https://user@example.com")]
    #[case("https://example.com:99999")]
    #[case("https://exam ple.com")]
    #[case("https://example.com\t")]
    #[case(" https://example.com")]
    #[case("https://a.example https://b.example")]
    #[case("blob:https://example.com")]
    #[case(&format!("https://{}.example", "a".repeat(300)))]
    fn whatever_else_stands_in_the_header_is_no_origin(#[case] sent: &str) {
        assert_eq!(Origin::from_header(sent), None);
    }

    #[rstest]
    #[case("https://app.example.com:8443", ("https", "app.example.com", Some("8443")))]
    #[case("https://app.example.com:443", ("https", "app.example.com", None))]
    #[case("http://[::1]", ("http", "[::1]", None))]
    #[case("http://[::1]:3000", ("http", "[::1]", Some("3000")))]
    fn an_origin_has_parts(#[case] text: &str, #[case] parts: (&str, &str, Option<&str>)) {
        let origin = Origin::from_header(text).expect("an origin");
        assert_eq!((origin.scheme(), origin.host(), origin.port()), parts);
    }

    proptest! {
        #[test]
        fn reading_what_was_written_changes_nothing(text in "\\PC{0,60}|https?://\\PC{0,40}") {
            if let Some(origin) = Origin::from_header(&text) {
                prop_assert_eq!(Origin::from_header(origin.as_str()), Some(origin));
            }
        }

        #[test]
        fn an_origin_is_the_url_librarys_own_for_the_same_text(
            text in "https?://[a-zA-Z0-9.:é\\[\\]@/%-]{0,40}"
        ) {
            if let Some(origin) = Origin::from_header(&text) {
                let url = Url::parse(&text).expect("an origin is a URL");
                prop_assert_eq!(origin.host(), url.host_str().expect("a host"));
                prop_assert_eq!(origin.scheme(), url.scheme());
                let port = url.port().map(|port| port.to_string());
                prop_assert_eq!(origin.port(), port.as_deref());
            }
        }
    }
}
