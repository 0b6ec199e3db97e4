//! The configuration: environment variables, each also a key of the file that `TINY_CONFIG` names.
//! Read once, checked at the start.

use std::{net::SocketAddr, path::PathBuf};

use accounts::{MailFrom, MailSettings, NotAnSmtpServer, SmtpServer};
use billing::{NotPlans, Pace, Plan, Plans, StripeSettings};
use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use ipnet::IpNet;
use serde::Deserialize;
use web::{Instance, SignupMode};

/// Why the configuration cannot be used; it names the key and what would be right.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value is of the wrong kind.
    #[error("{0}")]
    Value(Box<figment::Error>),
    /// The base URL is not one.
    #[error("TINY_BASE_URL must be scheme://host or scheme://host:port without a path, not {0}")]
    BaseUrl(String),
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

/// Every key, as it stands in the environment without `TINY_`.
const KEYS: [&str; 16] = [
    "addr",
    "api_rate_per_minute",
    "base_url",
    "data_dir",
    "database_url",
    "log",
    "log_format",
    "mail_from",
    "plans",
    "seat_limit",
    "signup",
    "smtp_url",
    "stripe_api_base",
    "stripe_secret_key",
    "stripe_webhook_secrets",
    "trusted_proxies",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default = "default_addr")]
    addr: SocketAddr,
    #[serde(default = "default_api_rate")]
    api_rate_per_minute: u32,
    base_url: Option<String>,
    #[serde(default = "default_data_dir")]
    data_dir: PathBuf,
    database_url: Option<String>,
    #[serde(default = "default_log")]
    log: String,
    #[serde(default)]
    log_format: LogFormat,
    mail_from: Option<String>,
    plans: Option<Vec<Plan>>,
    seat_limit: Option<u32>,
    #[serde(default)]
    signup: Signup,
    smtp_url: Option<String>,
    stripe_api_base: Option<String>,
    stripe_secret_key: Option<String>,
    stripe_webhook_secrets: Option<String>,
    #[serde(default)]
    trusted_proxies: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Signup {
    #[default]
    Open,
    Invite,
    Closed,
}

fn default_addr() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 3000))
}

const fn default_api_rate() -> u32 {
    web::API_RATE_PER_MINUTE
}

fn default_data_dir() -> PathBuf {
    PathBuf::from("./data")
}

fn default_log() -> String {
    "info".to_owned()
}

/// What holds for this process.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub addr: SocketAddr,
    /// Calls of the API that one person may make in a minute; 0: as many as like.
    pub api_rate_per_minute: u32,
    /// What people and SDKs see, without a slash at the end. Without a word it is where we listen.
    base_url: Option<String>,
    /// The database's address.
    pub database_url: String,
    /// What is logged, in `tracing`'s filter language.
    pub log: String,
    /// How log lines look.
    pub log_format: LogFormat,
    /// How mails are sent; none: they are not.
    pub mail: Option<MailSettings>,
    /// What is sold, and how; none: nothing is.
    pub shop: Option<ShopSettings>,
    /// Seats of a workspace that has no limit of its own.
    pub seat_limit: Option<i64>,
    /// Who may make an account.
    pub signup: SignupMode,
    /// Whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// What is sold, and how.
#[derive(Debug, Clone)]
pub struct ShopSettings {
    /// How to reach Stripe.
    pub stripe: StripeSettings,
    /// What can be bought.
    pub plans: Plans,
}

impl Config {
    /// Reads the environment and the file it may name.
    ///
    /// # Errors
    ///
    /// When a value is not what its key takes.
    pub fn read() -> Result<Self, ConfigError> {
        let file = Figment::from(Env::raw().only(&["TINY_CONFIG"]))
            .extract_inner::<PathBuf>("tiny_config")
            .ok();
        let figment = match file {
            Some(path) => Figment::from(Toml::file_exact(path)),
            None => Figment::new(),
        };
        Self::from_figment(&figment.merge(Env::prefixed("TINY_").only(&KEYS)))
    }

