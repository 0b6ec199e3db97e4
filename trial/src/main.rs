//! `trial`: proves that Tiny keeps what it has acknowledged, whatever happens to it.
//!
//! A 200 is sent after the commit that holds the events, the session and the attempt, with the disk synced. Each trial
//! breaks a running server in its own way while visitors write down what they are told, and then compares that with
//! what is stored. `cargo xtask trial <name>` builds both, starts a `PostgreSQL` and calls this.
#![expect(clippy::print_stdout, reason = "a command line tool: its results go to standard output")]

mod arena;
mod args;
mod compare;
mod crash;
mod dice;
mod journal;
mod report;
mod request;
mod sigterm;
mod stored;
mod visitor;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Trial};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let Cli { trial } = Cli::parse();
    let run = async {
        match trial {
            Trial::Crash(args) => crash::run(args).await,
            Trial::Sigterm(args) => sigterm::run(args).await,
        }
    };
    let is_well = tokio::select! {
        done = run => done?,
        // Not just killed: the server and the files of the run must go too.
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
    };
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
