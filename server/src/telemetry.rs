//! Logs: one line a request, to standard output.

use anyhow::Context;
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Config, LogFormat};

/// Starts logging for the whole process.
///
/// # Errors
///
/// When the filter cannot be read.
pub fn start(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log)
        .with_context(|| format!("TINY_LOG must be a filter such as info, not {}", config.log))?;
    let lines = fmt().with_env_filter(filter).with_target(false);
    match config.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}
