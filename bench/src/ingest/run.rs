//! One run as it was measured, and the runs of one case together.

use std::time::Duration;

use rig::{
    database::{Engine, Stored},
    table::real,
};

use crate::{
    load::{self, Tally},
    meter::Spent,
};

/// Memory of the server, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// Before any request.
    pub idle: u64,
    /// At the end of the load.
    pub loaded: u64,
    /// The most ever.
    pub peak: u64,
}

/// One run.
#[derive(Debug, Default)]
pub struct Run {
    /// What the connections saw.
    pub tally: Tally,
    /// What a hundredth of the requests of each second took longer than, where they were due at a fixed pace.
    pub p99_of_seconds: Vec<Duration>,
    /// What the disk took for next to nothing meanwhile, at a fixed pace as well, in order.
    pub lone_syncs: Vec<Duration>,
    /// Rows that came of it.
    pub stored: Stored,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// How long was measured.
    pub window: Duration,
    /// CPU time within the window.
    pub spent: Spent,
    /// The server's memory, if there was a server.
    pub held: Option<Held>,
    /// How fast the disk synced just before.
    pub syncs_per_second: f64,
    /// What a reader must know besides.
    pub faults: Vec<String>,
    /// Whether the rows are those that were acknowledged.
    pub is_right: bool,
}

impl Run {
    /// Adds another: times and counts are sums, memory is the most, and latencies are in order.
    pub fn extend(&mut self, other: Self) {
        self.tally.add(other.tally);
        self.tally.latencies.sort_unstable();
        self.p99_of_seconds.extend(other.p99_of_seconds);
        self.lone_syncs.extend(other.lone_syncs);
        self.lone_syncs.sort_unstable();
        self.stored += other.stored;
        self.body_bytes = other.body_bytes;
        self.window += other.window;
        self.spent.add(other.spent);
        self.held = most(self.held, other.held);
        self.faults.extend(other.faults);
        self.is_right &= other.is_right;
    }
}

/// All runs of one case.
#[derive(Debug)]
pub struct Row {
    /// What stored.
    pub engine: Engine,
    /// Which case.
    pub case: String,
    /// Events a request.
    pub events: usize,
    /// Requests a second of each run.
    pub rates: Vec<f64>,
    /// All together; syncs are a mean.
    pub run: Run,
}

impl Row {
    /// Of no run yet.
    pub fn new(engine: Engine, case: impl Into<String>, events: usize) -> Self {
        let run = Run { is_right: true, ..Run::default() };
        Self { engine, case: case.into(), events, rates: Vec::new(), run }
    }

    /// Adds a run.
    pub fn add(&mut self, run: Run) {
        self.rates.push(real(run.tally.latencies.len()) / run.window.as_secs_f64());
        let (all, runs) = (&mut self.run, real(self.rates.len()));
        all.syncs_per_second += (run.syncs_per_second - all.syncs_per_second) / runs;
        all.extend(run);
    }

    /// Requests answered as they must be, in a second.
    pub fn requests_per_second(&self) -> f64 {
        real(self.run.tally.latencies.len()) / self.run.window.as_secs_f64().max(f64::EPSILON)
    }

    /// Events in these.
    pub fn events_per_second(&self) -> f64 {
        self.requests_per_second() * real(self.events)
    }

    /// The latency that so many of a hundred requests stay within.
    pub fn percentile(&self, percent: usize) -> Duration {
        load::percentile(&self.run.tally.latencies, percent)
    }

    /// The p99 of each second, and of those the middle one: what a bad moment of the disk does not decide.
    pub fn p99_of_the_middle_second(&self) -> Duration {
        let mut seconds = self.run.p99_of_seconds.clone();
        seconds.sort_unstable();
        load::percentile(&seconds, 50)
    }

    /// What a hundredth of the disk's syncs of next to nothing took longer than.
    pub fn p99_of_lone_syncs(&self) -> Duration {
        load::percentile(&self.run.lone_syncs, 99)
    }

    /// CPU time in seconds that 1,000 events took of what `spent` picks.
    pub fn cpu_per_1000(&self, spent: impl Fn(&Spent) -> Duration) -> f64 {
        let events = real(self.run.tally.latencies.len()) * real(self.events);
        spent(&self.run.spent).as_secs_f64() * 1_000.0 / events.max(1.0)
    }
}

fn most(one: Option<Held>, other: Option<Held>) -> Option<Held> {
    match (one, other) {
        (Some(one), Some(other)) => Some(Held {
            idle: one.idle.max(other.idle),
            loaded: one.loaded.max(other.loaded),
            peak: one.peak.max(other.peak),
        }),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(ms: &[u64], seconds: u64, syncs_per_second: f64) -> Run {
        let latencies = ms.iter().copied().map(Duration::from_millis).collect();
        Run {
            tally: Tally { latencies, ..Tally::default() },
            window: Duration::from_secs(seconds),
            spent: Spent { server: Duration::from_secs(1), ..Spent::default() },
            syncs_per_second,
            is_right: true,
            ..Run::default()
        }
    }

    #[test]
    fn the_runs_of_a_case_are_taken_together() {
        let mut row = Row::new(Engine::Sqlite, "25", 25);
        row.add(run(&[5, 9], 2, 100.0));
        row.add(run(&[1, 2, 3, 4, 5, 6], 2, 300.0));
        assert_eq!(row.rates, [1.0, 3.0]);
        assert!((row.requests_per_second() - 2.0).abs() < 1e-9);
        assert!((row.events_per_second() - 50.0).abs() < 1e-9);
        assert_eq!(row.percentile(50), Duration::from_millis(4));
        assert!((row.cpu_per_1000(|spent| spent.server) - 10.0).abs() < 1e-9);
        assert!((row.run.syncs_per_second - 200.0).abs() < 1e-9);
    }

    #[test]
    fn one_wrong_run_makes_its_case_wrong() {
        let mut row = Row::new(Engine::Sqlite, "1", 1);
        row.add(Run { is_right: false, ..run(&[1], 1, 1.0) });
        row.add(run(&[1], 1, 1.0));
        assert!(!row.run.is_right);
    }
}
