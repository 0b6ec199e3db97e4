//! `cargo xtask bench`: the load generator against a release build.

use anyhow::Result;

use crate::build::{self, Profile};
use crate::postgres::Postgres;
use crate::{needs, sh};

/// Runs one benchmark with a PostgreSQL of its own.
///
/// The pages' WebAssembly is embedded if it was built before; no benchmark needs it.
pub fn run(name: &str, args: &[String]) -> Result<()> {
    needs::ensure(&[&needs::POSTGRES])?;
    let tiny = build::binary("tiny", Profile::Release)?;
    let bench = build::binary("bench", Profile::Release)?;
    let postgres = Postgres::start()?;
    let mut command = sh::command(bench)?;
    command.arg(name).arg("--tiny").arg(tiny).args(["--postgres", postgres.url()]).args(args);
    sh::run(&mut command)
}