    /// What people and SDKs see of a server that listens at `addr`.
    #[must_use]
    pub fn base_url(&self, addr: SocketAddr) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://{addr}"))
    }

    /// What the instance that people see at `base_url` is.
    #[must_use]
    pub fn instance(&self, base_url: String) -> Instance {
        let Self { signup, seat_limit, api_rate_per_minute, .. } = *self;
        Instance { base_url, signup, seat_limit, api_rate_per_minute }
    }

    fn from_figment(figment: &Figment) -> Result<Self, ConfigError> {
        let given: Given =
            figment.extract().map_err(|error| ConfigError::Value(Box::new(error)))?;
        let base_url = given.base_url.as_deref().map(checked_base_url).transpose()?;
        let shop = shop(&given)?;
        let database_url = given
            .database_url
            .unwrap_or_else(|| format!("sqlite:{}", given.data_dir.join("tiny.db").display()));
        Ok(Self {
            addr: given.addr,
            api_rate_per_minute: given.api_rate_per_minute,
            base_url,
            database_url,
            log: given.log,
            log_format: given.log_format,
            shop,
            mail: mail(given.smtp_url.as_deref(), given.mail_from.as_deref())?,
            seat_limit: given.seat_limit.map(i64::from),
            signup: match given.signup {
                Signup::Open => SignupMode::Open,
                Signup::Invite => SignupMode::Invite,
                Signup::Closed => SignupMode::Closed,
            },
            trusted_proxies: networks(&given.trusted_proxies)?,
        })
    }
}

fn checked_base_url(url: &str) -> Result<String, ConfigError> {
    let refused = || ConfigError::BaseUrl(url.to_owned());
    let origin = sources::Origin::from_header(url.trim_end_matches('/')).ok_or_else(refused)?;
    Ok(origin.as_str().to_owned())
}

/// A sender alone sends nothing, but is checked: who takes the mail server out for a while should not have to
/// take out both.
fn mail(url: Option<&str>, from: Option<&str>) -> Result<Option<MailSettings>, ConfigError> {
    let refused = |from: &str| ConfigError::MailFrom(from.to_owned());
    let from: Option<MailFrom> =
        from.map(|from| from.parse().map_err(|_| refused(from))).transpose()?;
    let Some(url) = url else { return Ok(None) };
    let server: SmtpServer = url.parse().map_err(ConfigError::SmtpUrl)?;
    let from = from.ok_or(ConfigError::NoMailFrom)?;
    Ok(Some(MailSettings { server, from }))
}

/// Parts of a shop without its key are a mistake: somebody believes that plans are sold.
fn shop(given: &Given) -> Result<Option<ShopSettings>, ConfigError> {
    let Some(key) = given.stripe_secret_key.as_deref().map(str::trim) else {
        let parts = [
            ("TINY_PLANS", given.plans.is_some()),
            ("TINY_STRIPE_WEBHOOK_SECRETS", given.stripe_webhook_secrets.is_some()),
        ];
        return match parts.into_iter().find(|(_, is_set)| *is_set) {
            Some((name, _)) => Err(ConfigError::NoStripeKey(name)),
            None => Ok(None),
        };
    };
    if !key.starts_with("sk_") && !key.starts_with("rk_") {
        return Err(ConfigError::StripeKey);
    }
    let secrets = given.stripe_webhook_secrets.as_deref().unwrap_or_default().split(',');
    let secrets: Vec<String> =
        secrets.map(str::trim).filter(|secret| !secret.is_empty()).map(str::to_owned).collect();
    if secrets.is_empty() || secrets.iter().any(|secret| !secret.starts_with("whsec_")) {
        return Err(ConfigError::WebhookSecrets);
    }
    let base =
        |url: &String| checked_base_url(url).map_err(|_| ConfigError::StripeApiBase(url.clone()));
    let stripe = StripeSettings {
        secret_key: key.to_owned(),
        api_base: given.stripe_api_base.as_ref().map(base).transpose()?,
        webhook_secrets: secrets,
        pace: Pace::default(),
    };
    Ok(Some(ShopSettings { stripe, plans: Plans::new(given.plans.clone().unwrap_or_default())? }))
}

