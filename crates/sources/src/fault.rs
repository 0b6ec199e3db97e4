//! What a person is told who typed an origin that cannot be one, and what would be right.

use url::Host;

use crate::{AllowedOrigin, Origin, origin::NotAnOrigin};

/// An origin that a source cannot list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct OriginFault {
    /// What is wrong and, when that is known, what to use in its place.
    pub message: String,
    /// What was probably meant. It can be listed.
    pub suggestion: Option<String>,
}

/// Why a source cannot list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It is no origin at all.
    NotAnOrigin(NotAnOrigin),
    /// Its host is none that the name system knows.
    HostName,
    /// A star that is not the whole first label.
    Star,
    /// A star before an address.
    StarAddress,
    /// A star below this name, where anybody may register.
    PublicSuffix(String),
}

impl OriginFault {
    pub(crate) fn new(typed: &str, reason: &Reason) -> Self {
        let suggestion = repair(typed);
        let message = match &suggestion {
            Some(right) => format!("{}: use {right}.", what(typed, reason)),
            None => format!("{}. {}", what(typed, reason), instead(typed, reason)),
        };
        Self { message, suggestion }
    }
}

fn what(typed: &str, reason: &Reason) -> String {
    match reason {
        Reason::NotAnOrigin(_) if typed.is_empty() => "An origin is missing".into(),
        Reason::NotAnOrigin(_) if is_null(typed) => {
            "null is every local file and sandboxed frame, so it cannot be listed".into()
        }
        Reason::NotAnOrigin(NotAnOrigin::Scheme) => "An origin begins with its scheme".into(),
        Reason::NotAnOrigin(NotAnOrigin::OtherScheme) => {
            "An origin begins with http:// or https://".into()
        }
        Reason::NotAnOrigin(NotAnOrigin::UserInfo) => "An origin has no user name".into(),
        Reason::NotAnOrigin(NotAnOrigin::Path) => "An origin has no path".into(),
        Reason::NotAnOrigin(NotAnOrigin::Length) => "No origin is that long".into(),
        Reason::NotAnOrigin(NotAnOrigin::Blank) => "An origin has no spaces".into(),
        Reason::NotAnOrigin(NotAnOrigin::Host(error)) => {
            format!("This is not a host and port ({error})")
        }
        Reason::HostName => "This is not a host name".into(),
        Reason::Star => "A star stands for all of the labels at the front".into(),
        Reason::StarAddress => "An address has no subdomains that a star could stand for".into(),
        Reason::PublicSuffix(base) => {
            format!(
                "Anybody may register names below {base}, so a star there would let everybody in"
            )
        }
    }
}

/// What to do when we cannot tell what was meant.
fn instead(typed: &str, reason: &Reason) -> &'static str {
    match reason {
        Reason::NotAnOrigin(_) if is_null(typed) => {
            "Serve the page over http, such as http://localhost:3000."
        }
        Reason::NotAnOrigin(NotAnOrigin::Blank) => "Give each origin on its own.",
        Reason::Star | Reason::PublicSuffix(_) => {
            "List each origin in full, or use a star below a domain of yours, such as \
             https://*.example.com."
        }
        Reason::NotAnOrigin(_) | Reason::HostName | Reason::StarAddress => {
            "An origin is scheme, host and port, such as https://app.example.com or \
             http://localhost:3000."
        }
    }
}

/// What `typed` probably means: the scheme added, what follows the host and what precedes it dropped, the star
/// moved to the front. `None` unless that can be listed.
fn repair(typed: &str) -> Option<String> {
    let (scheme, rest) = scheme_and_rest(typed)?;
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let host_and_port = rest[..end].rsplit('@').next().unwrap_or_default();
    let host_and_port = match host_and_port.rsplit_once('*') {
        Some((_, base)) => format!("*.{}", base.trim_start_matches('.')),
        None => host_and_port.to_owned(),
    };
    let (host, port) = match host_and_port.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, format!(":{port}")),
        _ => (host_and_port.as_str(), String::new()),
    };
    let host = host.trim_end_matches('.');
    let scheme = scheme.unwrap_or(if is_local(host) { "http" } else { "https" });
    let listed = AllowedOrigin::parse(&format!("{scheme}://{host}{port}")).ok()?;
    Some(listed.to_string())
}

/// The scheme if there is one, and what follows it; `None` for a scheme that has no origins.
fn scheme_and_rest(typed: &str) -> Option<(Option<&'static str>, &str)> {
    for scheme in ["https", "http"] {
        let after = typed.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme));
        if after.is_some()
            && let Some(rest) = typed[scheme.len()..].strip_prefix(':')
            && !rest.starts_with(|c: char| c.is_ascii_digit())
        {
            return Some((Some(scheme), rest.trim_start_matches(['/', '\\'])));
        }
    }
    if typed.contains("://") || is_null(typed) {
        return None;
    }
    Some((None, typed.trim_start_matches('/')))
}

/// What browsers send for a page whose origin has no name.
fn is_null(typed: &str) -> bool {
    typed.eq_ignore_ascii_case("null")
}

