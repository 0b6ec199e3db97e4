//! Programs that cargo cannot bring: what, why, how to see that they are there, and their package.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::{env, postgres, sh};

/// A program from outside.
pub struct Need {
    what: &'static str,
    why: &'static str,
    is_present: fn() -> bool,
    debian: &'static [&'static str],
}

/// Runs the SDK's tests, the browser tests and the WebAssembly optimiser.
pub const NODE: Need = Need {
    what: "Node.js 18 or later",
    why: "runs the tests of the SDK and the pages, and the WebAssembly optimiser",
    is_present: has_node,
    debian: &["nodejs"],
};

/// Installs what those need.
pub const NPM: Need = Need {
    what: "npm",
    why: "installs what the SDK, the tests of the pages and the WebAssembly build have locked",
    is_present: || can_run("npm", "--version"),
    debian: &["npm"],
};

/// The second engine every storage test runs on.
pub const POSTGRES: Need = Need {
    what: "PostgreSQL",
    why: "every storage test runs on SQLite and on PostgreSQL",
    is_present: || postgres::bin_dir().is_ok(),
    debian: &["postgresql"],
};

/// Makes single system calls of a running server fail.
pub const STRACE: Need = Need {
    what: "strace",
    why: "lets a disk fail under a running server",
    is_present: || can_run("strace", "--version"),
    debian: &["strace"],
};

/// A disk of its own for a database, which can be full and lose its power.
pub const EXT4: Need = Need {
    what: "mkfs.ext4 and mount",
    why: "the power of a disk under a database is cut",
    is_present: || can_run("mkfs.ext4", "-V") && can_run("mount", "--version"),
    debian: &["e2fsprogs", "mount"],
};

/// Compiles the fuzzer.
pub const CPP: Need = Need {
    what: "a C++ compiler",
    why: "libFuzzer, which makes up inputs, is written in C++",
    is_present: || can_run("c++", "--version"),
    debian: &["g++"],
};

/// The browser of the tests of the pages.
pub const CHROMIUM: Need = Need {
    what: "Chromium",
    why: "the pages are tested in a real browser",
    is_present: || env::chromium().is_file(),
    debian: &["chromium"],
};

/// Runs the calls of the API that its description makes up, and Stripe's client.
pub const PYTHON: Need = Need {
    what: "Python 3.11 or later with venv",
    why: "runs schemathesis, which calls the API as it is described, and Stripe's client",
    is_present: has_python,
    debian: &["python3", "python3-venv"],
};

/// A compiler and the source of its standard library, where rustup cannot bring the target.
pub const WASM_COMPILER: Need = Need {
    what: "a Rust compiler for WebAssembly",
    why: "rustup could not install the target wasm32-unknown-unknown",
    is_present: has_wasm_compiler,
    debian: &["rustc-web", "cargo-web", "rust-web-src"],
};

/// Installs what is missing, as root on Debian; else fails with the line that would.
pub fn ensure(needs: &[&Need]) -> Result<()> {
    let missing = absent(needs);
    if missing.is_empty() {
        return Ok(());
    }
    for need in &missing {
        eprintln!("missing: {} ({})", need.what, need.why);
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.debian).copied().collect();
    if !env::is_root() || !can_run("apt-get", "--version") {
        bail!("install it, on Debian with: apt-get install -y {}", packages.join(" "));
    }
    let mut install = apt_get()?;
    install.args(["install", "-y", "--no-install-recommends"]).args(&packages);
    // Without a network the lists of packages may still be good enough.
    sh::run(apt_get()?.arg("update")).or_else(|error| {
        eprintln!("{error:#}");
        Ok::<(), anyhow::Error>(())
    })?;
    sh::run(&mut install)?;
    if let Some(need) = absent(&missing).first() {
        bail!("{} is installed, but still not {}", need.debian.join(" "), need.what);
    }
    Ok(())
}

fn absent<'a>(needs: &[&'a Need]) -> Vec<&'a Need> {
    needs.iter().filter(|need| !(need.is_present)()).copied().collect()
}

fn apt_get() -> Result<Command> {
    let mut command = sh::command("apt-get")?;
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}

fn can_run(program: &str, argument: &str) -> bool {
    let mut command = Command::new(program);
    command.arg(argument).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn has_node() -> bool {
    node_major().is_some_and(|major| major >= 18)
}

/// The major version of the system's Node.js.
pub fn node_major() -> Option<u32> {
    version("node").map(|(major, _)| major)
}

fn has_python() -> bool {
    // Debian packages what makes an environment apart from Python.
    version("python3").is_some_and(|version| version >= (3, 11))
        && can_run("python3", "-cimport ensurepip, venv")
}

fn has_wasm_compiler() -> bool {
    // Debian's own compiler is much older than the one it packages for its browsers.
    let is_young = version("/usr/bin/rustc").is_some_and(|version| version >= (1, 95));
    let library = Path::new("/usr/lib/rustlib/src/rust/library/std/Cargo.toml");
    is_young && can_run("/usr/bin/cargo", "--version") && library.is_file()
}

/// Major and minor, as the program tells: `v20.1.0`, `rustc 1.96.0 (…)`.
fn version(program: &str) -> Option<(u32, u32)> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let printed = String::from_utf8(output.stdout).ok()?;
    let number = printed.split_whitespace().find_map(|word| {
        let word = word.trim_start_matches('v');
        word.starts_with(|c: char| c.is_ascii_digit()).then_some(word)
    })?;
    let mut parts = number.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}