fn networks(list: &str) -> Result<Vec<IpNet>, ConfigError> {
    list.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| {
            item.parse::<IpNet>()
                .or_else(|_| item.parse::<std::net::IpAddr>().map(IpNet::from))
                .map_err(|_| ConfigError::Proxy(item.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(toml: &str) -> Result<Config, ConfigError> {
        Config::from_figment(&Figment::from(Toml::string(toml)))
    }

    #[test]
    fn without_a_word_it_is_sqlite_on_the_loopback() {
        let config = of("").unwrap();
        assert_eq!(config.base_url(config.addr), "http://127.0.0.1:3000");
        assert_eq!(config.database_url, "sqlite:./data/tiny.db");
    }

    #[test]
    fn people_see_the_base_url_or_else_where_the_server_listens() {
        let listening = SocketAddr::from(([127, 0, 0, 1], 41_000));
        let config = of("addr = \"127.0.0.1:0\"").unwrap();
        assert_eq!(config.base_url(listening), "http://127.0.0.1:41000");
        let config = of("base_url = \"https://tiny.example/\"").unwrap();
        assert_eq!(config.base_url(listening), "https://tiny.example");
    }

    #[test]
    fn plans_are_sold_with_a_key_and_a_secret_and_not_without() {
        const KEY: &str = "stripe_secret_key = \"sk_test_1\"\n";
        const SECRETS: &str = "stripe_webhook_secrets = \"whsec_new, whsec_old\"\n";
        const TEAM: &str = "[[plans]]\nname = \"Team\"\nprice = \"price_1\"\nper_seat = true\n";
        let shop = of(&format!("{KEY}{SECRETS}{TEAM}")).unwrap().shop.unwrap();
        assert_eq!(shop.stripe.webhook_secrets, ["whsec_new", "whsec_old"]);
        assert_eq!(shop.plans.free().name, "Free");
        assert!(!format!("{shop:?}").contains("sk_test_1"));
        assert!(of("").unwrap().shop.is_none());
        for (toml, named) in [
            (format!("{KEY}{SECRETS}"), "TINY_PLANS"),
            (format!("{KEY}{TEAM}"), "TINY_STRIPE_WEBHOOK_SECRETS"),
            (format!("{SECRETS}{TEAM}"), "TINY_STRIPE_SECRET_KEY"),
            (
                format!("stripe_secret_key = \"pk_live_s3cret\"\n{SECRETS}{TEAM}"),
                "TINY_STRIPE_SECRET_KEY",
            ),
            (
                format!("{KEY}stripe_webhook_secrets = \"s3cret\"\n{TEAM}"),
                "TINY_STRIPE_WEBHOOK_SECRETS",
            ),
            (
                format!("{KEY}{SECRETS}stripe_api_base = \"nowhere\"\n{TEAM}"),
                "TINY_STRIPE_API_BASE",
            ),
        ] {
            let told = of(&toml).unwrap_err().to_string();
            assert!(told.contains(named) && !told.contains("s3cret"), "{told}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        assert!(of("addr = \"nowhere\"").unwrap_err().to_string().contains("addr"));
        assert!(of("colour = \"red\"").unwrap_err().to_string().contains("colour"));
        let told = of("base_url = \"https://a.example/path\"").unwrap_err().to_string();
        assert!(told.contains("TINY_BASE_URL"), "{told}");
        assert!(of("trusted_proxies = \"10.0.0.0/99\"").is_err());
    }

    #[test]
    fn networks_and_single_addresses_may_be_trusted() {
        let config = of("trusted_proxies = \"10.0.0.0/8, ::1\"").unwrap();
        assert_eq!(config.trusted_proxies.len(), 2);
    }

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
