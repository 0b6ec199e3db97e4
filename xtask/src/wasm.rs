//! The browser's half of the pages: `hydrate` compiled to WebAssembly, bound to JavaScript, made
//! small. The result is `<target>/wasm/pkg/{tiny.js,tiny_bg.wasm}`, which the server embeds.

mod compiler;

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::{env, npm, sh};
use compiler::Compiler;

/// What the result depends on, from the workspace's folder.
const INPUTS: [&str; 7] = [
    "app",
    "crates/model",
    "Cargo.lock",
    "Cargo.toml",
    "xtask/package-lock.json",
    "xtask/src/wasm.rs",
    "xtask/src/wasm",
];

/// What rustc turns on for this target by itself; every browser has had these for years.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Where the result lies, if it was ever built; it may be stale.
pub fn built() -> Result<Option<PathBuf>> {
    let folder = folder()?;
    Ok(folder.join("stamp").is_file().then(|| folder.join("pkg")))
}

/// Builds the result unless it is newer than everything it depends on.
pub fn build() -> Result<()> {
    let folder = folder()?;
    let stamp = folder.join("stamp");
    if is_fresh(&stamp)? {
        return Ok(());
    }
    fs::create_dir_all(&folder)?;
    // The stamp is as old as the start of the build: what is edited meanwhile counts as newer.
    let started = folder.join("started");
    File::create(&started)?;
    let compiled = compile(&folder)?;
    let bound = bind(&compiled, &folder)?;
    optimise(&bound, &folder)?;
    fs::rename(started, stamp)?;
    Ok(())
}

fn folder() -> Result<PathBuf> {
    Ok(env::target_dir()?.join("wasm"))
}

fn is_fresh(stamp: &Path) -> Result<bool> {
    let built_at = match fs::metadata(stamp) {
        Ok(file) => file.modified()?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let root = env::root()?;
    for input in INPUTS {
        if newest(&root.join(input))? > built_at {
            return Ok(false);
        }
    }
    Ok(true)
}

/// When anything at or under `path` last changed. Folders count too: theirs changes when a file goes.
fn newest(path: &Path) -> Result<SystemTime> {
    let file = fs::metadata(path).with_context(|| path.display().to_string())?;
    let mut newest_at = file.modified()?;
    if file.is_dir() {
        for entry in fs::read_dir(path)? {
            newest_at = newest_at.max(newest(&entry?.path())?);
        }
    }
    Ok(newest_at)
}

fn compile(folder: &Path) -> Result<PathBuf> {
    let mut cargo = Compiler::find(folder)?.cargo()?;
    cargo.args(["build", "-p", "hydrate", "--profile", "wasm-release"]);
    cargo.args(["--target", compiler::TARGET, "--target-dir"]).arg(folder);
    // Its own result is no input of it.
    sh::run(cargo.env_remove("TINY_WASM_DIR"))?;
    Ok(folder.join(compiler::TARGET).join("wasm-release/hydrate.wasm"))
}

/// Makes the JavaScript that loads the module, and the module that it loads.
fn bind(compiled: &Path, folder: &Path) -> Result<PathBuf> {
    let lock = fs::read_to_string(env::root()?.join("Cargo.lock"))?;
    let [library, binder] = ["wasm-bindgen", "wasm-bindgen-cli-support"].map(|package| {
        locked_version(&lock, package).with_context(|| format!("Cargo.lock has no {package}"))
    });
    let (library, binder) = (library?, binder?);
    // The two speak a private language that changes with every version.
    ensure!(
        library == binder,
        "the pages use wasm-bindgen {library}, xtask {binder}: pin the same version in Cargo.toml \
         and xtask/Cargo.toml"
    );
    let bound = folder.join("bound");
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name("tiny").typescript(false).web(true)?;
    let mut output = bindgen.generate_output()?;
    let inline = output.snippets().iter().filter(|(_, texts)| !texts.is_empty());
    let files = output.local_modules().keys();
    let foreign: Vec<&String> = inline.map(|(package, _)| package).chain(files).collect();
    ensure!(foreign.is_empty(), "JavaScript of a dependency, which nothing serves: {foreign:?}");
    output.emit(&bound)?;
    Ok(bound)
}

fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// Shrinks the module and puts both files where the server looks for them.
fn optimise(bound: &Path, folder: &Path) -> Result<()> {
    let tools = env::target_dir()?.join("xtask-npm");
    fs::create_dir_all(&tools)?;
    for file in ["package.json", "package-lock.json"] {
        let wanted = fs::read(env::root()?.join("xtask").join(file))?;
        write_if_changed(&tools.join(file), &wanted)?;
    }
    npm::install(&tools)?;
    let optimised = bound.join("optimised.wasm");
    let mut wasm_opt = sh::command(tools.join("node_modules/.bin/wasm-opt"))?;
    wasm_opt.arg(bound.join("tiny_bg.wasm")).arg("-Oz").args(FEATURES).arg("-o").arg(&optimised);
    sh::run(&mut wasm_opt)?;
    let pkg = folder.join("pkg");
    fs::create_dir_all(&pkg)?;
    write_if_changed(&pkg.join("tiny_bg.wasm"), &fs::read(optimised)?)?;
    write_if_changed(&pkg.join("tiny.js"), &fs::read(bound.join("tiny.js"))?)
}

/// Leaves a file alone that already says the same: what is built from it is then still fresh.
fn write_if_changed(path: &Path, contents: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == contents) {
        return Ok(());
    }
    fs::write(path, contents).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn a_locked_version_belongs_to_the_package_of_that_very_name() {
        let lock = "[[package]]\nname = \"a-b\"\nversion = \"2.0.0\"\n\n\
                    [[package]]\nname = \"a\"\nversion = \"1.0.0\"\n";
        assert_eq!(locked_version(lock, "a"), Some("1.0.0"));
        assert_eq!(locked_version(lock, "b"), None);
    }
}