/// Whether such a host is commonly served without TLS: this machine, or an address.
fn is_local(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || matches!(Host::parse(host), Ok(Host::Ipv4(_) | Host::Ipv6(_)))
}

impl From<NotAnOrigin> for Reason {
    fn from(reason: NotAnOrigin) -> Self {
        Self::NotAnOrigin(reason)
    }
}

/// Whether the name system could know a host: labels of letters, digits, `-` and `_`. The URL standard takes
/// more, but no page is served there.
pub(crate) fn is_host_name(origin: &Origin) -> bool {
    let host = origin.host();
    host.starts_with('[')
        || host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::path(
        "https://staging.acme.dev/",
        "An origin has no path: use https://staging.acme.dev."
    )]
    #[case::query("https://acme.dev?x=1", "An origin has no path: use https://acme.dev.")]
    #[case::backslash(r"https://acme.dev\x", "An origin has no path: use https://acme.dev.")]
    #[case::star_in_path("https://acme.dev/*", "An origin has no path: use https://acme.dev.")]
    #[case::user("https://me:pw@acme.dev", "An origin has no user name: use https://acme.dev.")]
    #[case::scheme("app.acme.dev", "An origin begins with its scheme: use https://app.acme.dev.")]
    #[case::scheme_port(
        "app.acme.dev:8443/x",
        "An origin begins with its scheme: use https://app.acme.dev:8443."
    )]
    #[case::localhost(
        "localhost:3000",
        "An origin begins with its scheme: use http://localhost:3000."
    )]
    #[case::address(
        "127.0.0.1:3000",
        "An origin begins with its scheme: use http://127.0.0.1:3000."
    )]
    #[case::version_6("[::1]:3000", "An origin begins with its scheme: use http://[::1]:3000.")]
    #[case::no_scheme("//acme.dev", "An origin begins with its scheme: use https://acme.dev.")]
    #[case::slashes("https:/acme.dev", "An origin begins with its scheme: use https://acme.dev.")]
    #[case::star_scheme("*.acme.dev", "An origin begins with its scheme: use https://*.acme.dev.")]
    #[case::final_dot("https://acme.dev.", "This is not a host name: use https://acme.dev.")]
    #[case::star_place(
        "https://app.*.acme.dev",
        "A star stands for all of the labels at the front: use https://*.acme.dev."
    )]
    #[case::star_part(
        "https://pr-*.acme.dev",
        "A star stands for all of the labels at the front: use https://*.acme.dev."
    )]
    #[case::star_glued(
        "https://*acme.dev",
        "A star stands for all of the labels at the front: use https://*.acme.dev."
    )]
    #[case::stars(
        "https://*.*.acme.dev",
        "A star stands for all of the labels at the front: use https://*.acme.dev."
    )]
    #[case::star_path("https://*.acme.dev/x", "An origin has no path: use https://*.acme.dev.")]
    fn a_fault_says_what_would_be_right(#[case] typed: &str, #[case] message: &str) {
        let fault = typed.parse::<AllowedOrigin>().expect_err("a fault");
        assert_eq!(fault.message, message);
        let right = fault.suggestion.expect("a suggestion");
        assert_eq!(right.parse::<AllowedOrigin>().expect("it can be listed").to_string(), right);
    }

    #[rstest]
    #[case::empty("", "An origin is missing.")]
    #[case::null("null", "null is every local file")]
    #[case::file("file:///index.html", "An origin begins with http:// or https://.")]
    #[case::extension("chrome-extension://abc", "An origin begins with http:// or https://.")]
    #[case::two("https://a.dev, https://b.dev", "An origin has no spaces. Give each")]
    #[case::port("https://acme.dev:99999", "This is not a host and port (invalid port number).")]
    #[case::host("https://a'b.dev", "This is not a host name.")]
    #[case::labels("https://a..dev", "This is not a host name.")]
    #[case::everybody("*", "An origin begins with its scheme.")]
    #[case::everybody_by_https("https://*", "A star stands for all of the labels at the front.")]
    #[case::top_level("https://*.com", "Anybody may register names below com,")]
    #[case::suffix("https://*.co.uk", "Anybody may register names below co.uk,")]
    #[case::private_suffix("https://*.github.io", "Anybody may register names below github.io,")]
    #[case::part_of_suffix("https://pr-*.vercel.app", "A star stands for all of the labels")]
    #[case::suffixes_below("https://*.kobe.jp", "Anybody may register names below kobe.jp,")]
    #[case::final_dot("https://*.com.", "This is not a host name.")]
    #[case::address("https://*.127.0.0.1", "An address has no subdomains")]
    fn a_fault_that_cannot_be_repaired_says_what_an_origin_is(
        #[case] typed: &str,
        #[case] beginning: &str,
    ) {
        let fault = typed.parse::<AllowedOrigin>().expect_err("a fault");
        assert!(fault.message.starts_with(beginning), "{}", fault.message);
        assert_eq!(fault.suggestion, None);
    }
}
