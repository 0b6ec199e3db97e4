//! What the figures should be. Nothing fails for missing one: they depend on the machine, and this is how it is told
//! where it stands.

use std::time::Duration;

use rig::{
    database::Engine,
    table::{grouped, real},
};

use super::{cases::BATCH, run::Row, series::Series};

/// The least that is wanted, and what is hoped for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    floor: f64,
    goal: f64,
}

impl Limits {
    const KEPT: Self = Self { floor: 0.7, goal: 0.85 };
    const SYNCED: Self = Self { floor: 0.7, goal: 0.85 };
    const FULL: Self = Self { floor: 0.7, goal: 0.9 };
    const P99_MS: Self = Self { floor: 25.0, goal: 10.0 };
    const CPU: Self = Self { floor: 0.10, goal: 0.05 };
    const BESIDE: Self = Self { floor: 1.2, goal: 1.2 };
    const PEAK_MB: Self = Self { floor: 150.0, goal: 100.0 };

    /// Of requests with one event, or of events in batches of [`BATCH`].
    const fn of_rate(engine: Engine, is_batch: bool) -> Self {
        match (engine, is_batch) {
            (Engine::Sqlite, false) => Self { floor: 12_000.0, goal: 30_000.0 },
            (Engine::Sqlite, true) => Self { floor: 60_000.0, goal: 150_000.0 },
            (Engine::Postgres, false) => Self { floor: 6_000.0, goal: 12_000.0 },
            (Engine::Postgres, true) => Self { floor: 40_000.0, goal: 80_000.0 },
        }
    }

    /// Where the goal is the larger of both, more is better.
    fn reached_by(self, measured: f64) -> &'static str {
        let meets = |limit: f64| {
            if self.goal > self.floor { measured >= limit } else { measured <= limit }
        };
        match (meets(self.goal), meets(self.floor)) {
            (true, _) => "goal",
            (_, true) => "floor",
            _ => "missed",
        }
    }
}

/// One number that says something by itself.
#[derive(Debug)]
pub struct Figure {
    engine: Engine,
    what: String,
    measured: f64,
    decimals: usize,
    limits: Option<Limits>,
}

/// One heading for each of a figure's cells.
pub const COLUMNS: [&str; 6] = ["engine", "figure", "measured", "floor", "goal", "reached"];

impl Figure {
    /// A number without limits.
    pub fn plain(engine: Engine, what: impl Into<String>, measured: f64, decimals: usize) -> Self {
        Self { engine, what: what.into(), measured, decimals, limits: None }
    }

    fn limited(self, limits: Limits) -> Self {
        Self { limits: Some(limits), ..self }
    }

    /// How many requests a second `row` has for each that `reference` has.
    pub fn ratio(what: impl Into<String>, row: &Row, reference: &Row) -> Self {
        let ratio = row.requests_per_second() / reference.requests_per_second();
        Self::plain(row.engine, what, ratio, 2)
    }

    /// How much longer the slowest hundredth of requests takes beside something: of all, and of the middle second's; and
    /// how much longer the disk took for next to nothing.
    pub fn beside(row: &Row, alone: &Row) -> [Self; 3] {
        let is_known = [row, alone].iter().all(|row| !row.run.tally.latencies.is_empty());
        let ratio = |what: &str, p99: fn(&Row) -> Duration| {
            let ratio = p99(row).as_secs_f64() / p99(alone).as_secs_f64();
            let ratio = if is_known { ratio } else { f64::NAN };
            Self::plain(row.engine, format!("{what} {} ÷ alone", row.case), ratio, 2)
        };
        [
            ratio("p99", |row| row.percentile(99)).limited(Limits::BESIDE),
            ratio("p99 of the middle second", Row::p99_of_the_middle_second)
                .limited(Limits::BESIDE),
            ratio("p99 of a lone sync", Row::p99_of_lone_syncs),
        ]
    }

