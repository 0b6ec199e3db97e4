//! What the environment and the file say, of the right kinds and not looked at yet.

use std::{net::SocketAddr, path::PathBuf};

use billing::Plan;
use serde::Deserialize;

/// Every key, as it stands in the environment without `TINY_`.
pub(super) const KEYS: [&str; 19] = [
    "addr",
    "api_rate_per_minute",
    "attempt_retention_days",
    "attempts_per_minute",
    "base_url",
    "data_dir",
    "database_url",
    "log",
    "log_format",
    "mail_from",
    "plans",
    "retention_days",
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
pub(super) struct Given {
    #[serde(default = "default_addr")]
    pub addr: SocketAddr,
    #[serde(default = "default_api_rate")]
    pub api_rate_per_minute: u32,
    pub attempt_retention_days: Option<u32>,
    #[serde(default = "default_attempts")]
    pub attempts_per_minute: u32,
    pub base_url: Option<String>,
    #[serde(default = "default_data_dir")]
    pub data_dir: PathBuf,
    pub database_url: Option<String>,
    #[serde(default = "default_log")]
    pub log: String,
    #[serde(default)]
    pub log_format: LogFormat,
    pub mail_from: Option<String>,
    pub plans: Option<Vec<Plan>>,
    pub retention_days: Option<u32>,
    pub seat_limit: Option<u32>,
    #[serde(default)]
    pub signup: Signup,
    pub smtp_url: Option<String>,
    pub stripe_api_base: Option<String>,
    pub stripe_secret_key: Option<String>,
    pub stripe_webhook_secrets: Option<String>,
    #[serde(default)]
    pub trusted_proxies: String,
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
pub(super) enum Signup {
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

const fn default_attempts() -> u32 {
    attempts::KEPT_PER_MINUTE
}

fn default_data_dir() -> PathBuf {
    PathBuf::from("./data")
}

fn default_log() -> String {
    "info".to_owned()
}
