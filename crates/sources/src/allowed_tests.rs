use proptest::prelude::*;
use rstest::rstest;
use url::Url;

use super::*;

fn list(texts: &[&str]) -> AllowedOrigins {
    AllowedOrigins::parse(texts).expect("a list")
}

#[rstest]
#[case("https://app.example.com", "https://app.example.com", true)]
#[case("https://app.example.com", "HTTPS://APP.example.com:443", true)]
#[case("HTTPS://App.Example.com:443", "https://app.example.com", true)]
#[case("https://bücher.example", "https://xn--bcher-kva.example", true)]
#[case("https://app.example.com", "http://app.example.com", false)]
#[case("https://app.example.com", "https://app.example.com:8443", false)]
#[case("https://app.example.com", "https://www.app.example.com", false)]
#[case("https://app.example.com", "https://example.com", false)]
#[case("https://app.example.com", "https://app.example.com.", false)]
#[case("https://app.example.com", "https://app.example.com/", false)]
#[case("https://app.example.com", "null", false)]
#[case("https://app.example.com", "", false)]
#[case("http://localhost:3000", "http://127.0.0.1:3000", false)]
#[case("http://localhost:3000", "http://localhost:3001", false)]
#[case("https://*.example.com", "https://app.example.com", true)]
#[case("https://*.example.com", "https://a.b.c.example.com", true)]
#[case("https://*.Example.com:443", "https://APP.example.com", true)]
#[case("https://*.app.example.com", "https://pr-1.app.example.com", true)]
#[case("https://*.acme.github.io", "https://pr-1.acme.github.io", true)]
#[case("https://*.example.com:8443", "https://app.example.com:8443", true)]
#[case("https://*.example.com", "https://example.com", false)]
#[case("https://*.example.com", "https://.example.com", false)]
#[case("https://*.example.com", "https://a..example.com", false)]
#[case("https://*.example.com", "https://evilexample.com", false)]
#[case("https://*.example.com", "https://app.example.com.evil.org", false)]
#[case("https://*.example.com", "http://app.example.com", false)]
#[case("https://*.example.com", "https://app.example.com:8443", false)]
#[case("https://*.example.com:8443", "https://app.example.com", false)]
#[case("https://*.example.com", "https://*.example.com", false)]
#[case("https://*.example.com", "https://evil.org#.example.com", false)]
#[case("https://*.example.com", "https://evil.org\\.example.com", false)]
#[case("https://*.app.example.com", "https://example.com", false)]
#[case::another_owner("https://*.amazonaws.com", "https://them.s3.amazonaws.com", false)]
#[case::the_same_owner("https://*.amazonaws.com", "https://www.amazonaws.com", true)]
fn an_entry_lets_in_its_own_origins_only(
    #[case] listed: &str,
    #[case] sent: &str,
    #[case] is_allowed: bool,
) {
    let verdict = if is_allowed { OriginVerdict::Allowed } else { OriginVerdict::NotAllowed };
    assert_eq!(
        list(&["https://other.example", listed]).verdict(Some(sent), false),
        OriginCheck { verdict, is_refused: !is_allowed }
    );
}

#[rstest]
#[case(false)]
#[case(true)]
fn a_missing_origin_is_refused_only_where_one_is_required(#[case] require_origin: bool) {
    let check = list(&["https://app.example.com"]).verdict(None, require_origin);
    assert_eq!(check, OriginCheck { verdict: OriginVerdict::Missing, is_refused: require_origin });
}

#[test]
fn an_empty_list_lets_no_browser_in() {
    let check = AllowedOrigins::default().verdict(Some("https://app.example.com"), false);
    assert_eq!(check, OriginCheck { verdict: OriginVerdict::NotAllowed, is_refused: true });
}

#[test]
fn an_entry_given_twice_is_listed_once_in_the_order_given() {
    let list = list(&["https://b.dev", "https://a.dev", " https://B.dev:443 ", "https://*.a.dev"]);
    let texts: Vec<_> = list.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["https://b.dev", "https://a.dev", "https://*.a.dev"]);
}

