//! `bench`: loads a release build of `tiny` the way browsers do, and says what it did and what it cost.
//!
//! `cargo xtask bench <name>` builds both, starts a `PostgreSQL` and calls this. One thread does all
//! the loading, so that it takes as little as it can of the cores it shares with the server.
#![expect(clippy::print_stdout, reason = "a command line tool: its results go to standard output")]

mod args;
mod books;
mod disclosure;
mod flood;
mod ingest;
mod lane;
mod load;
mod meter;
mod pace;
mod report;
mod sign_in;
mod steady;
mod webhooks;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Benchmark, Cli};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let Cli { benchmark } = Cli::parse();
    let run = async {
        match benchmark {
            Benchmark::Ingest(args) => ingest::run(&args).await,
            Benchmark::SignIn(args) => sign_in::run(&args).await,
            Benchmark::Disclosure(args) => disclosure::run(&args).await.map(|()| true),
            Benchmark::Webhooks(args) => webhooks::run(&args).await.map(|()| true),
        }
    };
    let is_well = tokio::select! {
        done = run => done?,
        // Not just killed: the server and the files of the run must go too.
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
    };
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
