//! What `bench sign-in` tells.

use std::time::Duration;

use super::{Beside, IN_TURN, Phase};
use rig::{
    database::Engine,
    table::{grouped, megabytes, milliseconds, per_second, real, table},
};

use crate::{
    books::Books,
    flood::{self, Answers},
    load::percentile,
};

/// All phases on one engine.
#[derive(Debug)]
pub struct Run {
    /// What stored.
    pub engine: Engine,
    /// The server's memory before any request.
    pub idle: u64,
    /// How fast the disk synced just before.
    pub syncs_per_second: f64,
    /// How long each phase was measured.
    pub phase: Duration,
    /// In the order they were played.
    pub phases: Vec<Phase>,
    /// What was acknowledged in all of them, and what is stored.
    pub books: Books,
}

/// What the numbers mean.
pub const NOTES: &str = "\
Latencies begin when a request was due, so the time it waits in this program, which shares the cores with the
server, is among them. \"All requests\": of all phases of a kind together; one bad moment of the disk decides their
p99. \"Middle second\": the p99 of each second, and of those the middle one, so that it says what a flood does whatever
the disk does now and then; what happens in fewer than half of the seconds it hides. \"Most turns\": from the second
least to the second largest difference between the two phases of a turn, of ten; without any harm these lie about 0.
RSS: of tiny, the most of what was seen 20 times a second;
compared are the first quiet phase, which begins once ingest alone makes it grow no more (or after a minute), and the
most of the flood. CPU: cores kept busy. Sign-ins: each from another address, half of them for accounts that exist;
429 is what the throttle or the full queue before hashing answers. Limits are goals; nothing fails for missing one.";

const PHASE_COLUMNS: [&str; 11] = [
    "phase",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "second's",
    "failures",
    "sign-ins/s",
    "CPU tiny",
    "CPU all",
    "loader",
    "RSS MB",
];

/// Above this, ingest is harmed.
const MOST_PERCENT: f64 = 20.0;
/// Above this for each core, hashing takes too much memory.
const MOST_BYTES_A_CORE: u64 = 20_000_000;

/// Everything about one run.
pub fn tell(run: &Run, cores: usize) -> String {
    let heading = format!(
        "{}: RSS idle {} MB, {:.0} fsyncs/s just before",
        run.engine,
        megabytes(run.idle),
        run.syncs_per_second
    );
    let phases = table(PHASE_COLUMNS, run.phases.iter().map(|phase| phase_cells(phase, run.phase)));
    let harm = table(["", "quiet", "flood", "difference", "most turns", "limit"], harm(run, cores));
    let answers = table(["sign-ins", "answered", "p50 ms", "p99 ms"], answer_rows(run));
    let faults = run.books.faults(&run.engine.to_string()).join("\n");
    [heading, phases, harm, answers, faults].join("\n").trim_end().to_owned() + "\n"
}

fn phase_cells(phase: &Phase, measured: Duration) -> [String; PHASE_COLUMNS.len()] {
    let seconds = measured.as_secs_f64();
    let latencies = &phase.tally.latencies;
    let cores = |spent: Duration| format!("{:.2}", spent.as_secs_f64() / seconds);
    let spent = phase.spent;
    [
        phase.beside.to_string(),
        grouped(per_second(real(latencies.len()), seconds)),
        milliseconds(percentile(latencies, 50), 2),
        milliseconds(percentile(latencies, 99), 2),
        milliseconds(middle_second([phase]), 2),
        grouped(phase.tally.failures),
        grouped(per_second(real(phase.answers.count()), seconds)),
        cores(spent.server),
        cores(spent.server + spent.database),
        cores(spent.loader),
        megabytes(phase.resident),
    ]
}

/// What the flood changed, each line beside its limit.
fn harm(run: &Run, cores: usize) -> Vec<[String; 6]> {
    let together = |percent: usize| {
        let [quiet, flood] = IN_TURN.map(|beside| run.together(beside, percent));
        let what = format!("ingest p{percent} ms, all requests");
        latency(what, [quiet, flood], String::new())
    };
    let middle = latency(
        "ingest p99 ms, middle second".to_owned(),
        IN_TURN.map(|beside| middle_second(run.of(beside))),
        run.most_turns(),
    );
    let before = run.phases.first().map_or(0, |phase| phase.resident);
    let most = run.of(Beside::Flood).map(|phase| phase.resident).max().unwrap_or_default();
    let memory = [
        "RSS MB".to_owned(),
        megabytes(before),
        megabytes(most),
        format!("+{}", megabytes(most.saturating_sub(before))),
        String::new(),
        format!("+{} ({cores} cores)", megabytes(cores as u64 * MOST_BYTES_A_CORE)),
    ];
    vec![together(50), together(99), middle, memory]
}

fn latency(what: String, [quiet, flood]: [Duration; 2], turns: String) -> [String; 6] {
    let difference = difference_percent(quiet, flood);
    [
        what,
        milliseconds(quiet, 2),
        milliseconds(flood, 2),
        difference.map_or("–".to_owned(), |percent| format!("{percent:+.0} %")),
        turns,
        format!("+{MOST_PERCENT} %"),
    ]
}

