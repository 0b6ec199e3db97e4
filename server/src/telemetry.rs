//! Logs: one line a request, to standard output.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Config, LogFormat};

/// Starts logging for the whole process. `but_not` is a part of the house that keeps silent.
///
/// # Errors
///
/// When the filter cannot be read.
pub fn start(config: &Config, but_not: Option<&str>) -> anyhow::Result<()> {
    let mut filter = EnvFilter::try_new(&config.log)
        .with_context(|| format!("TINY_LOG must be a filter such as info, not {}", config.log))?;
    if let Some(target) = but_not {
        filter = filter.add_directive(format!("{target}=off").parse()?);
    }
    let is_terminal = std::io::stdout().is_terminal();
    let lines = fmt().with_env_filter(filter).with_target(false).with_ansi(is_terminal);
    match config.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}
