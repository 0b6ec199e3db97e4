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
    /// Cuts the power of the disk under the database under load. Needs root.
    PowerCut(PowerCut),
    /// Fills the disk, lets its writes fail, and takes the database away, under load. Needs root for the first.
    Faults(Faults),
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
    /// Says so and is content where what a trial needs (root, a disk of its own) cannot be had.
    #[arg(long)]
    pub where_possible: bool,
    /// Set by this program itself.
    #[arg(long, hide = true)]
    pub own_mounts: bool,
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

/// What `trial power-cut` can be told.
#[derive(Debug, Clone, Args)]
pub struct PowerCut {
    /// What every trial can be told.
    #[command(flatten)]
    pub common: Common,
    /// How often, with each engine.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    pub rounds: u64,
    /// Does without syncs instead, once: then acknowledged events must be found to be lost.
    #[arg(long)]
    pub prove: bool,
}

/// What `trial faults` can be told.
#[derive(Debug, Clone, Args)]
pub struct Faults {
    /// What every trial can be told.
    #[command(flatten)]
    pub common: Common,
    /// Freezes `PostgreSQL` too: its connections stay, and nothing is answered.
    #[arg(long)]
    pub frozen: bool,
}
