//! The project's own commands. `cargo xtask` alone prints what there is.
//!
//! Nothing here is part of the product: this crate starts compilers, servers and test runners, says
//! what it starts, and reports how it went.
#![expect(clippy::print_stdout, reason = "a command line tool: its results go to standard output")]

mod bench;
mod build;
mod ci;
mod counts;
mod docs;
mod env;
mod fuzz;
mod needs;
mod node;
mod npm;
mod postgres;
mod python;
mod run;
mod sh;
mod test;
mod trial;
mod wasm;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask <command>

  run [-- args]              build everything, then run `tiny serve` with these arguments
  run --with-fake-stripe     the same, selling plans through a Stripe that is none: no money moves;
                             each time with nothing in it, apart from the data of other runs
  build [--release]          the WebAssembly and the binary with everything embedded
  test [part] [-- args]      every test, or one part: rust, sdk, api, stripe, pages, trial; args go
                             to its runner (stripe has two and takes none)
  ci                         format, WebAssembly, lints, docs, fuzz, then every test
  fuzz [target] [--seconds n] [input]
                             makes up inputs for the ingest door: body, headers; or runs one input
  bench <name> [-- args]     one benchmark, against a release build and a fresh PostgreSQL
  trial <name> [-- args]     breaks a release build under load and looks for what was lost: crash,
                             sigterm, power-cut, faults
  docs                       write the generated documents again

Environment: CARGO_TARGET_DIR (build output), TINY_TEST_POSTGRES_URL (use this server in tests
instead of a throw-away one), CHROMIUM (the browser, default /usr/bin/chromium).";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(Verdict::Good) => ExitCode::SUCCESS,
        Ok(Verdict::Bad) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// How a command that reports for itself ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All is well.
    Good,
    /// Something failed, and the command has already said what.
    Bad,
}

impl Verdict {
    /// Good if `is_good`.
    #[must_use]
    pub fn from_bool(is_good: bool) -> Self {
        if is_good { Self::Good } else { Self::Bad }
    }
}

fn dispatch(args: &[String]) -> Result<Verdict> {
    let Some((command, rest)) = args.split_first() else {
        println!("{USAGE}");
        return Ok(Verdict::Bad);
    };
    match command.as_str() {
        "build" => match rest {
            [] => build::tiny(build::Profile::Dev).map(|_| Verdict::Good),
            [flag] if flag == "--release" => build::release_with_sizes().map(|()| Verdict::Good),
            _ => bail!("build takes --release and nothing else\n\n{USAGE}"),
        },
        "run" => match rest.split_first() {
            Some((flag, rest)) if flag == "--with-fake-stripe" => {
                run::run_with_fake_stripe(after_dashes(rest))
            }
            _ => run::run(after_dashes(rest)),
        },
        "test" => test::run(rest),
        "ci" if rest.is_empty() => Ok(ci::run()),
        "fuzz" => fuzz::run(after_dashes(rest)).map(|()| Verdict::Good),
        "bench" => match rest.split_first() {
            Some((name, more)) if !name.starts_with('-') => {
                bench::run(name, after_dashes(more)).map(|()| Verdict::Good)
            }
            _ => bail!("which benchmark?\n\n{USAGE}"),
        },
        "trial" => match rest.split_first() {
            Some((name, more)) if !name.starts_with('-') => {
                trial::run(name, after_dashes(more)).map(|()| Verdict::Good)
            }
            _ => bail!("which trial?\n\n{USAGE}"),
        },
        "docs" if rest.is_empty() => docs::run().map(|()| Verdict::Good),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(Verdict::Good)
        }
        _ => bail!("no such command: {}\n\n{USAGE}", args.join(" ")),
    }
}

/// The arguments without a leading `--`, which people write out of habit or need.
#[must_use]
pub fn after_dashes(args: &[String]) -> &[String] {
    match args.split_first() {
        Some((first, rest)) if first == "--" => rest,
        _ => args,
    }
}