    /// What stands under [`COLUMNS`].
    pub fn cells(&self) -> [String; COLUMNS.len()] {
        let number = |number| match self.decimals {
            0 => grouped(rig::table::per_second(number, 1.0)),
            decimals => format!("{number:.decimals$}"),
        };
        let limit =
            |of: fn(Limits) -> f64| self.limits.map_or(String::new(), |limits| number(of(limits)));
        let is_known = self.measured.is_finite();
        let reached = self.limits.filter(|_| is_known);
        [
            self.engine.to_string(),
            self.what.clone(),
            if is_known { number(self.measured) } else { "none".to_owned() },
            limit(|limits| limits.floor),
            limit(|limits| limits.goal),
            reached.map_or("", |limits| limits.reached_by(self.measured)).to_owned(),
        ]
    }
}

/// The figures of a series on one engine.
pub fn of(series: Series, rows: &[Row]) -> Vec<Figure> {
    match (series, rows) {
        (Series::Base, rows) => rows.iter().flat_map(of_base).collect(),
        (Series::Steady, rows) => rows.iter().flat_map(of_steady).collect(),
        (Series::Attempts, [kept, counted]) => {
            vec![Figure::ratio("attempts kept ÷ counted", kept, counted).limited(Limits::KEPT)]
        }
        (Series::Sync, [on, off]) => {
            vec![Figure::ratio("sync on ÷ off", on, off).limited(Limits::SYNCED)]
        }
        (Series::Rows, [empty, full]) => {
            let what = format!("{} ÷ {}", full.case, empty.case);
            vec![Figure::ratio(what, full, empty).limited(Limits::FULL)]
        }
        _ => Vec::new(),
    }
}

fn of_base(row: &Row) -> Vec<Figure> {
    let Row { engine, case, events, .. } = row;
    let is_batch = *events == BATCH;
    let (unit, rate) = if is_batch {
        ("events/s", row.events_per_second())
    } else {
        ("requests/s", row.requests_per_second())
    };
    let rate = Figure::plain(*engine, format!("{case}: {unit}"), rate, 0);
    let mut figures = vec![rate.limited(Limits::of_rate(*engine, is_batch))];
    if !is_batch {
        let cpu = row.cpu_per_1000(|spent| spent.server + spent.database);
        let what = format!("{case}: CPU s of all for 1,000");
        figures.push(Figure::plain(*engine, what, cpu, 3).limited(Limits::CPU));
    }
    if let Some(held) = row.run.held {
        let peak = megabytes(held.peak);
        let what = format!("{case}: RSS MB, the most");
        figures.push(Figure::plain(*engine, what, peak, 1).limited(Limits::PEAK_MB));
    }
    figures
}

