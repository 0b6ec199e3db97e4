//! `cargo xtask run`: from a fresh clone to a running server.

use std::convert::Infallible;
use std::os::unix::process::CommandExt;

use anyhow::{Context, Result};

use crate::{build, sh};

/// Builds everything, then becomes `tiny serve`: its signals, its terminal, its exit code.
pub fn run(args: &[String]) -> Result<Infallible> {
    let tiny = build::tiny(build::Profile::Dev)?;
    let mut serve = sh::command(tiny)?;
    serve.arg("serve").args(args);
    sh::echo(&serve);
    let error = serve.exec();
    Err(error).context("tiny does not start")
}
