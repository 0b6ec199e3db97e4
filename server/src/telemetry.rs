//! Logs: one line a request.

use std::io::{IsTerminal, stderr, stdout};

use anyhow::Context;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer, filter::filter_fn, fmt, fmt::writer::BoxMakeWriter, layer::SubscriberExt,
    registry, util::SubscriberInitExt,
};

use crate::config::{Config, LogFormat};

/// Where lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output: the lines are all that the process says.
    Output,
    /// Standard error: standard output is for what was asked for.
    Error,
}

/// What is said, of what somebody wants to hear.
///
/// # Errors
///
/// When `wanted` cannot be read.
pub fn filter<S: Subscriber>(
    wanted: &str,
    but_not: Option<&str>,
) -> anyhow::Result<impl Layer<S> + use<S>> {
    let mut filter = EnvFilter::try_new(wanted)
        .with_context(|| format!("TINY_LOG must be a filter such as info, not {wanted}"))?;
    if let Some(target) = but_not {
        filter = filter.add_directive(format!("{target}=off").parse()?);
    }
    // Beside the words and not among them: the more a word says, the more it counts, so `stripe::hyper=info` would be
    // heard through `stripe=off`.
    Ok(filter.and_then(filter_fn(|metadata| !is_of_stripe(metadata))))
}

/// Whether Stripe's client says it: `stripe`, `stripe_client_core` and the others of its crates. Its spans carry the paths
/// of Stripe's API, and with them customers' ids.
fn is_of_stripe(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("stripe")
}

/// Starts logging for the whole process. `but_not` is a part of the house that keeps silent.
///
/// # Errors
///
/// When the filter cannot be read.
pub fn start(config: &Config, stream: Stream, but_not: Option<&str>) -> anyhow::Result<()> {
    let (writer, is_terminal) = match stream {
        Stream::Output => (BoxMakeWriter::new(stdout), stdout().is_terminal()),
        Stream::Error => (BoxMakeWriter::new(stderr), stderr().is_terminal()),
    };
    let lines = fmt::layer().with_target(false).with_ansi(is_terminal).with_writer(writer);
    let all = registry().with(filter(&config.log, but_not)?);
    match config.log_format {
        LogFormat::Text => all.with(lines).init(),
        LogFormat::Json => all.with(lines.json().flatten_event(true)).init(),
    }
    Ok(())
}
