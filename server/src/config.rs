//! The configuration: environment variables, each also a key of the file that `TINY_CONFIG` names.
//! Read once, checked at the start.

mod error;
mod given;
mod mail;
mod retention;
mod shop;

use std::{net::SocketAddr, path::PathBuf};

use accounts::MailSettings;
use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use ipnet::IpNet;
use model::Retention;
use web::{Instance, SignupMode};

pub use error::ConfigError;
pub use given::LogFormat;
pub use shop::ShopSettings;

use given::{Given, KEYS, Signup};
use mail::mail;
use retention::retention;
use shop::shop;

/// What holds for this process.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub addr: SocketAddr,
    /// Calls of the API that one person may make in a minute; 0: as many as like.
    pub api_rate_per_minute: u32,
    /// Attempts of one outcome of one source that are kept of each minute; the rest is counted.
    pub attempts_per_minute: u32,
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
    /// How long what was sent is kept.
    pub retention: Retention,
    /// Seats of a workspace that has no limit of its own.
    pub seat_limit: Option<i64>,
    /// Who may make an account.
    pub signup: SignupMode,
    /// Whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
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
        let retention = retention(&given)?;
        let database_url = given
            .database_url
            .unwrap_or_else(|| format!("sqlite:{}", given.data_dir.join("tiny.db").display()));
        Ok(Self {
            addr: given.addr,
            api_rate_per_minute: given.api_rate_per_minute,
            attempts_per_minute: given.attempts_per_minute,
            base_url,
            database_url,
            log: given.log,
            log_format: given.log_format,
            shop,
            retention,
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

    pub(super) fn of(toml: &str) -> Result<Config, ConfigError> {
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
}
