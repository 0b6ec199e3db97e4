//! `cargo xtask trial`: a release build of the server, broken in every way it must survive.

use anyhow::Result;

use crate::build::{self, Profile};
use crate::postgres::{self, Postgres};
use crate::{needs, sh};

/// Runs one trial with a PostgreSQL of its own.
///
/// The pages' WebAssembly is embedded if it was built before; no trial needs it.
pub fn run(name: &str, args: &[String]) -> Result<()> {
    needs::ensure(&[&needs::POSTGRES, &needs::STRACE])?;
    let tiny = build::binary("tiny", Profile::Release)?;
    let trial = build::binary("trial", Profile::Dev)?;
    let postgres = Postgres::start()?;
    let mut command = sh::command(trial)?;
    command.arg(name).arg("--tiny").arg(tiny).args(["--postgres", postgres.url()]);
    command.arg("--postgres-bin").arg(postgres::bin_dir()?).args(args);
    sh::run(&mut command)
}
