//! npm packages: installed exactly as locked, and only when the lock has changed.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{env, needs, node, sh};

/// npm in `folder`, without colour codes in what it prints.
pub fn npm(folder: &Path) -> Result<Command> {
    in_folder("npm", folder)
}

/// npx in `folder`, without colour codes in what it prints, on a Node.js that is new enough for every tool.
pub fn npx(folder: &Path) -> Result<Command> {
    let mut command = in_folder("npx", folder)?;
    if let Some(newer) = node::newer()? {
        command.env("PATH", env::path_with_first(&newer)?);
    }
    Ok(command)
}

fn in_folder(program: &str, folder: &Path) -> Result<Command> {
    let mut command = sh::command(program)?;
    // Counts are read from the output, and a colour code in a line would hide them.
    command.current_dir(folder).env("FORCE_COLOR", "0").env_remove("NO_COLOR");
    Ok(command)
}

/// Installs what `folder` has locked, unless that is there already.
pub fn install(folder: &Path) -> Result<()> {
    needs::ensure(&[&needs::NODE, &needs::NPM])?;
    let lock = folder.join("package-lock.json");
    let locked_at = fs::metadata(&lock)
        .and_then(|file| file.modified())
        .with_context(|| format!("{} is missing", lock.display()))?;
    // npm writes this file last, so an interrupted installation is done again.
    let installed = fs::metadata(folder.join("node_modules/.package-lock.json"));
    if installed.and_then(|file| file.modified()).is_ok_and(|at| at >= locked_at) {
        return Ok(());
    }
    let mut ci = npm(folder)?;
    // Test tools may want to fetch a browser of their own; the system's is used.
    ci.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    sh::run(ci.args(["ci", "--no-audit", "--no-fund"]))
}
