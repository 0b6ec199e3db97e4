//! Which compiler makes WebAssembly: the caller's own if it has the target or rustup can bring it,
//! else Debian's, which builds the standard library from its packaged source.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::{env, needs, sh};

/// What the pages are compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Some networks do not refuse the download but let it hang.
const RUSTUP_PATIENCE: Duration = Duration::from_mins(1);

/// A compiler that can make WebAssembly here.
pub enum Compiler {
    /// The one that runs this.
    Own,
    /// Debian's. It brings no linker for this target, so the other one's is used.
    Debian { linker: PathBuf },
}

impl Compiler {
    /// Finds one, or installs it. `folder` remembers that rustup could not.
    pub fn find(folder: &Path) -> Result<Self> {
        if has_target()? {
            return Ok(Self::Own);
        }
        let refused = folder.join("rustup-brought-no-target");
        // Asked again only if there is no other way: a blocked network costs a minute.
        let is_worth_asking = !refused.exists() || needs::ensure(&[&needs::WASM_COMPILER]).is_err();
        if is_worth_asking {
            if rustup_brings_target() && has_target()? {
                return Ok(Self::Own);
            }
            File::create(&refused)?;
        }
        needs::ensure(&[&needs::WASM_COMPILER])
            .with_context(|| format!("rustup target add {TARGET} failed"))?;
        Ok(Self::Debian { linker: linker()? })
    }

    /// Its cargo, ready to build for [`TARGET`].
    pub fn cargo(&self) -> Result<Command> {
        let Self::Debian { linker } = self else { return sh::command("cargo") };
        let mut cargo = sh::command("/usr/bin/cargo")?;
        for name in env::leaks_of_toolchain() {
            cargo.env_remove(name);
        }
        // Building the standard library is not a stable feature of cargo.
        cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", "/usr/bin/rustc");
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        cargo.arg("-Zbuild-std=std,panic_abort");
        Ok(cargo)
    }
}

fn rustc(print: &str, more: &[&str]) -> Result<String> {
    let printed = sh::output(sh::command("rustc")?.args(["--print", print]).args(more))?;
    Ok(printed.trim().to_owned())
}

fn has_target() -> Result<bool> {
    let libraries = rustc("target-libdir", &["--target", TARGET])?;
    Ok(fs::read_dir(libraries).is_ok_and(|mut entries| entries.next().is_some()))
}

fn rustup_brings_target() -> bool {
    let Ok(mut command) = sh::command("rustup") else { return false };
    command.args(["target", "add", TARGET]).stdin(Stdio::null());
    sh::echo(&command);
    let Ok(mut child) = command.spawn() else { return false };
    let deadline = Instant::now() + RUSTUP_PATIENCE;
    while Instant::now() < deadline {
        match child.try_wait() {
            Ok(None) => thread::sleep(Duration::from_millis(200)),
            Ok(Some(status)) => return status.success(),
            Err(_) => return false,
        }
    }
    eprintln!("rustup has no answer after {} s", RUSTUP_PATIENCE.as_secs());
    // If it cannot be stopped it has ended by itself.
    let _ = child.kill();
    let _ = child.wait();
    false
}

fn linker() -> Result<PathBuf> {
    let sysroot = PathBuf::from(rustc("sysroot", &[])?);
    let host = rustc("host-tuple", &[])?;
    let linker = sysroot.join("lib/rustlib").join(host).join("bin/rust-lld");
    ensure!(linker.is_file(), "no linker for {TARGET}: {} is missing", linker.display());
    Ok(linker)
}
