//! `bench`: loads a release build of `tiny` the way browsers do, and says what it did and what it cost.
//!
//! `cargo xtask bench <name>` builds both, starts a `PostgreSQL` and calls this. One thread does all
//! the loading, so that it takes as little as it can of the cores it shares with the server.
#![expect(clippy::print_stdout, reason = "a command line tool: its results go to standard output")]

mod args;
mod bare;
mod books;
mod disclosure;
mod flood;
mod ingest;
mod lane;
mod load;
mod lone_sync;
mod meter;
mod pace;
mod sign_in;
mod steady;
mod webhooks;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;

use crate::args::{Benchmark, Cli};

fn main() -> Result<ExitCode> {
    match Cli::parse().benchmark {
        Benchmark::Ingest(args) => load(ingest::run(&args)),
        Benchmark::SignIn(args) => load(sign_in::run(&args)),
        Benchmark::Disclosure(args) => load(async { disclosure::run(&args).await.map(|()| true) }),
        Benchmark::Webhooks(args) => load(async { webhooks::run(&args).await.map(|()| true) }),
        Benchmark::Bare { address } => bare::serve(address).map(|()| ExitCode::SUCCESS),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn load(run: impl Future<Output = Result<bool>>) -> Result<ExitCode> {
    let is_well = tokio::select! {
        done = run => done?,
        // Not just killed: the server and the files of the run must go too.
        _ = tokio::signal::ctrl_c() => bail!("interrupted"),
    };
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
