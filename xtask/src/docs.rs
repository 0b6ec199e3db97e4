//! Documents that are written by the code they describe.

use std::fs;

use anyhow::{Context, Result};

use crate::{env, sh};

/// Writes `docs/ERRORS.md` from the error catalogue.
pub fn run() -> Result<()> {
    let mut example = sh::cargo()?;
    // Captured whole before the file is touched: a failing build must not leave it empty.
    let page = sh::output(example.args(["run", "-q", "-p", "model", "--example", "errors_md"]))?;
    let path = env::root()?.join("docs/ERRORS.md");
    fs::write(&path, page).with_context(|| path.display().to_string())?;
    println!("wrote docs/ERRORS.md");
    Ok(())
}
