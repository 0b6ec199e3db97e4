//! `trial`: proves that Tiny keeps what it has acknowledged, whatever happens to it.
//!
//! A 200 is sent after the commit that holds the events, the session and the attempt, with the disk synced. Each trial
//! breaks a running server in its own way while visitors write down what they are told, and then compares that with
//! what is stored. `cargo xtask trial <name>` builds both, starts a `PostgreSQL` and calls this.
#![expect(clippy::print_stdout, reason = "a command line tool: its results go to standard output")]

mod arena;
mod args;
mod cluster;
mod compare;
mod crash;
mod dice;
mod disk;
mod faults;
mod journal;
mod log;
mod power_cut;
mod report;
mod request;
mod sigterm;
mod stored;
mod visitor;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Common, Trial};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let Cli { trial } = Cli::parse();
    let run = async {
        match trial {
            Trial::Crash(args) => crash::run(args).await,
            Trial::Sigterm(args) => sigterm::run(args).await,
            Trial::PowerCut(args) => match Ground::of(&args.common)? {
                Ground::Own => power_cut::run(args).await,
                Ground::Done(is_well) => Ok(is_well),
            },
            Trial::Faults(args) if !args.common.own_mounts && disk::can_have_own_mounts() => {
                disk::run_with_own_mounts()
            }
            Trial::Faults(args) => faults::run(args).await,
        }
    };
    let is_well = tokio::select! {
        done = run => done?,
        // Not just killed: the server and the files of the run must go too.
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
    };
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where a trial that mounts disks runs.
enum Ground {
    /// Here, where nobody else sees them.
    Own,
    /// It is over: it ran in such a place, or there can be none.
    Done(bool),
}

impl Ground {
    fn of(common: &Common) -> anyhow::Result<Self> {
        if !common.own_mounts && disk::can_have_own_mounts() {
            return disk::run_with_own_mounts().map(Self::Done);
        }
        match disk::obstacle(&common.target.folder) {
            None => Ok(Self::Own),
            Some(obstacle) if common.where_possible => {
                println!("not possible here: {obstacle}");
                Ok(Self::Done(true))
            }
            Some(obstacle) => anyhow::bail!("not possible here: {obstacle}"),
        }
    }
}