fn answer_rows(run: &Run) -> Vec<[String; 4]> {
    let mut all = Answers::default();
    for phase in run.of(Beside::Flood) {
        all.add(phase.answers.clone());
    }
    let mut rows: Vec<[String; 4]> = all
        .latencies
        .iter()
        .map(|(status, latencies)| {
            [
                status.to_string(),
                grouped(latencies.len() as u64),
                milliseconds(percentile(latencies, 50), 0),
                milliseconds(percentile(latencies, 99), 0),
            ]
        })
        .collect();
    if all.unanswered > 0 {
        let what = format!("not within {} s", flood::PATIENCE.as_secs());
        rows.push([what, grouped(all.unanswered as u64), String::new(), String::new()]);
    }
    rows
}

impl Run {
    fn of(&self, beside: Beside) -> impl Iterator<Item = &Phase> {
        self.phases.iter().filter(move |phase| phase.beside == beside)
    }

    /// What the percentile is of all requests of these phases.
    fn together(&self, beside: Beside, percent: usize) -> Duration {
        let phases = self.of(beside);
        let mut all: Vec<Duration> =
            phases.flat_map(|phase| phase.tally.latencies.iter().copied()).collect();
        all.sort_unstable();
        percentile(&all, percent)
    }

    /// How the turns differ, but for the one that differs least and the one that differs most.
    fn most_turns(&self) -> String {
        let turns = self.of(Beside::Nothing).zip(self.of(Beside::Flood));
        let mut all: Vec<f64> = turns
            .filter_map(|(quiet, flood)| {
                difference_percent(middle_second([quiet]), middle_second([flood]))
            })
            .collect();
        all.sort_by(f64::total_cmp);
        match &all[..] {
            [_, least, .., most, _] => format!("{least:+.0} to {most:+.0} %"),
            _ => String::new(),
        }
    }
}

/// The p99 of each second of these phases, and of those the middle one.
fn middle_second<'a>(phases: impl IntoIterator<Item = &'a Phase>) -> Duration {
    let seconds = phases.into_iter().flat_map(|phase| &phase.seconds);
    let mut all: Vec<Duration> = seconds.map(|latencies| percentile(latencies, 99)).collect();
    all.sort_unstable();
    percentile(&all, 50)
}

/// How much longer `flood` is; nothing can be said of what was not measured.
fn difference_percent(quiet: Duration, flood: Duration) -> Option<f64> {
    let is_measured = !quiet.is_zero() && !flood.is_zero();
    is_measured.then(|| (flood.as_secs_f64() / quiet.as_secs_f64() - 1.0) * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{lane::Sending, load::Tally, meter::Spent};
    use rig::{
        database::Stored,
        payload::{Ids, Kind},
    };

    fn phase(beside: Beside, ms: [u64; 2], megabytes: u64, statuses: &[u16]) -> Phase {
        let mut answers = Answers::default();
        for status in statuses {
            answers.latencies.entry(*status).or_default().push(Duration::from_millis(20));
        }
        let latencies = ms.map(Duration::from_millis);
        let seconds = latencies.map(|latency| vec![latency]).into();
        let tally = Tally { latencies: latencies.into(), ..Tally::default() };
        let resident = megabytes * 1_000_000;
        Phase { beside, tally, seconds, answers, spent: Spent::default(), resident }
    }

    fn run() -> Run {
        let phases = vec![
            phase(Beside::Nothing, [1, 4], 50, &[]),
            phase(Beside::Flood, [2, 5], 80, &[401, 401, 429]),
            phase(Beside::Nothing, [2, 2], 75, &[]),
            phase(Beside::Flood, [3, 9], 85, &[401]),
            phase(Beside::Nothing, [2, 4], 75, &[]),
            phase(Beside::Flood, [1, 90], 85, &[]),
            phase(Beside::Nothing, [4, 4], 75, &[]),
            phase(Beside::Flood, [5, 5], 85, &[]),
        ];
        let stored = Stored { attempts: 64, ..Stored::default() };
        let sending = Sending { kind: Kind::New, events: 1, ids: Ids::Sdk };
        let tally = Tally::default();
        let books = Books { tally, sending, is_kept: true, sessions: 64, stored };
        let measured = Duration::from_secs(1);
        Run {
            engine: Engine::Sqlite,
            idle: 20,
            syncs_per_second: 0.0,
            phase: measured,
            phases,
            books,
        }
    }

    #[test]
    fn all_requests_are_compared_and_the_middle_second_and_memory_with_the_first() {
        let [p50, p99, middle, memory] = harm(&run(), 2).try_into().unwrap();
        assert_eq!(p50, ["ingest p50 ms, all requests", "2.00", "5.00", "+150 %", "", "+20 %"]);
        assert_eq!(p99, ["ingest p99 ms, all requests", "4.00", "90.00", "+2150 %", "", "+20 %"]);
        let turns = "+25 to +50 %";
        assert_eq!(
            middle,
            ["ingest p99 ms, middle second", "2.00", "5.00", "+150 %", turns, "+20 %"]
        );
        assert_eq!(memory, ["RSS MB", "50.0", "85.0", "+35.0", "", "+40.0 (2 cores)"]);
    }

    #[test]
    fn answers_are_counted_by_status_and_those_that_never_came_too() {
        let mut run = run();
        run.phases[1].answers.unanswered = 7;
        let rows = answer_rows(&run);
        assert_eq!(rows[0], ["401", "3", "20", "20"]);
        assert_eq!(rows[1], ["429", "1", "20", "20"]);
        assert_eq!(rows[2][..2], ["not within 10 s", "7"]);
    }

    #[test]
    fn of_what_was_not_measured_there_is_no_difference() {
        assert_eq!(difference_percent(Duration::ZERO, Duration::from_millis(1)), None);
        assert_eq!(difference_percent(Duration::from_millis(1), Duration::ZERO), None);
    }
}
