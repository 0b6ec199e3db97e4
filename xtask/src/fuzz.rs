//! `cargo xtask fuzz`: inputs that nobody would send, made up for a while, on the stable compiler.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::{env, needs, sh};

/// The bytes that are made up: of what, and how many at most.
const TARGETS: [(&str, u32); 2] = [("body", 8_192), ("headers", 2_048)];
/// How long each target runs as part of `ci`.
const SHORT_S: u32 = 20;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    targets: Vec<(&'static str, u32)>,
    seconds: u32,
    /// An input to be run alone, once.
    input: Option<PathBuf>,
}

/// Every target for as long as `ci` does.
pub fn short() -> Result<()> {
    run(&[])
}

/// Builds the targets, and runs those that are named, or all.
pub fn run(args: &[String]) -> Result<()> {
    let wish = wish(args)?;
    needs::ensure(&[&needs::CPP])?;
    let root = env::root()?;
    let mut build = sh::cargo()?;
    build.args(["build", "-p", "fuzz", "--features", "libfuzzer", "--bins"]);
    sh::run(build.env("RUSTC_WORKSPACE_WRAPPER", root.join("fuzz/rustc.sh")))?;
    let mut problems = Vec::new();
    for (target, most_bytes) in &wish.targets {
        if let Err(error) = run_one(target, *most_bytes, &wish) {
            problems.push(format!("{target}: {error:#}"));
        }
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}

fn run_one(target: &str, most_bytes: u32, wish: &Wish) -> Result<()> {
    let own = env::target_dir()?.join("fuzz").join(target);
    let (found, crashes) = (own.join("corpus"), own.join("crashes"));
    fs::create_dir_all(&found)?;
    fs::create_dir_all(&crashes)?;
    let home = Home::make()?;
    let mut fuzzer = sh::command(env::target_dir()?.join("debug").join(target))?;
    // Its database: a disk would be synced for each input that is stored.
    fuzzer.env("TMPDIR", &home.0);
    fuzzer.arg("-timeout=10").arg(format!("-artifact_prefix={}/", crashes.display()));
    if let Some(input) = &wish.input {
        fuzzer.arg(std::path::absolute(input)?);
    } else {
        let fuzz = env::root()?.join("fuzz");
        fuzzer.arg(format!("-max_total_time={}", wish.seconds));
        fuzzer.arg(format!("-max_len={most_bytes}"));
        fuzzer.arg(format!("-dict={}", fuzz.join(target).with_extension("dict").display()));
        fuzzer.args(["-rss_limit_mb=2048", "-report_slow_units=2", "-print_final_stats=1"]);
        // What is new goes to the first; the second is read only.
        fuzzer.arg(&found).arg(fuzz.join("corpus").join(target));
    }
    let before = newest(&crashes)?;
    let result = sh::run(&mut fuzzer);
    match newest(&crashes)?.filter(|crash| Some(crash) != before.as_ref()) {
        Some((_, crash)) => {
            let crash = crash.display();
            bail!(
                "an input breaks it: {crash}\n  once more: cargo xtask fuzz {target} {crash}\n  \
                 once it is mended: cp {crash} fuzz/corpus/{target}/, under a name that says what it is"
            )
        }
        None => result,
    }
}

/// The input that was kept last because something is wrong with it.
fn newest(crashes: &Path) -> Result<Option<(std::time::SystemTime, PathBuf)>> {
    let mut all = Vec::new();
    for file in fs::read_dir(crashes)? {
        let file = file?;
        all.push((file.metadata()?.modified()?, file.path()));
    }
    Ok(all.into_iter().max())
}

/// A folder in memory where there is such a place; it goes when this is dropped.
struct Home(PathBuf);

impl Home {
    fn make() -> Result<Self> {
        let memory = PathBuf::from("/dev/shm");
        let place = if memory.is_dir() { memory } else { env::target_dir()? };
        let home = place.join(format!("tiny-fuzz-{}", std::process::id()));
        fs::create_dir_all(&home).with_context(|| home.display().to_string())?;
        Ok(Self(home))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn wish(args: &[String]) -> Result<Wish> {
    let mut wish = Wish { targets: TARGETS.to_vec(), seconds: SHORT_S, input: None };
    let mut words = args.iter().map(String::as_str);
    let mut is_one = false;
    while let Some(word) = words.next() {
        if word == "--seconds" {
            let seconds = words.next().context("--seconds is followed by a number")?;
            wish.seconds = seconds.parse().context("--seconds is followed by a number")?;
        } else if !is_one {
            wish.targets.retain(|(target, _)| *target == word);
            is_one = true;
            ensure!(!wish.targets.is_empty(), "no such target: {word}; there are body and headers");
        } else if wish.input.replace(word.into()).is_some() {
            bail!("one input at a time");
        }
    }
    Ok(wish)
}

#[cfg(test)]
mod tests {
    use super::{SHORT_S, TARGETS, wish};

    #[test]
    fn all_targets_run_unless_one_is_named_and_an_input_runs_alone() {
        let wished = |line: &str| {
            let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
            wish(&words)
        };
        let all = wished("").unwrap();
        assert_eq!((all.targets, all.seconds), (TARGETS.to_vec(), SHORT_S));
        let one = wished("headers --seconds 300").unwrap();
        assert_eq!((one.targets, one.seconds), (vec![TARGETS[1]], 300));
        assert_eq!(wished("body crash-1").unwrap().input, Some("crash-1".into()));
        for wrong in ["feet", "--seconds", "--seconds soon", "body one two"] {
            assert!(wished(wrong).is_err(), "{wrong}");
        }
    }
}
