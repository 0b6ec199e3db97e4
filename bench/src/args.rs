//! The command line.

use std::{net::SocketAddr, time::Duration};

use clap::{Args, Parser, Subcommand};
use rig::{payload::Ids, target::Target};

use crate::ingest::series::{Choice, Series};

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
    /// Sends events as browsers do, to each engine in turn: how many a second, how soon, at what cost.
    Ingest(IngestArgs),
    /// Sends events at a fixed rate, alone and beside a flood of wrong sign-ins.
    SignIn(SignInArgs),
    /// Asks for accounts that exist and for some that do not: can a stranger tell by the time an answer takes?
    Disclosure(DisclosureArgs),
    /// How soon Stripe's messages are answered
    Webhooks(WebhooksArgs),
    /// Answers every request with 204: what `ingest` is compared with. It runs this itself.
    #[command(name = "serve", hide = true)]
    Bare {
        /// Where it listens.
        #[arg(long, env = "TINY_ADDR")]
        address: SocketAddr,
    },
}

/// What `bench ingest` can be told.
#[derive(Debug, Args)]
pub struct IngestArgs {
    /// What every benchmark can be told.
    #[command(flatten)]
    pub target: Target,
    /// What is measured, with commas between.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Choice::USUAL)]
    series: Vec<Choice>,
    /// Seconds that are measured in each run.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Seconds of load before that.
    #[arg(long, default_value_t = 2)]
    warmup: u64,
    /// Runs of each case. The cases of a series take turns.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    pub rounds: u32,
    /// Events, and as many attempts, that are stored before the series `rows`.
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub rows: u32,
    /// What event ids look like; it decides where in the index each row goes.
    #[arg(long, value_enum, default_value_t = Ids::Sdk)]
    pub ids: Ids,
    /// The date in the heading; otherwise today's.
    #[arg(long)]
    pub date: Option<String>,
}

/// What `bench sign-in` can be told.
#[derive(Debug, Args)]
pub struct SignInArgs {
    /// What every benchmark can be told.
    #[command(flatten)]
    pub target: Target,
    /// Seconds that are measured alone, and as many with the flood; in ten turns.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(10..))]
    seconds: u64,
    /// Seconds of load before each phase.
    #[arg(long, default_value_t = 2)]
    warmup: u64,
    /// Requests with one event that are due each second.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub rate: u32,
    /// Wrong sign-ins that are due each second of the flood.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    pub sign_ins: u32,
    /// Accounts made before, whose turn it is with every other sign-in. After ten failures each, the server does
    /// without hashing for a while.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..))]
    pub accounts: u32,
}

/// What `bench disclosure` can be told.
#[derive(Debug, Args)]
pub struct DisclosureArgs {
    /// What every benchmark can be told.
    #[command(flatten)]
    pub target: Target,
    /// Tries of each kind at each door; so many accounts are made before.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    pub tries: u32,
}

/// What `bench webhooks` can be told.
#[derive(Debug, Args)]
pub struct WebhooksArgs {
    /// What every benchmark can be told.
    #[command(flatten)]
    pub target: Target,
    /// Seconds that are measured.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub seconds: u64,
    /// Messages that are due each second.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub rate: u32,
}

impl IngestArgs {
    /// The series that were asked for, each once.
    pub fn series(&self) -> Vec<Series> {
        Choice::resolve(&self.series)
    }

    /// How long is measured.
    pub const fn measured(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// How long load runs before that.
    pub const fn warmup(&self) -> Duration {
        Duration::from_secs(self.warmup)
    }
}

impl SignInArgs {
    /// How often it is measured alone, and then with the flood.
    pub const TURNS: usize = 10;

    /// How long is measured in each phase of a turn.
    pub const fn phase(&self) -> Duration {
        Duration::from_millis(self.seconds * 1_000 / Self::TURNS as u64)
    }

    /// How long load runs before each.
    pub const fn warmup(&self) -> Duration {
        Duration::from_secs(self.warmup)
    }
}
