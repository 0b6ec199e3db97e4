//! A source's place in page addresses: 1 to 48 of `[a-z0-9-]`, unique in its workspace.

use model::wire::sources::MAX_SLUG_CHARS as MAX_CHARS;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::{Error, Result};

/// `…/setup/new` is the page that makes a source.
const RESERVED: &str = "new";

/// The slug that was asked for, if it can be one.
pub(crate) fn check(slug: &str) -> Result<()> {
    let message = if slug == RESERVED {
        format!("“{RESERVED}” is the address of the page that makes a source. Choose another.")
    } else if !is_slug(slug) {
        format!("An address is 1 to {MAX_CHARS} lower-case letters, digits and hyphens.")
    } else {
        return Ok(());
    };
    Err(Error::Invalid { field: "slug", message })
}

/// Whether a source can have this slug; if not, there is none to look for.
pub(crate) fn is_slug(text: &str) -> bool {
    (1..=MAX_CHARS).contains(&text.len())
        && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// Slugs for a source called `name`, best first: the name itself, then with -2, -3 and so on.
pub(crate) fn candidates(name: &str) -> impl Iterator<Item = String> {
    let stem = from_name(name);
    let first = (stem != RESERVED).then(|| stem.clone());
    let numbered = (2_u32..).map(move |number| {
        let suffix = format!("-{number}");
        let stem = &stem[..stem.len().min(MAX_CHARS - suffix.len())];
        format!("{}{suffix}", stem.trim_end_matches('-'))
    });
    first.into_iter().chain(numbered)
}

/// Letters without their accents, everything else a hyphen. A name in another script has no such letters.
fn from_name(name: &str) -> String {
    let mut slug = String::new();
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)) {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(MAX_CHARS);
    slug.truncate(slug.trim_end_matches('-').len());
    if slug.is_empty() { "source".into() } else { slug }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Web app", "web-app")]
    #[case("  Café – Zürich!  ", "cafe-zurich")]
    #[case("东京", "source")]
    #[case("---", "source")]
    #[case("New", "new-2")]
    #[case(&"a".repeat(80), &"a".repeat(48))]
    #[case(&format!("{} b", "a".repeat(47)), &"a".repeat(47))]
    fn a_name_makes_a_slug(#[case] name: &str, #[case] slug: &str) {
        assert_eq!(candidates(name).next().as_deref(), Some(slug));
    }

    #[rstest]
    #[case("a", true)]
    #[case("web-app-2", true)]
    #[case(&"a".repeat(48), true)]
    #[case("", false)]
    #[case("new", false)]
    #[case("Web", false)]
    #[case("web_app", false)]
    #[case("café", false)]
    #[case(&"a".repeat(49), false)]
    fn a_slug_that_was_asked_for_is_checked(#[case] slug: &str, #[case] is_right: bool) {
        assert_eq!(check(slug).is_ok(), is_right);
    }

    proptest! {
        #[test]
        fn every_candidate_is_a_slug_and_new(name in "\\PC{0,80}") {
            let candidates: Vec<_> = candidates(&name).take(12).collect();
            for (place, slug) in candidates.iter().enumerate() {
                prop_assert!(check(slug).is_ok(), "{}", slug);
                prop_assert!(!candidates[..place].contains(slug));
            }
        }
    }
}
