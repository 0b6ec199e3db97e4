//! The one place that reads the environment: where things lie, and what a caller has set.
#![expect(
    clippy::disallowed_methods,
    reason = "xtask is a tool, not the server: its few variables are read here and nowhere else"
)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

fn var(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folder of the workspace.
///
/// Read when run, not when compiled: one target folder may serve several clones.
pub fn root() -> Result<PathBuf> {
    let own = var("CARGO_MANIFEST_DIR").context("start this with `cargo xtask`")?;
    let root = Path::new(&own).parent().context("xtask lies in no workspace")?;
    Ok(root.to_path_buf())
}

/// Where cargo builds, as an absolute path.
pub fn target_dir() -> Result<PathBuf> {
    match var("CARGO_TARGET_DIR") {
        Some(dir) => Ok(std::path::absolute(dir)?),
        None => Ok(root()?.join("target")),
    }
}

/// The search path of programs with `folder` before all others.
pub fn path_with_first(folder: &Path) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(folders)?)
}

/// The PostgreSQL server the caller wants the tests to use.
pub fn test_postgres_url() -> Option<String> {
    var("TINY_TEST_POSTGRES_URL")
}

/// Where `tiny serve` will listen.
pub fn tiny_addr() -> String {
    var("TINY_ADDR").unwrap_or_else(|| "127.0.0.1:3000".to_owned())
}

/// The browser for the tests of the pages.
pub fn chromium() -> PathBuf {
    var("CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from)
}

/// Whether this runs as root: may install packages, and must not run PostgreSQL as itself.
pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

/// What `cargo run` told this process about itself.
///
/// A child cargo must not see it: some build scripts watch these names, and would run again each
/// time a build is started from here instead of by hand.
pub fn leaks_of_cargo_run() -> Vec<OsString> {
    inherited(is_leak_of_cargo_run)
}

/// What rustup and its cargo set for their own compiler, and what is meant for native code.
///
/// Another toolchain's cargo must not see it.
pub fn leaks_of_toolchain() -> Vec<OsString> {
    inherited(is_leak_of_toolchain)
}

fn inherited(is_wanted: fn(&str) -> bool) -> Vec<OsString> {
    let names = std::env::vars_os().map(|(name, _)| name);
    names.filter(|name| name.to_str().is_some_and(is_wanted)).collect()
}

fn is_leak_of_cargo_run(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || name.starts_with("CARGO_BIN_")
        || matches!(name, "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "CARGO_MAKEFLAGS")
        || name == "RUST_RECURSION_COUNT"
}

fn is_leak_of_toolchain(name: &str) -> bool {
    name.starts_with("RUSTC")
        || name.starts_with("RUSTDOC")
        || name.starts_with("CARGO_PROFILE_")
        || name.starts_with("CARGO_TARGET_")
        || matches!(name, "CARGO" | "RUSTUP_TOOLCHAIN" | "RUSTFLAGS" | "CARGO_ENCODED_RUSTFLAGS")
        || matches!(name, "LD_LIBRARY_PATH" | "CARGO_BUILD_TARGET" | "CARGO_BUILD_RUSTC")
        || matches!(name, "CARGO_BUILD_RUSTC_WRAPPER" | "CARGO_BUILD_RUSTFLAGS")
}

#[cfg(test)]
mod tests {
    use super::{is_leak_of_cargo_run, is_leak_of_toolchain};

    #[test]
    fn a_child_cargo_keeps_what_a_person_sets() {
        for kept in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_NET_OFFLINE", "RUST_BACKTRACE"] {
            assert!(!is_leak_of_cargo_run(kept), "{kept}");
        }
        for kept in ["CARGO_HOME", "CARGO_HTTP_CAINFO", "CARGO_BUILD_JOBS", "PATH"] {
            assert!(!is_leak_of_toolchain(kept), "{kept}");
        }
    }

    #[test]
    fn a_child_cargo_does_not_see_what_belongs_to_this_one() {
        for lost in ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"] {
            assert!(is_leak_of_cargo_run(lost), "{lost}");
        }
        for lost in ["RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "CARGO", "RUSTFLAGS"] {
            assert!(is_leak_of_toolchain(lost), "{lost}");
        }
    }
}
