//! Logs: one line a request.

use std::io::{IsTerminal, stderr, stdout};

use anyhow::Context;
use tracing_subscriber::{EnvFilter, fmt, fmt::writer::BoxMakeWriter};

use crate::config::{Config, LogFormat};

/// Where lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output: the lines are all that the process says.
    Output,
    /// Standard error: standard output is for what was asked for.
    Error,
}

/// Keeps silent whatever the filter says: its spans carry the paths of Stripe's API, and with them customers' ids.
const SILENT: &str = "stripe";

/// What is said, of what somebody wants to hear.
///
/// # Errors
///
/// When `wanted` cannot be read.
pub fn filter(wanted: &str, but_not: Option<&str>) -> anyhow::Result<EnvFilter> {
    let mut filter = EnvFilter::try_new(wanted)
        .with_context(|| format!("TINY_LOG must be a filter such as info, not {wanted}"))?;
    for target in [SILENT, but_not.unwrap_or(SILENT)] {
        filter = filter.add_directive(format!("{target}=off").parse()?);
    }
    Ok(filter)
}

/// Starts logging for the whole process. `but_not` is a part of the house that keeps silent.
///
/// # Errors
///
/// When the filter cannot be read.
pub fn start(config: &Config, stream: Stream, but_not: Option<&str>) -> anyhow::Result<()> {
    let filter = filter(&config.log, but_not)?;
    let (writer, is_terminal) = match stream {
        Stream::Output => (BoxMakeWriter::new(stdout), stdout().is_terminal()),
        Stream::Error => (BoxMakeWriter::new(stderr), stderr().is_terminal()),
    };
    let lines = fmt().with_env_filter(filter).with_target(false);
    let lines = lines.with_ansi(is_terminal).with_writer(writer);
    match config.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}
