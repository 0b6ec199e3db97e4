//! How many tests passed, read from the closing lines of the runners.

/// How many tests ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Ran and held.
    pub passed: u64,
    /// Ran and did not hold, or not at first.
    pub failed: u64,
    /// Did not run, on purpose or not.
    pub ignored: u64,
}

/// Whose output is read.
#[derive(Debug, Clone, Copy)]
pub enum Runner {
    /// `cargo test`: one line for each test binary.
    Cargo,
    /// `node --test`: one line for each kind of end.
    Node,
    /// `playwright test`: one line for each kind of end that occurred.
    Playwright,
    /// A script of ours: one line at the end, which begins with this name.
    Script(&'static str),
}

impl Counts {
    /// Adds what this line of the runner's output tells, if it tells anything.
    pub fn read(&mut self, runner: Runner, line: &str) {
        let line = line.trim();
        match runner {
            Runner::Cargo => {
                let Some(result) = line.strip_prefix("test result: ") else { return };
                for piece in result.split(['.', ';']) {
                    self.add_number_first(piece.trim());
                }
            }
            Runner::Node => {
                // The first sign is its form for machines, the second its form for people.
                let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "));
                if let Some((what, number)) = rest.and_then(|rest| rest.split_once(' ')) {
                    self.add(what, number);
                }
            }
            Runner::Playwright => {
                // "3 passed (2.1s)"
                self.add_number_first(line.split(" (").next().unwrap_or(line));
            }
            Runner::Script(name) => {
                let result = line.strip_prefix(name).and_then(|rest| rest.strip_prefix(": "));
                let Some(result) = result else { return };
                for piece in result.split(", ") {
                    self.add_number_first(piece);
                }
            }
        }
    }

    fn add_number_first(&mut self, text: &str) {
        if let Some((number, what)) = text.split_once(' ') {
            self.add(what, number);
        }
    }

    fn add(&mut self, what: &str, number: &str) {
        let Ok(number) = number.parse::<u64>() else { return };
        match what {
            "passed" | "pass" => self.passed += number,
            // Flaky: failed, then passed when tried again.
            "failed" | "fail" | "cancelled" | "flaky" | "interrupted" => self.failed += number,
            "ignored" | "skipped" | "todo" | "did not run" => self.ignored += number,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Runner};

    fn counts(runner: Runner, output: &str) -> (u64, u64, u64) {
        let mut counts = Counts::default();
        for line in output.lines() {
            counts.read(runner, line);
        }
        (counts.passed, counts.failed, counts.ignored)
    }

    #[test]
    fn cargo_tells_once_per_binary_and_the_binaries_add_up() {
        let output = "\
running 2 tests
test a ... ok
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.01s
test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 4.20s
test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";
        assert_eq!(counts(Runner::Cargo, output), (5, 1, 2));
    }

    #[test]
    fn node_tells_in_two_forms_and_both_are_read() {
        let for_machines = "ok 1 - pass 9\n# tests 6\n# suites 1\n# pass 3\n# fail 1\n\
                            # cancelled 0\n# skipped 1\n# todo 1\n# duration_ms 80.3\n";
        assert_eq!(counts(Runner::Node, for_machines), (3, 1, 2));
        assert_eq!(counts(Runner::Node, &for_machines.replace("# ", "ℹ ")), (3, 1, 2));
    }

    #[test]
    fn playwright_counts_a_test_that_passed_only_when_tried_again_as_failed() {
        let output = "Running 9 tests using 2 workers\n  ✓  1 a.spec.ts:3:1 › 4 passed (1.0s)\n\
                      \n  1 failed\n    b.spec.ts:9:1 › b\n  1 flaky\n  2 skipped\n  \
                      1 did not run\n  4 passed (2.1s)\n";
        assert_eq!(counts(Runner::Playwright, output), (4, 2, 3));
    }

    #[test]
    fn of_a_script_only_the_closing_line_counts() {
        let output = "  2747 generated, 2747 passed, 105 skipped\nowner   41 passed   0 failed\n\
                      api: 165 passed, 1 failed\n";
        assert_eq!(counts(Runner::Script("api"), output), (165, 1, 0));
    }

    #[test]
    fn a_line_that_only_looks_like_a_closing_line_counts_nothing() {
        let lines = "5 passed; 0 failed\ntest passed ... ok\n";
        assert_eq!(counts(Runner::Cargo, lines), (0, 0, 0));
        assert_eq!(counts(Runner::Node, "# pass\n# pass many\npass 3\n"), (0, 0, 0));
    }
}
