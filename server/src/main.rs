//! `tiny`: the command line.

use std::io::Write;

use anyhow::Context;
use clap::{Parser, Subcommand};
use tiny::{
    admin,
    config::Config,
    demo, openapi,
    serve::{self, Stopped},
    telemetry::{self, Stream},
};

// Requests are handed from thread to thread and freed elsewhere than they were made. Under load a sixth of the CPU
// time was spent in glibc by those threads, most of it to allocate.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    /// Fill the database with a believable workspace: sources, three days of traffic, refusals of every kind.
    Demo,
    /// Accounts, seats and secrets, from the command line.
    Admin {
        /// What to do.
        #[command(subcommand)]
        command: admin::Command,
    },
    /// Print the description of the API, in OpenAPI 3.1, and stop.
    Openapi,
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    if matches!(cli.command, Some(Command::Openapi)) {
        return Ok(writeln!(std::io::stdout(), "{:#}", *openapi::DOCUMENT)?);
    }
    let config = Config::read().context("the configuration cannot be used")?;
    let command = cli.command.unwrap_or(Command::Serve);
    // The demo sends thousands of requests; a line for each would bury what it has to say.
    let silent = matches!(command, Command::Demo).then_some("web");
    let is_server = matches!(command, Command::Serve);
    telemetry::start(&config, if is_server { Stream::Output } else { Stream::Error }, silent)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Serve => {
                if serve::run(&config).await? == Stopped::Early {
                    // Whatever is still under way would be waited for otherwise.
                    std::process::exit(1);
                }
                Ok(())
            }
            Command::Migrate => serve::open_database(&config, db::Clock::system()).await.map(drop),
            Command::Demo => demo::run(&config).await,
            Command::Admin { command } => admin::run(&config, command).await,
            Command::Openapi => Ok(()),
        }
    })
}
