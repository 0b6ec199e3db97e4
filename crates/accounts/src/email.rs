//! E-mail addresses, in the one form that accounts are found by.

use std::fmt;

use email_address::{EmailAddress, Options};
use unicode_normalization::UnicodeNormalization;
use url::Host;

/// An e-mail address: trimmed, in Unicode's form NFC, in lower case, with a dot in its domain. The domain is in ASCII,
/// as mail servers and browsers write it: one mailbox is one address, however its domain is spelled.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// The text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is not a complete e-mail address, such as ada@example.com.")]
pub struct NotAnEmail;

impl Email {
    /// Most bytes of an address. RFC 5321, section 4.5.3.1.3: a path of 256 octets, two of which are its brackets.
    pub const MAX_BYTES: usize = 254;

    /// Reads what a person typed.
    pub fn parse(text: &str) -> Result<Self, NotAnEmail> {
        let composed: String = text.trim().nfc().collect();
        let lower: String = composed.to_lowercase().nfc().collect();
        let (local, domain) = lower.rsplit_once('@').ok_or(NotAnEmail)?;
        let email = format!("{local}@{}", ascii_domain(domain).ok_or(NotAnEmail)?);
        let options =
            Options::default().with_required_tld().without_domain_literal().without_display_text();
        let is_valid = email.len() <= Self::MAX_BYTES
            && !email.contains(|c: char| c.is_control() || c.is_whitespace())
            && EmailAddress::parse_with_options(&email, options).is_ok();
        if is_valid { Ok(Self(email)) } else { Err(NotAnEmail) }
    }

    /// The stored form, which was parsed when it was written.
    pub(crate) const fn from_stored(email: String) -> Self {
        Self(email)
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `xn--bcher-kva.example` for `bücher.example` (UTS 46): every mail server takes that form, few the other.
pub(crate) fn ascii_domain(domain: &str) -> Option<String> {
    // The parser is one of URLs, where `%61` is another way to write `a`.
    match Host::parse(domain) {
        Ok(Host::Domain(ascii)) if !domain.contains('%') => Some(ascii),
        _ => None,
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::trimmed_and_lower("  Ada.Lovelace@Example.COM\n", "ada.lovelace@example.com")]
    #[case::composed("zoe\u{308}@example.com", "zo\u{eb}@example.com")]
    #[case::domain_in_unicode("mia@Bücher.example", "mia@xn--bcher-kva.example")]
    #[case::domain_in_punycode("mia@xn--bcher-kva.example", "mia@xn--bcher-kva.example")]
    #[case::domain_in_full_width("mia@Ａｃｍｅ.dev", "mia@acme.dev")]
    #[case::plus("ada+tiny@example.co.uk", "ada+tiny@example.co.uk")]
    #[case::international("ada@bücher.example", "ada@xn--bcher-kva.example")]
    #[case::decomposed("ada@bu\u{308}cher.example", "ada@xn--bcher-kva.example")]
    #[case::capitals("ada@BÜCHER.example", "ada@xn--bcher-kva.example")]
    #[case::as_browsers_send_it("ada@XN--bcher-kva.example", "ada@xn--bcher-kva.example")]
    #[case::full_width("ada@ｅｘａｍｐｌｅ。com", "ada@example.com")]
    #[case::local_part_of_another_script("zoë@bücher.example", "zoë@xn--bcher-kva.example")]
    fn the_same_address_has_one_form(#[case] typed: &str, #[case] form: &str) {
        assert_eq!(Email::parse(typed).map(String::from), Ok(form.to_owned()));
    }

    #[rstest]
    #[case::empty("")]
    #[case::no_at("ada.example.com")]
    #[case::no_dot("ada@example")]
    #[case::display_name("Ada <ada@example.com>")]
    #[case::address_literal("ada@[127.0.0.1]")]
    #[case::address_in_full_width("ada@１２７.0.0.1")]
    #[case::blank_inside("\"a b\"@example.com")]
    #[case::nul("\"a\0b\"@example.com")]
    #[case::two("ada@example.com, bob@example.com")]
    #[case::address("ada@127.0.0.1")]
    #[case::percent("ada@ex%61mple.com")]
    #[case::no_punycode("ada@xn--a.example")]
    fn what_is_not_one_address_is_refused(#[case] typed: &str) {
        assert_eq!(Email::parse(typed), Err(NotAnEmail));
    }

    #[test]
    fn more_than_254_bytes_are_refused() {
        let domain = format!("{0}.{0}.{0}.com", "a".repeat(63));
        let longest = format!("{}@{domain}", "b".repeat(254 - 1 - domain.len()));
        assert!(Email::parse(&longest).is_ok());
        assert_eq!(Email::parse(&format!("b{longest}")), Err(NotAnEmail));
    }

    proptest! {
        #[test]
        fn a_parsed_address_parses_to_itself(typed in r"\s?[\w.+\p{M}]{1,12}@[\w\-.\p{M}]{1,12}\.[a-zA-Zé]{2,4}\s?") {
            if let Ok(email) = Email::parse(&typed) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(typed in any::<String>()) {
            if let Ok(email) = Email::parse(&typed) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }
    }
}
