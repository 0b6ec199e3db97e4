//! The arrows between the crates, as `docs/ARCHITECTURE.md` draws them: a crate may use what stands
//! in its row and nothing else of the workspace.
#![expect(clippy::expect_used, reason = "helpers of tests: a panic is a red test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Dependency, DependencyKind, Metadata, MetadataCommand, Package};

const SLICES_AND_BELOW: &[&str] =
    &["model", "db", "audit", "accounts", "workspaces", "sources", "ingest", "attempts", "billing"];

/// Below the slices: what each of them may use.
const BASE: &[&str] = &["model", "db", "audit"];

/// What a crate may use besides what its row inherits.
const ARROWS: &[(&str, &[&[&str]])] = &[
    ("model", &[]),
    ("db", &[&["model"]]),
    ("audit", &[&["model", "db"]]),
    ("accounts", &[BASE]),
    ("workspaces", &[BASE, &["accounts"]]),
    ("sources", &[BASE]),
    ("ingest", &[BASE, &["sources", "attempts"]]),
    ("attempts", &[BASE]),
    // It sets the seats that a plan grants.
    ("billing", &[BASE, &["workspaces"]]),
    ("web", &[SLICES_AND_BELOW]),
    ("app", &[SLICES_AND_BELOW, &["web"]]),
    ("hydrate", &[&["model", "app"]]),
    ("tiny", &[SLICES_AND_BELOW, &["web", "app"]]),
    ("rig", &[&["model"]]),
    ("bench", &[&["db", "rig"]]),
    ("trial", &[&["model", "db", "rig"]]),
    ("fuzz", &[&["model", "db", "sources", "ingest"]]),
    ("xtask", &[]),
    // Others use these in their tests only.
    ("testkit", &[BASE]),
    ("fake-stripe", &[]),
];

/// What may be used by any crate, but in its tests only.
const FOR_TESTS: &[&str] = &["testkit", "fake-stripe"];

fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().expect("xtask lies in the workspace").to_path_buf()
}

fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command.current_dir(root()).no_deps().exec().expect("cargo metadata")
}

fn row(package: &str) -> Option<BTreeSet<&'static str>> {
    let (_, groups) = ARROWS.iter().find(|(name, _)| *name == package)?;
    Some(groups.iter().copied().flatten().copied().collect())
}

/// Whether `package` may have this dependency on another crate of the workspace.
fn is_allowed(package: &str, dependency: &Dependency) -> bool {
    let is_for_tests = dependency.kind == DependencyKind::Development;
    (is_for_tests && FOR_TESTS.contains(&dependency.name.as_str()))
        || row(package).is_some_and(|row| row.contains(dependency.name.as_str()))
}

/// The dependencies on other crates of the workspace that no row allows.
fn wrong_arrows(packages: &[Package]) -> Vec<String> {
    let names: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let inside = package.dependencies.iter().filter(|to| names.contains(to.name.as_str()));
        for to in inside.filter(|to| !is_allowed(&package.name, to)) {
            wrong.push(format!("{} → {} ({})", package.name, to.name, to.kind));
        }
    }
    wrong
}

#[test]
fn no_crate_uses_another_that_its_row_does_not_name() {
    assert_eq!(wrong_arrows(&metadata().packages), Vec::<String>::new());
}

#[test]
fn every_crate_of_the_workspace_has_a_row() {
    let packages = metadata().packages;
    let rowless = packages.iter().map(|package| package.name.as_str()).filter(|p| row(p).is_none());
    assert_eq!(rowless.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn an_arrow_that_runs_back_up_is_found() {
    let mut packages = metadata().packages;
    let upward = packages
        .iter()
        .find(|package| *package.name == "ingest")
        .and_then(|ingest| ingest.dependencies.iter().find(|to| to.name == "attempts"))
        .cloned()
        .expect("ingest uses attempts");
    let db = packages.iter_mut().find(|package| *package.name == "db").expect("db");
    db.dependencies.push(upward);
    assert_eq!(wrong_arrows(&packages), ["db → attempts (normal)"]);
}

#[test]
fn the_pages_use_the_server_s_crates_only_with_the_feature_ssr() {
    let packages = metadata().packages;
    let app = packages.iter().find(|package| *package.name == "app").expect("app");
    let always = app
        .dependencies
        .iter()
        .filter(|to| to.kind == DependencyKind::Normal && !to.optional)
        .map(|to| to.name.as_str())
        .filter(|name| row(name).is_some() && *name != "model");
    assert_eq!(always.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn only_billing_knows_stripe() {
    let packages = metadata().packages;
    let knowing = packages
        .iter()
        .filter(|package| {
            // A fake in the tests is no knowledge of the real one.
            let mut known =
                package.dependencies.iter().filter(|to| !FOR_TESTS.contains(&to.name.as_str()));
            known.any(|to| to.name.contains("stripe"))
        })
        .map(|package| package.name.as_str())
        .filter(|name| *name != "billing");
    assert_eq!(knowing.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn the_browser_s_half_brings_no_database_no_server_and_no_runtime() {
    let mut tree = Command::new("cargo");
    tree.current_dir(root()).args(["tree", "-p", "hydrate", "-e", "normal", "--prefix", "none"]);
    let output = tree.args(["--target", "wasm32-unknown-unknown"]).output().expect("cargo tree");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let names: BTreeSet<&str> = printed.lines().filter_map(|l| l.split(' ').next()).collect();
    assert!(names.contains("leptos"), "not the tree of the pages: {printed}");
    // A family is known by its first word: `sqlx-core`, `tokio-util`.
    let is_of_the_server =
        |name: &&str| matches!(name.split('-').next(), Some("sqlx" | "axum" | "tokio" | "utoipa"));
    let unwanted: Vec<&str> = names.into_iter().filter(is_of_the_server).collect();
    assert_eq!(unwanted, Vec::<&str>::new());
}

#[test]
fn a_lint_is_expected_with_a_reason_and_never_allowed() {
    let mut list = Command::new("git");
    list.current_dir(root()).args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    let output = list.args(["--", "*.rs"]).output().expect("git ls-files");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).expect("UTF-8");
    let files: Vec<&str> = listed.lines().filter(|file| root().join(file).is_file()).collect();
    assert!(files.contains(&"xtask/tests/arrows.rs"), "not the sources of the workspace: {listed}");
    // In pieces, so that this file does not find itself.
    let attributes = [concat!("#[", "allow("), concat!("#![", "allow(")];
    let has_one = |file: &&str| {
        let source = std::fs::read_to_string(root().join(file)).expect("a source file");
        attributes.iter().any(|attribute| source.contains(attribute))
    };
    let allowing: Vec<&str> = files.into_iter().filter(has_one).collect();
    assert_eq!(allowing, Vec::<&str>::new());
}
