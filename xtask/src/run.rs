//! `cargo xtask run`: from a fresh clone to a running server.

mod beside;
mod fake_stripe;

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{Verdict, build, sh};

pub use fake_stripe::run_with_fake_stripe;

/// Builds everything, then becomes `tiny serve`: its signals, its terminal, its exit code.
pub fn run(args: &[String]) -> Result<Verdict> {
    let mut serve = serve(args)?;
    sh::echo(&serve);
    let error = serve.exec();
    Err(error).context("tiny does not start")
}

fn serve(args: &[String]) -> Result<Command> {
    let tiny = build::tiny(build::Profile::Dev)?;
    let mut serve = sh::command(tiny)?;
    serve.arg("serve").args(args);
    Ok(serve)
}
