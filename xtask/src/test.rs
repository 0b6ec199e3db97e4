//! `cargo xtask test`: every test there is, counted.
//!
//! A part that failed, skipped anything or ran nothing is red, and red parts never stop the others.

use std::process::Command;

use anyhow::{Result, anyhow, bail, ensure};

use crate::build::Profile;
use crate::counts::{Counts, Runner};
use crate::postgres::Postgres;
use crate::{Verdict, after_dashes, build, env, needs, node, npm, python, sh, trial};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Rust,
    Sdk,
    Api,
    Stripe,
    Pages,
    Trial,
}

impl Part {
    const ALL: [Self; 6] =
        [Self::Rust, Self::Sdk, Self::Api, Self::Stripe, Self::Pages, Self::Trial];

    fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Sdk => "sdk",
            Self::Api => "api",
            Self::Stripe => "stripe",
            Self::Pages => "pages",
            Self::Trial => "trial",
        }
    }

    fn needs_postgres(self) -> bool {
        matches!(self, Self::Rust | Self::Pages)
    }
}

/// How one part went.
struct Outcome {
    part: Part,
    counts: Counts,
    /// What went wrong outside any one test.
    problem: Option<String>,
}

impl Outcome {
    /// A skipped test is not a passed one, and a part that broke has failed even if no test did.
    fn failed(&self) -> u64 {
        let failed = self.counts.failed + self.counts.ignored;
        if self.problem.is_some() { failed.max(1) } else { failed }
    }
}

/// How all parts went.
pub struct Report(Vec<Outcome>);

impl Report {
    /// A line for each part.
    pub fn print_table(&self) {
        println!("\n{:<8}{:>8}{:>8}{:>9}", "part", "passed", "failed", "ignored");
        for Outcome { part, counts, problem } in &self.0 {
            let Counts { passed, failed, ignored } = counts;
            let problem = problem.as_deref().unwrap_or_default();
            let row = format!("{:<8}{passed:>8}{failed:>8}{ignored:>9}  {problem}", part.name());
            println!("{}", row.trim_end());
        }
    }

    /// How many tests passed.
    pub fn passed(&self) -> u64 {
        self.0.iter().map(|outcome| outcome.counts.passed).sum()
    }

    /// How many did not, for whatever reason; not 0 if anything at all is wrong.
    pub fn failed(&self) -> u64 {
        self.0.iter().map(Outcome::failed).sum()
    }
}

/// Runs the parts the arguments ask for, prints how they went, and ends with the sum.
pub fn run(args: &[String]) -> Result<Verdict> {
    let (parts, extra) = parts(args)?;
    let report = parts_in_order(&parts, extra);
    report.print_table();
    println!("{} passed, {} failed", report.passed(), report.failed());
    Ok(Verdict::from_bool(report.failed() == 0))
}

/// Runs every part.
pub fn all() -> Report {
    parts_in_order(&Part::ALL, &[])
}

fn parts(args: &[String]) -> Result<(Vec<Part>, &[String])> {
    let Some((first, rest)) = args.split_first() else {
        return Ok((Part::ALL.to_vec(), &[]));
    };
    let Some(part) = Part::ALL.into_iter().find(|part| part.name() == first) else {
        bail!(
            "test takes one of rust, sdk, api, stripe, pages, trial, and only then further arguments: {first}"
        );
    };
    let extra = after_dashes(rest);
    ensure!(
        part != Part::Stripe || extra.is_empty(),
        "the part stripe takes no further arguments: its two runners have none in common"
    );
    Ok((vec![part], extra))
}

fn parts_in_order(parts: &[Part], extra: &[String]) -> Report {
    let postgres =
        if parts.iter().any(|part| part.needs_postgres()) { given_or_started() } else { Ok(None) };
    let run_one = |part: &Part| {
        let mut counts = Counts::default();
        let result = run_part(*part, extra, &postgres, &mut counts);
        let ran_nothing = counts.passed + counts.failed == 0;
        let problem = match result {
            Err(error) => Some(format!("{error:#}")),
            Ok(()) if ran_nothing => Some("no test ran".to_owned()),
            Ok(()) => None,
        };
        Outcome { part: *part, counts, problem }
    };
    Report(parts.iter().map(run_one).collect())
}

/// A PostgreSQL for the tests, unless the caller has one.
fn given_or_started() -> Result<Option<Postgres>> {
    if env::test_postgres_url().is_some() {
        return Ok(None);
    }
    needs::ensure(&[&needs::POSTGRES])?;
    Postgres::start().map(Some)
}

fn run_part(
    part: Part,
    extra: &[String],
    postgres: &Result<Option<Postgres>>,
    counts: &mut Counts,
) -> Result<()> {
    eprintln!("\n== {}", part.name());
    let postgres = || {
        postgres.as_ref().map_err(|error| anyhow!("no PostgreSQL: {error:#}")).map(Option::as_ref)
    };
    match part {
        Part::Rust => rust(extra, postgres()?, counts),
        Part::Sdk => sdk(extra, counts),
        Part::Api => api(extra, counts),
        Part::Stripe => stripe(counts),
        Part::Pages => pages(extra, postgres()?, counts),
        Part::Trial => trials(extra, counts),
    }
}

fn rust(extra: &[String], postgres: Option<&Postgres>, counts: &mut Counts) -> Result<()> {
    let mut cargo = sh::cargo()?;
    cargo.args(["test", "--no-fail-fast"]);
    if !extra.iter().any(|arg| arg == "-p" || arg == "--package") {
        cargo.args(["--workspace", "--exclude", "hydrate"]);
    }
    cargo.args(extra);
    count(with_postgres(&mut cargo, postgres), Runner::Cargo, counts)
}