fn of_steady(row: &Row) -> [Figure; 4] {
    let plain = |what: &str, number, decimals| {
        Figure::plain(row.engine, format!("{}: {what}", row.case), number, decimals)
    };
    let in_ms = |time: Duration| {
        if time.is_zero() { f64::NAN } else { time.as_secs_f64() * 1_000.0 }
    };
    // A second without an answer has no p99 and is not among them.
    let seconds = &row.run.p99_of_seconds;
    let within = seconds.iter().filter(|p99| in_ms(**p99) <= Limits::P99_MS.floor).count();
    let within = if seconds.is_empty() { f64::NAN } else { real(within) };
    let all = row.run.window.as_secs();
    let longest = row.run.lone_syncs.last().copied().unwrap_or_default();
    [
        plain("p99 ms", in_ms(row.percentile(99)), 1).limited(Limits::P99_MS),
        plain("p99 ms of the middle second", in_ms(row.p99_of_the_middle_second()), 1)
            .limited(Limits::P99_MS),
        plain(&format!("seconds with a p99 within the floor, of {all}"), within, 0),
        plain("ms of the longest lone sync", in_ms(longest), 1),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "memory in bytes stays far below 2^52")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use std::iter;

    use super::*;
    use crate::{ingest::run::Run, load::Tally};

    fn row(case: &str, events: usize, requests: usize) -> Row {
        let mut row = Row::new(Engine::Sqlite, case, events);
        let latencies = vec![Duration::from_millis(11); requests];
        let tally = Tally { latencies, ..Tally::default() };
        row.add(Run { tally, window: Duration::from_secs(1), ..Run::default() });
        row
    }

    #[test]
    fn a_rate_must_be_above_its_limits_and_a_time_below() {
        let rate = Limits::of_rate(Engine::Sqlite, false);
        let reached = [11_999.0, 12_000.0, 30_000.0].map(|measured| rate.reached_by(measured));
        assert_eq!(reached, ["missed", "floor", "goal"]);
        let reached = [26.0, 25.0, 10.0].map(|measured| Limits::P99_MS.reached_by(measured));
        assert_eq!(reached, ["missed", "floor", "goal"]);
    }

    #[test]
    fn what_is_compared_is_told_as_a_ratio_beside_its_limits() {
        let figures = of(Series::Sync, &[row("on", 1, 80), row("off", 1, 100)]);
        let expected = ["SQLite", "sync on ÷ off", "0.80", "0.70", "0.85", "floor"];
        assert_eq!(figures[0].cells(), expected);
    }

    #[test]
    fn batches_are_judged_by_their_events() {
        let figures = of(Series::Base, &[row("25 events", 25, 2_400)]);
        let expected = ["SQLite", "25 events: events/s", "60,000", "60,000", "150,000", "floor"];
        assert_eq!(figures[0].cells(), expected);
    }

    #[test]
    fn of_what_was_not_answered_nothing_is_said() {
        let steady = of(Series::Steady, &[row("1 event", 1, 0)]);
        for figure in &steady[..2] {
            assert_eq!(figure.cells()[2..], ["none", "25.0", "10.0", ""]);
        }
        for figure in &steady[2..] {
            assert_eq!(figure.cells()[2..], ["none", "", "", ""]);
        }
        let beside = Figure::beside(&row("flood", 1, 0), &row("alone", 1, 9));
        for figure in &beside[..2] {
            assert_eq!(figure.cells()[2..], ["none", "1.20", "1.20", ""]);
        }
        assert_eq!(beside[2].cells()[2..], ["none", "", "", ""]);
    }

    #[test]
    fn one_bad_second_decides_the_p99_of_all_and_not_that_of_the_middle_second() {
        let ms = Duration::from_millis;
        // Of 200, the longest two are a hundredth: the p99 is the one before.
        let syncs = |longest: [u64; 2]| {
            let rest = iter::repeat_n(ms(1), 198);
            rest.chain(longest.map(ms)).collect::<Vec<_>>()
        };
        let run = |latencies: Vec<Duration>, p99_of_seconds, lone_syncs| Run {
            lone_syncs,
            tally: Tally { latencies, ..Tally::default() },
            p99_of_seconds,
            window: Duration::from_secs(3),
            ..Run::default()
        };
        let mut alone = Row::new(Engine::Sqlite, "alone", 1);
        alone.add(run(vec![ms(2); 3], vec![ms(2); 3], syncs([1, 1])));
        let mut flood = Row::new(Engine::Sqlite, "flood", 1);
        let (latencies, p99s) = (vec![ms(2), ms(2), ms(40)], vec![ms(2), ms(40)]);
        flood.add(run(latencies, p99s, syncs([3, 7])));
        let measured = Figure::beside(&flood, &alone).map(|figure| figure.cells()[2].clone());
        assert_eq!(measured, ["20.00", "1.00", "1.00"]);
        let steady = of_steady(&flood).map(|figure| figure.cells());
        assert_eq!(steady.each_ref().map(|cells| cells[2].as_str()), ["40.0", "2.0", "1", "7.0"]);
        assert!(steady[2][1].ends_with("of 3"), "a second without an answer is one of them");
    }
}
