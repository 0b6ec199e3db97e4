//! What can be wrong with the configuration.

use accounts::NotAnSmtpServer;
use billing::NotPlans;

/// Why the configuration cannot be used; it names the key and what would be right.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value is of the wrong kind.
    #[error("{0}")]
    Value(Box<figment::Error>),
    /// The base URL is not one.
    #[error("TINY_BASE_URL must be scheme://host or scheme://host:port without a path, not {0}")]
    BaseUrl(String),
    /// So many days are none, or too many.
    #[error("{key} must be a number of days from 1 to {most}, not {days}")]
    Days {
        /// Which key.
        key: &'static str,
        /// What it says.
        days: u32,
        /// The most it may say.
        most: u32,
    },
    /// A trusted proxy is not an address.
    #[error("TINY_TRUSTED_PROXIES must list addresses or networks such as 10.0.0.0/8, not {0}")]
    Proxy(String),
    /// The mail server is not named as it must be. The value holds a password, so it is not told.
    #[error(
        "TINY_SMTP_URL must be smtps://user:password@host or smtp://user:password@host, with or without a port: {0}"
    )]
    SmtpUrl(NotAnSmtpServer),
    /// The sender is none.
    #[error("TINY_MAIL_FROM must be tiny@example.com or Tiny <tiny@example.com>, not {0}")]
    MailFrom(String),
    /// There is a mail server, and nobody for mails to be from.
    #[error("TINY_MAIL_FROM must be set when TINY_SMTP_URL is: who are mails from?")]
    NoMailFrom,
    /// The key is none. It is a secret, so it is not told.
    #[error(
        "TINY_STRIPE_SECRET_KEY must be a secret or restricted key of Stripe's; they begin with sk_ or rk_"
    )]
    StripeKey,
    /// Webhooks could not be believed.
    #[error(
        "TINY_STRIPE_WEBHOOK_SECRETS must hold the signing secret of the webhook endpoint, whsec_…, or two with a comma while one replaces the other"
    )]
    WebhookSecrets,
    /// The API is not where it could be.
    #[error(
        "TINY_STRIPE_API_BASE must be scheme://host or scheme://host:port without a path, not {0}"
    )]
    StripeApiBase(String),
    /// The plans cannot be sold.
    #[error("TINY_PLANS cannot be used: {0}")]
    Plans(#[from] NotPlans),
    /// Something is to be sold, and nobody to sell it.
    #[error("TINY_STRIPE_SECRET_KEY must be set when {0} is")]
    NoStripeKey(&'static str),
}
