//! `cargo xtask ci`: what must hold before a change lands.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{Verdict, fuzz, sh, test, wasm};

/// One step that is right or wrong as a whole.
struct Step {
    name: &'static str,
    run: fn() -> Result<()>,
}

/// The WebAssembly comes before the rest that compiles, so that all of it sees the same pages.
const STEPS: [Step; 5] = [
    Step { name: "format", run: format },
    Step { name: "wasm", run: wasm::build },
    Step { name: "lints", run: lints },
    Step { name: "docs", run: docs },
    Step { name: "fuzz", run: fuzz::short },
];

/// Runs all steps and all tests, whatever fails on the way; prints how each went and took.
pub fn run() -> Verdict {
    let mut lines = Vec::new();
    let mut failed_steps = 0;
    for Step { name, run } in STEPS {
        eprintln!("\n== {name}");
        let started = Instant::now();
        let result = run();
        lines.push(line(name, result.is_ok(), started.elapsed()));
        if let Err(error) = result {
            eprintln!("{name}: {error:#}");
            failed_steps += 1;
        }
    }
    let started = Instant::now();
    let report = test::all();
    lines.push(line("test", report.failed() == 0, started.elapsed()));
    report.print_table();
    println!("\n{}", lines.join("\n"));
    // Last, as in `test`; a failed step counts, so that this line cannot look better than the end.
    let failed = report.failed() + failed_steps;
    println!("{} passed, {failed} failed", report.passed());
    Verdict::from_bool(failed == 0)
}

fn line(name: &str, is_good: bool, took: Duration) -> String {
    let word = if is_good { "ok" } else { "FAILED" };
    format!("{name:<8}{:>6} s  {word}", took.as_secs())
}

fn format() -> Result<()> {
    sh::run(sh::cargo()?.args(["fmt", "--all", "--check"]))
}

fn lints() -> Result<()> {
    let mut clippy = sh::cargo()?;
    clippy.args(["clippy", "--workspace", "--exclude", "hydrate", "--all-targets"]);
    sh::run(clippy.args(["--", "-D", "warnings"]))
}

fn docs() -> Result<()> {
    let mut doc = sh::cargo()?;
    doc.args(["doc", "--no-deps", "--workspace", "--exclude", "hydrate"]);
    sh::run(doc.env("RUSTDOCFLAGS", "-Dwarnings"))
}
