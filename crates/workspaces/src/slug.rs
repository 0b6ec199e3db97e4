//! A workspace's place in page addresses.

use std::fmt;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// 1 to 48 of `[a-z0-9-]`, no hyphen at either end, and no word that is a page of our own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slug(String);

/// Why a text is not a slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotASlug {
    /// Empty, or more than 48 characters.
    #[error("An address has 1 to {} characters.", Slug::MAX_CHARS)]
    Length,
    /// Something other than `[a-z0-9-]`.
    #[error("An address has only the letters a to z in lower case, digits and hyphens.")]
    Characters,
    /// A hyphen at an end.
    #[error("An address neither begins nor ends with a hyphen.")]
    Hyphens,
    /// One of our own pages.
    #[error("This address is one of Tiny's own pages. Choose another.")]
    Reserved,
}

/// First parts of addresses that are ours, or may be one day.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "admin",
    "api",
    "app",
    "assets",
    "auth",
    "billing",
    "confirm",
    "docs",
    "events",
    "favicon",
    "favicon-ico",
    "forgot",
    "health",
    "healthz",
    "help",
    "id",
    "ingest",
    "instance",
    "invitations",
    "invite",
    "legal",
    "livez",
    "login",
    "logout",
    "metrics",
    "new",
    "oauth",
    "pkg",
    "pricing",
    "privacy",
    "public",
    "readyz",
    "reset",
    "robots",
    "sdk",
    "security",
    "settings",
    "setup",
    "signin",
    "signout",
    "signup",
    "sitemap",
    "static",
    "status",
    "stripe",
    "support",
    "terms",
    "tiny",
    "verify",
    "webhooks",
    "well-known",
    "workspaces",
    "ws",
    "www",
];

impl Slug {
    /// Most characters of a slug.
    pub const MAX_CHARS: usize = 48;
    const FALLBACK: &'static str = "workspace";

    /// Reads what a person chose.
    pub fn parse(text: &str) -> Result<Self, NotASlug> {
        let text = text.trim();
        if !(1..=Self::MAX_CHARS).contains(&text.chars().count()) {
            Err(NotASlug::Length)
        } else if !text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
            Err(NotASlug::Characters)
        } else if text.starts_with('-') || text.ends_with('-') {
            Err(NotASlug::Hyphens)
        } else if RESERVED.contains(&text) {
            Err(NotASlug::Reserved)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// One that resembles `name`; `workspace` when nothing of it can be spelt in ASCII.
    #[must_use]
    pub fn suggest(name: &str) -> Self {
        let spelt = spell_in_ascii(name);
        let words: Vec<&str> = spelt.split('-').filter(|word| !word.is_empty()).collect();
        let joined = words.join("-");
        if joined.is_empty() {
            return Self(Self::FALLBACK.to_owned());
        }
        let slug = Self(cut(&joined, Self::MAX_CHARS).to_owned());
        if RESERVED.contains(&slug.as_str()) { slug.with_suffix(Self::FALLBACK) } else { slug }
    }

    /// This slug, a hyphen and `suffix`; as much of this one as leaves room.
    pub(crate) fn with_suffix(&self, suffix: &str) -> Self {
        let room = Self::MAX_CHARS.saturating_sub(suffix.len() + 1);
        Self(format!("{}-{suffix}", cut(&self.0, room)))
    }

    /// The slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first `max` of ASCII characters, without a hyphen at the end.
fn cut(ascii: &str, max: usize) -> &str {
    ascii.get(..max).unwrap_or(ascii).trim_end_matches('-')
}

/// Lower case, without accents; whatever has no spelling is a hyphen.
fn spell_in_ascii(name: &str) -> String {
    let mut spelt = String::with_capacity(name.len());
    for c in name.nfkd().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => spelt.push(c),
            'ß' => spelt.push_str("ss"),
            'æ' => spelt.push_str("ae"),
            'œ' => spelt.push_str("oe"),
            'þ' => spelt.push_str("th"),
            'ø' => spelt.push('o'),
            'ł' => spelt.push('l'),
            'đ' | 'ð' => spelt.push('d'),
            'ı' => spelt.push('i'),
            '\'' | '\u{2019}' => {}
            c if is_combining_mark(c) => {}
            _ => spelt.push('-'),
        }
    }
    spelt
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("acme-2", None)]
    #[case::one("a", None)]
    #[case::trimmed(" acme ", None)]
    #[case::empty("", Some(NotASlug::Length))]
    #[case::capitals("Acme", Some(NotASlug::Characters))]
    #[case::slash("acme/x", Some(NotASlug::Characters))]
    #[case::accent("caf\u{e9}", Some(NotASlug::Characters))]
    #[case::hyphen_first("-acme", Some(NotASlug::Hyphens))]
    #[case::hyphen_last("acme-", Some(NotASlug::Hyphens))]
    #[case::reserved("api", Some(NotASlug::Reserved))]
    fn a_slug_is_a_short_plain_word(#[case] text: &str, #[case] refused: Option<NotASlug>) {
        assert_eq!(Slug::parse(text).err(), refused);
    }

    #[test]
    fn a_slug_has_at_most_48_characters() {
        assert!(Slug::parse(&"a".repeat(48)).is_ok());
        assert_eq!(Slug::parse(&"a".repeat(49)), Err(NotASlug::Length));
    }

    #[rstest]
    #[case::words("Acme Event Company", "acme-event-company")]
    #[case::punctuation("  Ada's \u{201c}best\u{201d} & co. ", "adas-best-co")]
    #[case::accents("Café Zürich", "cafe-zurich")]
    #[case::letters_without_accents("Straße Łódź Ærø", "strasse-lodz-aero")]
    #[case::full_width("Ｔｉｎｙ１", "tiny1")]
    #[case::mixed("日本 Acme", "acme")]
    #[case::nothing_in_ascii("日本", "workspace")]
    #[case::nothing("!!!", "workspace")]
    #[case::reserved("API", "api-workspace")]
    fn a_suggestion_resembles_the_name(#[case] name: &str, #[case] slug: &str) {
        assert_eq!(Slug::suggest(name).as_str(), slug);
    }

    #[test]
    fn a_long_name_is_cut_and_leaves_no_hyphen_at_the_end() {
        let name = format!("{} b", "a".repeat(47));
        assert_eq!(Slug::suggest(&name).as_str(), "a".repeat(47));
    }

    #[test]
    fn a_suffix_shortens_the_rest_to_make_room() {
        let longest = Slug::parse(&"a".repeat(48)).unwrap();
        assert_eq!(longest.with_suffix("2").as_str(), format!("{}-2", "a".repeat(46)));
    }

    proptest! {
        #[test]
        fn a_parsed_slug_parses_to_itself(text in "[ a-z0-9-]{0,60}") {
            if let Ok(slug) = Slug::parse(&text) {
                prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug));
            }
        }

        #[test]
        fn every_suggestion_is_a_slug(name in any::<String>()) {
            let slug = Slug::suggest(&name);
            prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug));
        }

        #[test]
        fn every_suggestion_with_a_suffix_is_a_slug(name in "[A-Za-z -]{0,80}", suffix in "[0-9a-f]{1,8}") {
            let slug = Slug::suggest(&name).with_suffix(&suffix);
            prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug));
        }
    }
}
