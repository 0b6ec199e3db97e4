//! `tiny`: the command line.

use anyhow::Context;
use clap::{Parser, Subcommand};
use tiny::{config::Config, serve, telemetry};

/// A self-hosted event platform that tells you exactly what happened to every request.
#[derive(Parser)]
#[command(name = "tiny", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server (the default).
    Serve,
    /// Bring the database's schema up to date and stop.
    Migrate,
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let config = Config::read().context("the configuration cannot be used")?;
    telemetry::start(&config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::run(&config).await,
            Command::Migrate => serve::open_database(&config).await.map(drop),
        }
    })
}
