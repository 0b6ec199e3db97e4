//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use db::Clock;
use rig::target::Target;

/// The trials of Tiny: what it promises of stored events, while it is broken in every way it must survive.
#[derive(Debug, Parser)]
#[command(name = "trial", version)]
pub struct Cli {
    /// Which one.
    #[command(subcommand)]
    pub trial: Trial,
}

/// The trials there are.
#[derive(Debug, Subcommand)]
pub enum Trial {
    /// Kills the server at random moments under load, again and again over the same database.
    Crash(Rounds),
    /// Tells the server to stop under load.
    Sigterm(Rounds),
}

/// What every trial can be told.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// What every one of these programs can be told.
    #[command(flatten)]
    pub target: Target,
    /// Repeats the schedule of the run that printed it.
    #[arg(long)]
    seed: Option<u64>,
    /// The folder of `PostgreSQL`'s programs, for trials that run a server of their own.
    #[arg(long)]
    pub postgres_bin: Option<PathBuf>,
}

impl Common {
    /// The seed; another one in each run that was not told one.
    pub fn seed(&mut self) -> u64 {
        *self.seed.get_or_insert_with(|| Clock::system().now().0.unsigned_abs())
    }
}

/// A trial in rounds.
#[derive(Debug, Clone, Args)]
pub struct Rounds {
    /// What every trial can be told.
    #[command(flatten)]
    pub common: Common,
    /// How often, with each engine.
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u64).range(1..))]
    pub rounds: u64,
}
