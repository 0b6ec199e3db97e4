//! `cargo xtask trial`: a release build of the server, broken in every way it must survive.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::build::{self, Profile};
use crate::postgres::{self, Postgres};
use crate::{needs, sh};

/// What belongs to every run of all tests, within a few minutes; `cargo xtask trial` alone goes on for longer.
pub const SHORT: [&[&str]; 5] = [
    // With each of both engines.
    &["crash", "--connections", "32", "--rounds", "13"],
    &["sigterm", "--connections", "32", "--rounds", "3"],
    &["power-cut", "--connections", "32", "--rounds", "3", "--where-possible"],
    &["power-cut", "--connections", "32", "--prove", "--where-possible"],
    &["faults", "--connections", "32", "--where-possible", "--frozen"],
];

/// Runs one trial with a PostgreSQL of its own.
///
/// The pages' WebAssembly is embedded if it was built before; no trial needs it.
pub fn run(name: &str, args: &[String]) -> Result<()> {
    ensure_needs()?;
    let tiny = build::binary("tiny", Profile::Release)?;
    let trial = build::binary("trial", Profile::Dev)?;
    let postgres = Postgres::start()?;
    let words = std::iter::once(name).chain(args.iter().map(String::as_str));
    sh::run(&mut command(&trial, &tiny, postgres.url(), words)?)
}

/// Installs what the trials need.
pub fn ensure_needs() -> Result<()> {
    needs::ensure(&[&needs::POSTGRES, &needs::STRACE, &needs::EXT4])
}

/// One trial of `tiny`.
pub fn command<'a>(
    trial: &Path,
    tiny: &Path,
    postgres: &str,
    words: impl IntoIterator<Item = &'a str>,
) -> Result<Command> {
    let mut command = sh::command(trial)?;
    command.args(words).arg("--tiny").arg(tiny).args(["--postgres", postgres]);
    command.arg("--postgres-bin").arg(postgres::bin_dir()?);
    Ok(command)
}