fn sdk(extra: &[String], counts: &mut Counts) -> Result<()> {
    let folder = env::root()?.join("sdk");
    ensure!(folder.join("package.json").is_file(), "there is no sdk/package.json");
    npm::install(&folder)?;
    let check = sh::run(npm::npm(&folder)?.args(["run", "check"]));
    let mut test = npm::npm(&folder)?;
    test.arg("test");
    if !extra.is_empty() {
        test.arg("--").args(extra);
    }
    count(&mut test, Runner::Node, counts)?;
    check
}

fn api(extra: &[String], counts: &mut Counts) -> Result<()> {
    let folder = env::root()?.join("apitest");
    let mut python = sh::command(python::install(&folder)?)?;
    // Thousands of calls, and the same binary as in the browser.
    let tiny = build::tiny(Profile::Release)?;
    let fake_stripe = build::binary("fake-stripe", Profile::Dev)?;
    python.arg(folder.join("run.py")).args(extra);
    python.env("TINY_BIN", tiny).env("FAKE_STRIPE_BIN", fake_stripe);
    count(&mut python, Runner::Script("api"), counts)
}

/// Stripe's own clients against the fake, so that whoever relies on the fake relies on what they understand.
fn stripe(counts: &mut Counts) -> Result<()> {
    let folder = env::root()?.join("crates/fake-stripe/clients");
    let fake = build::binary("fake-stripe", Profile::Dev)?;
    let in_python = python::install(&folder).and_then(|python| {
        let mut python = sh::command(python)?;
        python.arg(folder.join("client.py")).env("FAKE_STRIPE_BIN", &fake);
        count(&mut python, Runner::Script("stripe"), counts)
    });
    npm::install(&folder)?;
    let mut node = npm::npm(&folder)?;
    node.arg("test").env("FAKE_STRIPE_BIN", &fake);
    if let Some(newer) = node::newer()? {
        node.env("PATH", env::path_with_first(&newer)?);
    }
    count(&mut node, Runner::Node, counts)?;
    in_python
}

fn pages(extra: &[String], postgres: Option<&Postgres>, counts: &mut Counts) -> Result<()> {
    let folder = env::root()?.join("end2end");
    ensure!(folder.join("package.json").is_file(), "there is no end2end/package.json");
    needs::ensure(&[&needs::CHROMIUM])?;
    npm::install(&folder)?;
    // Hydration and content security faults hide in a dev build.
    let tiny = build::tiny(Profile::Release)?;
    let fake_stripe = build::binary("fake-stripe", Profile::Dev)?;
    let mut npx = npm::npx(&folder)?;
    npx.args(["playwright", "test"]).args(extra);
    npx.env("TINY_BIN", tiny).env("FAKE_STRIPE_BIN", fake_stripe).env("CHROMIUM", env::chromium());
    count(with_postgres(&mut npx, postgres), Runner::Playwright, counts)
}

/// The trials on a PostgreSQL that syncs, which one that a caller has for the other tests need not.
fn trials(extra: &[String], counts: &mut Counts) -> Result<()> {
    trial::ensure_needs()?;
    // The pages' tests have built it already, and it takes more load than a dev build.
    let tiny = build::tiny(Profile::Release)?;
    let binary = build::binary("trial", Profile::Dev)?;
    let postgres = Postgres::start()?;
    let mut problem = Ok(());
    for words in trial::SHORT {
        let words = words.iter().copied().chain(extra.iter().map(String::as_str));
        let mut command = trial::command(&binary, &tiny, postgres.url(), words)?;
        let result = count(&mut command, Runner::Script("trial"), counts);
        problem = problem.and(result);
    }
    problem
}

fn with_postgres<'a>(command: &'a mut Command, postgres: Option<&Postgres>) -> &'a mut Command {
    if let Some(postgres) = postgres {
        command.env("TINY_TEST_POSTGRES_URL", postgres.url());
    }
    command
}

fn count(command: &mut Command, runner: Runner, counts: &mut Counts) -> Result<()> {
    let status = sh::stream(command, |line| counts.read(runner, line))?;
    ensure!(status.success(), "{status}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Counts, Outcome, Part, Report, parts};

    fn outcome(passed: u64, failed: u64, ignored: u64, problem: Option<&str>) -> Outcome {
        let counts = Counts { passed, failed, ignored };
        Outcome { part: Part::Rust, counts, problem: problem.map(str::to_owned) }
    }

    #[test]
    fn further_arguments_go_to_the_one_runner_of_a_part_and_are_refused_where_there_are_two() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let args = words("api -- --seed 1");
        assert_eq!(parts(&args).unwrap(), (vec![Part::Api], &args[2..]));
        assert_eq!(parts(&words("stripe --")).unwrap().0, [Part::Stripe]);
        let told = parts(&words("stripe -- --test-only")).unwrap_err().to_string();
        assert!(told.contains("takes no further arguments"), "{told}");
    }

    #[test]
    fn a_skipped_test_counts_as_failed() {
        assert_eq!(outcome(9, 0, 2, None).failed(), 2);
    }

    #[test]
    fn a_part_that_broke_outside_its_tests_counts_as_one_failure() {
        assert_eq!(outcome(0, 0, 0, Some("no test ran")).failed(), 1);
        assert_eq!(outcome(0, 3, 0, Some("exit status: 101")).failed(), 3);
    }

    #[test]
    fn the_sum_is_over_all_parts() {
        let report = Report(vec![outcome(5, 1, 0, None), outcome(7, 0, 0, Some("broke"))]);
        assert_eq!((report.passed(), report.failed()), (12, 2));
    }
}
