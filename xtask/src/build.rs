//! The binary `tiny`: first the WebAssembly, then the server that embeds it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::{env, needs, sh, wasm};

/// How hard the compiler tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build.
    Dev,
    /// Quick to run.
    Release,
}

/// Builds the WebAssembly and `tiny` with it; gives the binary's path.
pub fn tiny(profile: Profile) -> Result<PathBuf> {
    wasm::build()?;
    binary("tiny", profile)
}

/// Builds one binary of the workspace; gives its path.
pub fn binary(package: &str, profile: Profile) -> Result<PathBuf> {
    let mut cargo = sh::cargo()?;
    cargo.args(["build", "-p", package]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    sh::run(&mut cargo)?;
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    let binary = env::target_dir()?.join(folder).join(package);
    fs::metadata(&binary).with_context(|| format!("cargo left no {}", binary.display()))?;
    Ok(binary)
}

/// Builds for release and prints where the binary is and what a visitor will download.
pub fn release_with_sizes() -> Result<()> {
    let sdk = env::root()?.join("sdk/dist/sdk.js");
    // The server builds without it, to serve an empty script.
    ensure!(sdk.is_file(), "{} is missing: npm run build in sdk/ makes it", sdk.display());
    let binary = tiny(Profile::Release)?;
    let wasm = env::target_dir()?.join("wasm/pkg/tiny_bg.wasm");
    println!("{}", binary.display());
    println!("binary    {:>9} bytes", fs::metadata(&binary)?.len());
    for (name, file, method) in [("wasm", wasm, "brotli"), ("sdk.js", sdk, "gzip")] {
        let (bytes, packed) = (fs::metadata(&file)?.len(), compressed_bytes(&file, method)?);
        println!("{name:<10}{bytes:>9} bytes, {packed} with {method}");
    }
    Ok(())
}

/// The size of a file after node's compressor at its best, which is what the server sends.
fn compressed_bytes(file: &Path, method: &str) -> Result<u64> {
    // Brotli's quality is 11 unless asked otherwise.
    const SCRIPT: &str = "
        const [file, method] = process.argv.slice(1), zlib = require('node:zlib');
        const bytes = require('node:fs').readFileSync(file);
        const packed = method === 'brotli' ? zlib.brotliCompressSync(bytes)
            : zlib.gzipSync(bytes, { level: 9 });
        console.log(packed.length);";
    needs::ensure(&[&needs::NODE])?;
    let mut node = sh::command("node")?;
    let printed = sh::output(node.args(["-e", SCRIPT, "--"]).arg(file).arg(method))?;
    printed.trim().parse().with_context(|| format!("not a size: {printed}"))
}
