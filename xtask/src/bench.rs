//! `cargo xtask bench`: the load generator against a release build.

use anyhow::Result;

use crate::build::{self, Profile};
use crate::postgres::Postgres;
use crate::{needs, sh};

/// Runs one benchmark with a PostgreSQL of its own, unless `args` name another.
///
/// The pages' WebAssembly is embedded if it was built before; no benchmark needs it.
pub fn run(name: &str, args: &[String]) -> Result<()> {
    let is_told = args.iter().any(|arg| arg == "--postgres" || arg.starts_with("--postgres="));
    if !is_told {
        needs::ensure(&[&needs::POSTGRES])?;
    }
    let tiny = build::binary("tiny", Profile::Release)?;
    let bench = build::binary("bench", Profile::Release)?;
    let postgres = if is_told { None } else { Some(Postgres::start()?) };
    let mut command = sh::command(bench)?;
    command.arg(name).arg("--tiny").arg(tiny).args(args);
    if let Some(postgres) = &postgres {
        command.args(["--postgres", postgres.url()]);
    }
    sh::run(&mut command)
}
