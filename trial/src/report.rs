//! What every trial tells at its end.

use rig::{
    database::Engine,
    table::{grouped, table},
};

use crate::{arena::Verdict, journal::Faults};

/// The verdicts by what stored, and how they are told.
#[derive(Debug, Default)]
pub struct Report(Vec<(Engine, Verdict)>);

impl Verdict {
    /// Adds one about the same engine.
    pub fn merge(&mut self, other: Self) {
        self.rounds += other.rounds;
        self.sums.requests += other.sums.requests;
        self.sums.accepted += other.sums.accepted;
        self.sums.unanswered += other.sums.unanswered;
        self.sums.limited += other.sums.limited;
        self.sums.unavailable += other.sums.unavailable;
        self.unclear.0 += other.unclear.0;
        self.unclear.1 += other.unclear.1;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.faults.merge(other.faults);
        self.log.extend(other.log);
    }
}

impl Report {
    /// Adds what was found with `engine`.
    pub fn add(&mut self, engine: Engine, verdict: Verdict) {
        match self.0.iter_mut().find(|(other, _)| *other == engine) {
            Some((_, before)) => before.merge(verdict),
            None => self.0.push((engine, verdict)),
        }
    }

    /// Prints it; whether nothing is wrong.
    pub fn print(&self) -> bool {
        let columns = [
            "engine",
            "rounds",
            "requests",
            "acknowledged events",
            "no answer",
            "429",
            "503",
            "unclear events: stored",
            "not",
            "lost",
            "doubled",
            "faults",
        ];
        let rows = self.0.iter().map(|(engine, verdict)| {
            let Verdict { rounds, sums, unclear, lost, doubled, faults, .. } = verdict;
            [
                engine.to_string(),
                grouped(*rounds),
                grouped(sums.requests),
                grouped(sums.accepted),
                grouped(sums.unanswered),
                grouped(sums.limited),
                grouped(sums.unavailable),
                grouped(unclear.0),
                grouped(unclear.1),
                grouped(*lost),
                grouped(*doubled),
                grouped(faults.count),
            ]
        });
        println!("\n{}", table(columns, rows));
        for (engine, Verdict { faults: Faults { told, count }, log, .. }) in &self.0 {
            for fault in told {
                println!("{engine}: {fault}");
            }
            let untold = count - told.len() as u64;
            if untold > 0 {
                println!("{engine}: … and {} more", grouped(untold));
            }
            for line in log {
                println!("{engine}: the server's log: {line}");
            }
        }
        let sum = |count: fn(&Verdict) -> u64| self.0.iter().map(|(_, it)| count(it)).sum::<u64>();
        let faults = sum(|verdict| verdict.faults.count);
        println!("trial: {} passed, {faults} failed", sum(|verdict| verdict.rounds));
        faults == 0
    }
}
