//! Python packages: installed exactly as locked, and only when the lock or the Python has changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{env, needs, sh};

/// Installs what `folder` has locked, unless that is there already; gives the `python` that sees it.
pub fn install(folder: &Path) -> Result<PathBuf> {
    needs::ensure(&[&needs::PYTHON])?;
    let lock = folder.join("requirements.txt");
    let locked = fs::read_to_string(&lock).with_context(|| lock.display().to_string())?;
    let version = sh::output(sh::command("python3")?.arg("--version"))?;
    let wanted = version + &locked;
    // Each lock has an environment of its own.
    let name = folder.file_name().context("a folder without a name")?;
    let home = env::target_dir()?.join("xtask-python").join(name);
    let python = home.join("bin/python");
    // Written last, so that an interrupted installation is done again.
    let installed = home.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    sh::run(sh::command("python3")?.args(["-m", "venv", "--clear"]).arg(&home))?;
    let mut pip = sh::command(&python)?;
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    // Nothing that is not locked, and nothing that would have to be built.
    pip.args(["--require-hashes", "--only-binary=:all:", "-r"]).arg(&lock);
    sh::run(&mut pip)?;
    fs::write(&installed, wanted).with_context(|| installed.display().to_string())?;
    Ok(python)
}
