//! What `bench disclosure` tells.

use std::{collections::BTreeSet, time::Duration};

use super::{Answer, Tries};
use rig::{
    database::Engine,
    table::{real, table},
};

use crate::load::percentile;

/// All doors on one engine.
#[derive(Debug)]
pub struct Run {
    /// What stored.
    pub engine: Engine,
    /// How fast the disk synced just before.
    pub syncs_per_second: f64,
    /// In the order they were tried.
    pub doors: Vec<Tries>,
    /// That were sent.
    pub mails: usize,
}

/// What the numbers mean.
pub const NOTES: &str = "\
Guessed right: of all pairs of an answer for an account that exists and one for an account that does not, those in
which the first took longer; 50 % tells nothing, and who cannot tell them apart stays within the range of the next
column 95 times in 100. Answers: each status and length of a body that was seen.";

const COLUMNS: [&str; 8] = [
    "door",
    "p50 exists µs",
    "p50 does not µs",
    "p90 exists µs",
    "p90 does not µs",
    "guessed right",
    "by chance",
    "answers",
];

/// Everything about one run.
pub fn tell(run: &Run) -> String {
    let heading = format!(
        "{}: {:.0} fsyncs/s just before, {} mails sent",
        run.engine, run.syncs_per_second, run.mails
    );
    format!("{heading}\n{}", table(COLUMNS, run.doors.iter().map(cells)))
}

fn cells(tries: &Tries) -> [String; COLUMNS.len()] {
    let [known, unknown] = [&tries.known, &tries.unknown].map(|answers| sorted(answers));
    let at = |times: &[Duration], percent| percentile(times, percent).as_micros().to_string();
    let answers = [&tries.known, &tries.unknown].map(|answers| words(answers));
    let chance = 100.0 * by_chance(known.len(), unknown.len());
    [
        tries.door.to_string(),
        at(&known, 50),
        at(&unknown, 50),
        at(&known, 90),
        at(&unknown, 90),
        format!("{:.1} %", 100.0 * guessed(&known, &unknown)),
        format!("{:.1} to {:.1} %", 50.0 - chance, 50.0 + chance),
        if answers[0] == answers[1] {
            format!("alike: {}", answers[0])
        } else {
            format!("differ: {} / {}", answers[0], answers[1])
        },
    ]
}

fn sorted(answers: &[Answer]) -> Vec<Duration> {
    let mut times: Vec<Duration> = answers.iter().map(|answer| answer.took).collect();
    times.sort_unstable();
    times
}

fn words(answers: &[Answer]) -> String {
    let seen: BTreeSet<String> = answers
        .iter()
        .map(|answer| format!("{} ({} B)", answer.status, answer.body_bytes))
        .collect();
    seen.into_iter().collect::<Vec<_>>().join(", ")
}

/// The share of all pairs in which the first is the longer one; equal ones count half (Mann and Whitney's U over the
/// number of pairs).
fn guessed(longer: &[Duration], shorter: &[Duration]) -> f64 {
    let halves: usize = longer
        .iter()
        .map(|time| {
            let below = shorter.partition_point(|other| other < time);
            let not_above = shorter.partition_point(|other| other <= time);
            below + not_above
        })
        .sum();
    real(halves) / (2.0 * real(longer.len() * shorter.len()))
}

/// How far from one half [`guessed`] lies in 95 of 100 cases when both come from one distribution (the normal
/// approximation of U).
fn by_chance(first: usize, second: usize) -> f64 {
    1.96 * (real(first + second + 1) / (12.0 * real(first * second))).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(millis: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        millis.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn one_half_when_alike_and_all_when_always_longer() {
        let close = |share: f64, expected: f64| (share - expected).abs() < 1e-9;
        assert!(close(guessed(&times([1, 2, 3]), &times([1, 2, 3])), 0.5));
        assert!(close(guessed(&times([4, 5]), &times([1, 2, 3])), 1.0));
        assert!(close(guessed(&times([1, 3]), &times([2])), 0.5));
        assert!(close(guessed(&times([0]), &times([2])), 0.0));
    }

    #[test]
    fn more_tries_leave_less_to_chance() {
        assert!((by_chance(200, 200) - 0.0567).abs() < 1e-3);
        assert!(by_chance(2_000, 2_000) < by_chance(200, 200));
    }
}
