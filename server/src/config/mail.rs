//! How mails are sent.

use accounts::{MailFrom, MailSettings, SmtpServer};

use super::ConfigError;

/// A sender alone sends nothing, but is checked: who takes the mail server out for a while should not have to
/// take out both.
pub(super) fn mail(
    url: Option<&str>,
    from: Option<&str>,
) -> Result<Option<MailSettings>, ConfigError> {
    let refused = |from: &str| ConfigError::MailFrom(from.to_owned());
    let from: Option<MailFrom> =
        from.map(|from| from.parse().map_err(|_| refused(from))).transpose()?;
    let Some(url) = url else { return Ok(None) };
    let server: SmtpServer = url.parse().map_err(ConfigError::SmtpUrl)?;
    let from = from.ok_or(ConfigError::NoMailFrom)?;
    Ok(Some(MailSettings { server, from }))
}

#[cfg(test)]
mod tests {
    use crate::config::tests::of;

    const FROM: &str = "mail_from = \"Tiny <tiny@example.com>\"\n";

    #[test]
    fn mail_is_sent_when_there_is_a_mail_server() {
        let url = "smtp_url = \"smtps://ada:s3cret@mail.example.com\"\n";
        assert!(of("").unwrap().mail.is_none());
        assert!(of(FROM).unwrap().mail.is_none());
        let config = of(&format!("{url}{FROM}")).unwrap();
        assert!(config.mail.is_some());
        assert!(!format!("{config:?}").contains("s3cret"));
    }

    #[test]
    fn a_mail_server_needs_a_sender_and_its_password_is_not_told() {
        let right = "smtp_url = \"smtps://ada:s3cret@mail.example.com\"\n";
        let wrong = "smtp_url = \"smtps://ada:s3cret@mail.example.com?tls=none\"\n";
        for (toml, key) in [
            (right.to_owned(), "TINY_MAIL_FROM"),
            (format!("{right}mail_from = \"Tiny\""), "TINY_MAIL_FROM"),
            (format!("{wrong}{FROM}"), "TINY_SMTP_URL"),
        ] {
            let told = of(&toml).unwrap_err();
            assert!(told.to_string().starts_with(key), "{told}");
            assert!(!format!("{told} {told:?}").contains("s3cret"), "{told:?}");
        }
    }
}
