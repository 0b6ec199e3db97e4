//! The command line.

use std::{path::PathBuf, time::Duration};

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use url::Url;

use crate::database::Engine;

/// The benchmarks of Tiny.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
pub struct Cli {
    /// Which one.
    #[command(subcommand)]
    pub benchmark: Benchmark,
}

/// The benchmarks there are.
#[derive(Debug, Subcommand)]
pub enum Benchmark {
    /// Sends events as browsers do, one a request and 25 a request, to each engine in turn.
    Ingest(IngestArgs),
}

/// What `bench ingest` can be told.
#[derive(Debug, Args)]
pub struct IngestArgs {
    /// The server's binary, built for release.
    #[arg(long)]
    pub tiny: PathBuf,
    /// A `PostgreSQL` server on which databases may be created.
    #[arg(long)]
    pub postgres: Option<Url>,
    /// What stores the events.
    #[arg(long, value_enum, default_value_t = Engines::Both)]
    pub engine: Engines,
    /// Seconds that are measured.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Seconds of load before that.
    #[arg(long, default_value_t = 2)]
    warmup: u64,
    /// Connections, each with one request under way.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    pub connections: u16,
    /// What event ids look like; it decides where in the index each row goes.
    #[arg(long, value_enum, default_value_t = Ids::Sdk)]
    pub ids: Ids,
    /// Where `SQLite`'s files go; it should be a real disk, which `/tmp` often is not.
    #[arg(long, default_value = "/var/tmp")]
    pub folder: PathBuf,
}

/// How event ids are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ids {
    /// As the SDK does: the time, then random digits.
    Sdk,
    /// Random from the first digit, as a version 4 UUID: each hits the index somewhere else.
    Random,
}

/// A choice of engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engines {
    /// One file.
    Sqlite,
    /// The server named by `--postgres`.
    Postgres,
    /// One after the other; without `--postgres`, only `SQLite`.
    Both,
}

impl IngestArgs {
    /// How long is measured.
    pub const fn measured(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// How long load runs before that.
    pub const fn warmup(&self) -> Duration {
        Duration::from_secs(self.warmup)
    }

    /// The engines to try, in order.
    ///
    /// # Errors
    ///
    /// When `PostgreSQL` is asked for and no server is named.
    pub fn engines(&self) -> Result<Vec<Engine>> {
        Ok(match (self.engine, &self.postgres) {
            (Engines::Sqlite, _) | (Engines::Both, None) => vec![Engine::Sqlite],
            (Engines::Both, Some(_)) => vec![Engine::Sqlite, Engine::Postgres],
            (Engines::Postgres, Some(_)) => vec![Engine::Postgres],
            (Engines::Postgres, None) => bail!("--engine postgres needs --postgres URL"),
        })
    }

    /// The command as it was typed, without a password that the address may hold.
    pub fn command_line(&self) -> String {
        let line = std::env::args().collect::<Vec<_>>().join(" ");
        match self.postgres.as_ref().and_then(Url::password) {
            Some(password) => line.replace(&format!(":{password}@"), ":***@"),
            None => line,
        }
    }
}
