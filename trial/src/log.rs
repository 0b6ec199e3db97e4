//! What the servers have logged beside what they answered. Nobody reads a log in which errors are usual, so one that no
//! fault explains is a fault itself.

use std::collections::BTreeSet;

/// What may be told of a database that fails.
pub const STORAGE_FAILS: &[&str] = &[
    "a commit failed",
    "a source could not be looked up",
    "requests a minute are counted by this process alone",
    "changes that other processes make are not heard",
    "the database cannot be written",
    "a piece of the hourly work was not done",
    "the log of the database cannot be moved into its file yet",
    "the file of the database cannot be synced",
    "error occurred while testing the connection on-release",
    "terminating connection due to",
];

/// What may be told where everything under the database fails at once: of such a failure nobody knows that it passes.
pub const POWER_GOES: &[&str] = &[
    "a commit failed",
    "a source could not be looked up",
    "requests a minute are counted by this process alone",
    "changes that other processes make are not heard",
    "the log of the database cannot be moved into its file yet",
    "the file of the database cannot be synced",
    "error occurred while testing the connection on-release",
    "terminating connection",
    "code=\"internal_error\"",
];

/// What is always told: refusals, which the journal judges, and how long a slow disk took.
const ALWAYS: [&str; 4] = [
    "code=\"rate_limit_exceeded\"",
    "code=\"service_unavailable\"",
    "slow statement",
    "time to acquire exceeded slow threshold",
];

/// Warnings, errors and panics of a log, each kind once.
pub fn troubles(log: &str) -> Vec<String> {
    let kinds: BTreeSet<String> = log.lines().filter_map(trouble).collect();
    kinds.into_iter().collect()
}

/// Those that neither `expected` names nor what is always told. A panic is expected of nobody.
pub fn unexpected(log: &str, expected: &[&str]) -> Vec<String> {
    let is_known = |told: &String| {
        !told.contains("panicked")
            && ALWAYS.iter().chain(expected).any(|known| told.contains(known))
    };
    troubles(log).into_iter().filter(|told| !is_known(told)).collect()
}

/// What a line tells, without the time and the numbers, which differ.
fn trouble(line: &str) -> Option<String> {
    if line.contains(" panicked at ") {
        return Some(line.to_owned());
    }
    let mut words = line.split_whitespace().skip(1);
    let level = words.next().filter(|level| ["WARN", "ERROR"].contains(level))?;
    let differs =
        |word: &str| ["request=", "requests=", "ms="].iter().any(|key| word.starts_with(key));
    let told: Vec<&str> = words.filter(|word| !differs(word)).collect();
    Some(format!("{level} {}", told.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
2026-04-10T13:45:00.1Z  INFO listening on http://127.0.0.1:1
2026-04-10T13:45:00.2Z  WARN request=\"req_1\" method=\"POST\" status=429 ms=0.1 code=\"rate_limit_exceeded\"
2026-04-10T13:45:00.3Z ERROR a commit failed fault=disk full requests=3
2026-04-10T13:45:00.4Z ERROR a commit failed fault=disk full requests=7
thread 'tokio' (7) panicked at src/a commit failed.rs:1:1:
";

    #[test]
    fn a_kind_of_trouble_is_told_once() {
        assert_eq!(troubles(LOG).len(), 3);
    }

    #[test]
    fn what_no_fault_explains_is_unexpected_and_a_panic_always_is() {
        let of = |expected| unexpected(LOG, expected);
        let panic = "thread 'tokio' (7) panicked at src/a commit failed.rs:1:1:";
        assert_eq!(of(&[]), ["ERROR a commit failed fault=disk full", panic]);
        assert_eq!(of(STORAGE_FAILS), [panic]);
    }
}