#[test]
fn a_list_ends_at_a_hundred() {
    let texts: Vec<_> = (0..=AllowedOrigins::MAX).map(|n| format!("https://a{n}.dev")).collect();
    assert!(AllowedOrigins::parse(&texts[1..]).is_ok());
    let fault = AllowedOrigins::parse(&texts).expect_err("one too many");
    assert_eq!(fault.message, "A source lists at most 100 origins.");
}

#[test]
fn the_fault_of_a_list_names_the_entry() {
    let fault = AllowedOrigins::parse(&["https://a.dev", "b.dev"]).expect_err("no scheme");
    assert_eq!(fault.message, "“b.dev”: An origin begins with its scheme: use https://b.dev.");
    assert_eq!(fault.suggestion.as_deref(), Some("https://b.dev"));
}

#[test]
fn a_stored_entry_that_is_no_longer_allowed_costs_only_itself() {
    let stored = ["https://*.github.io".to_owned(), "https://app.example.com".to_owned()];
    let list = AllowedOrigins::from_stored(&stored);
    assert_eq!(list.iter().count(), 1);
    assert!(!list.verdict(Some("https://app.example.com"), false).is_refused);
}

/// Hosts that look alike, so that the interesting cases are met.
fn host() -> impl Strategy<Value = String> {
    let label =
        prop_oneof!["[a-c]{1,2}", "example", "com", "co", "uk", "github", "io", "É", "[A-C-]"];
    prop::collection::vec(label, 1..5).prop_map(|labels| labels.join("."))
}

fn typed() -> impl Strategy<Value = String> {
    (prop::bool::ANY, prop::bool::ANY, host(), prop::option::of(80_u16..90)).prop_map(
        |(is_tls, has_star, host, port)| {
            let scheme = if is_tls { "https" } else { "http" };
            let star = if has_star { "*." } else { "" };
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            format!("{scheme}://{star}{host}{port}")
        },
    )
}

proptest! {
    #[test]
    fn reading_what_was_written_changes_nothing(text in typed()) {
        if let Ok(entry) = text.parse::<AllowedOrigin>() {
            prop_assert_eq!(entry.to_string().parse::<AllowedOrigin>(), Ok(entry));
        }
    }

    #[test]
    fn no_text_makes_reading_fail_otherwise_than_with_a_fault(text in "\\PC{0,40}|https?://\\PC*") {
        if let Err(fault) = text.parse::<AllowedOrigin>() {
            prop_assert!(!fault.message.is_empty());
            if let Some(right) = fault.suggestion {
                let entry = right.parse::<AllowedOrigin>().expect("a suggestion can be listed");
                prop_assert_eq!(entry.to_string(), right);
            }
        }
    }

    /// Told independently of the code: what `Url` says of both texts, and the public suffix list.
    #[test]
    fn no_other_host_is_let_in(listed in typed(), sent in typed()) {
        let Ok(list) = AllowedOrigins::parse(&[&listed]) else { return Ok(()) };
        let is_allowed = !list.verdict(Some(&sent), false).is_refused;
        let base = Url::parse(&listed.replace("*.", "")).expect("a listed origin is a URL");
        let page = Url::parse(&sent).expect("so is what is sent here");
        let (base_host, page_host) = (base.host_str().expect("a host"), page.host_str().expect("a host"));
        let is_same_way_in = base.scheme() == page.scheme()
            && base.port_or_known_default() == page.port_or_known_default();
        let is_right = if listed.contains('*') {
            is_same_way_in
                && !page_host.contains('*')
                && page_host.ends_with(&format!(".{base_host}"))
                && psl::domain_str(page_host) == psl::domain_str(base_host)
        } else {
            is_same_way_in && base_host == page_host
        };
        prop_assert_eq!(is_allowed, is_right, "{} for {}", sent, listed);
    }
}
