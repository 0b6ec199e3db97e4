//! Who mails are from.

use std::{fmt, str::FromStr};

use email_address::{EmailAddress, Options};
use lettre::{Address, message::Mailbox};

use crate::email::ascii_domain;

/// The sender of all mails: an address, and the name that is shown with it.
#[derive(Clone, PartialEq, Eq)]
pub struct MailFrom(Mailbox);

/// The text is not a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is not an address such as tiny@example.com or Tiny <tiny@example.com>.")]
pub struct NotASender;

impl MailFrom {
    pub(super) fn mailbox(&self) -> Mailbox {
        self.0.clone()
    }

    /// What is behind the `@`: the name by which we greet mail servers, and the end of our message ids.
    pub(super) fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

impl FromStr for MailFrom {
    type Err = NotASender;

    /// Reads `tiny@example.com` or `Tiny <tiny@example.com>`.
    fn from_str(text: &str) -> Result<Self, NotASender> {
        let text = text.trim();
        if text.contains(char::is_control) {
            return Err(NotASender);
        }
        let options = Options::default().without_domain_literal().with_display_text();
        let address = EmailAddress::parse_with_options(text, options).map_err(|_| NotASender)?;
        let domain = ascii_domain(address.domain()).ok_or(NotASender)?;
        let email = Address::new(address.local_part(), domain).map_err(|_| NotASender)?;
        let name = address.display_part().trim().trim_matches('"').to_owned();
        Ok(Self(Mailbox::new((!name.is_empty()).then_some(name), email)))
    }
}

impl fmt::Debug for MailFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailFrom(…)")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::bare(" tiny@example.com ", None, "tiny@example.com")]
    #[case::named("Tiny <tiny@example.com>", Some("Tiny"), "tiny@example.com")]
    #[case::quoted("\"Tiny, Inc.\" <tiny@example.com>", Some("Tiny, Inc."), "tiny@example.com")]
    #[case::another_script("小 <tiny@example.com>", Some("小"), "tiny@example.com")]
    #[case::one_label("tiny@localhost", None, "tiny@localhost")]
    #[case::international("tiny@bücher.example", None, "tiny@xn--bcher-kva.example")]
    fn a_sender_is_an_address_with_or_without_a_name(
        #[case] text: &str,
        #[case] name: Option<&str>,
        #[case] address: &str,
    ) {
        let mailbox = text.parse::<MailFrom>().unwrap().mailbox();
        assert_eq!((mailbox.name.as_deref(), mailbox.email.as_ref()), (name, address));
    }

    #[rstest]
    #[case::empty("")]
    #[case::no_address("Tiny")]
    #[case::two("tiny@example.com, eve@example.com")]
    #[case::more_after_it("Tiny <tiny@example.com> eve@example.com")]
    #[case::another_header("Tiny\r\nBcc: eve@example.com <tiny@example.com>")]
    #[case::literal("tiny@[127.0.0.1]")]
    fn what_is_not_one_sender_is_refused(#[case] text: &str) {
        assert_eq!(text.parse::<MailFrom>(), Err(NotASender));
    }
}
