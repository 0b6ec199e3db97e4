//! What every program that loads a server is told: which server, over which databases, from how many connections.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use url::Url;

use crate::database::Engine;

/// What every one of these programs can be told.
#[derive(Debug, Clone, Args)]
pub struct Target {
    /// The server's binary, built for release.
    #[arg(long)]
    pub tiny: PathBuf,
    /// A `PostgreSQL` server on which databases may be created.
    #[arg(long)]
    pub postgres: Option<Url>,
    /// What stores the events.
    #[arg(long, value_enum, default_value_t = Engines::Both)]
    pub engine: Engines,
    /// Connections that send events, each with one request under way.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    pub connections: u16,
    /// Where `SQLite`'s files go; it should be a real disk, which `/tmp` often is not.
    #[arg(long, default_value = "/var/tmp")]
    pub folder: PathBuf,
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

impl Target {
    /// The engines to try, in order.
    ///
    /// # Errors
    ///
    /// When `PostgreSQL` is asked for and no server is named.
    pub fn engines(&self) -> Result<Vec<Engine>> {
        self.engines_where(self.postgres.is_some(), "--postgres URL")
    }

    /// The same for a program that can make its own `PostgreSQL` if `has_postgres`; otherwise `missing` must be told.
    pub fn engines_where(&self, has_postgres: bool, missing: &str) -> Result<Vec<Engine>> {
        Ok(match (self.engine, has_postgres) {
            (Engines::Sqlite, _) | (Engines::Both, false) => vec![Engine::Sqlite],
            (Engines::Both, true) => vec![Engine::Sqlite, Engine::Postgres],
            (Engines::Postgres, true) => vec![Engine::Postgres],
            (Engines::Postgres, false) => bail!("--engine postgres needs {missing}"),
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
