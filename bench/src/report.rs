//! The table: plain text in columns that is Markdown too.

use std::time::Duration;

use crate::{
    database::{Engine, Stored},
    ingest::Spent,
    load::{self, Tally},
    process::Memory,
};

/// One run, measured.
#[derive(Debug)]
pub struct Row {
    /// What stored.
    pub engine: Engine,
    /// Events a request.
    pub events: usize,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Sessions made for it, one bootstrap each.
    pub sessions: u16,
    /// How long was measured.
    pub window: Duration,
    /// What the connections saw.
    pub tally: Tally,
    /// CPU time within the window.
    pub spent: Spent,
    /// The server's memory before any request.
    pub idle: Memory,
    /// The server's memory at the end of the load.
    pub loaded: Memory,
    /// How fast the disk synced just before.
    pub syncs_per_second: f64,
    /// Rows found after the server had stopped.
    pub stored: Stored,
}

/// What the columns mean.
pub const NOTES: &str = "\
CPU: seconds of CPU time for 1,000 events, of tiny alone and with PostgreSQL's processes; loader: cores
this program kept busy meanwhile. RSS: of tiny, idle for 2 s after its start, at the end of the load, and
the most ever (which hashing the first password may decide). fsyncs/s: what the disk could do for one
writer just before the run, fdatasync after each 4 KiB appended. Rows are counted after the server has
stopped: those of the warm-up and one attempt for each connection's bootstrap are among them. Floors are
goals for SQLite, and 40 MB of idle RSS is another; nothing fails for missing one.";

const COLUMNS: [&str; 16] = [
    "engine",
    "events",
    "body bytes",
    "requests/s",
    "events/s",
    "floor",
    "p50 ms",
    "p99 ms",
    "CPU tiny",
    "CPU all",
    "loader",
    "RSS MB",
    "fsyncs/s",
    "failures",
    "event rows",
    "attempt rows",
];

impl Row {
    /// Whether the database holds just what was acknowledged.
    pub fn is_all_stored(&self) -> bool {
        let acknowledged = self.tally.acknowledged;
        let is_within = |stored: u64, least: u64, each: u64| {
            (least..=least + self.tally.unclear * each).contains(&stored)
        };
        let events = self.events as u64;
        is_within(self.stored.events, acknowledged * events, events)
            && is_within(self.stored.attempts, acknowledged + u64::from(self.sessions), 1)
    }

    /// What a reader must know beyond the numbers.
    pub fn faults(&self) -> Vec<String> {
        let run = format!("{}, {} a request", self.engine, self.events);
        let Tally { acknowledged, failures, unclear, .. } = self.tally;
        let mut faults = Vec::new();
        if let Some(first) = &self.tally.first_failure {
            faults.push(format!("FAILED: {run}: {failures} requests; the first: {first}"));
        }
        if !self.is_all_stored() {
            let Stored { events, attempts } = self.stored;
            faults.push(format!(
                "WRONG COUNT: {run}: acknowledged {acknowledged} requests with {} events, and {} \
                 bootstraps ({unclear} requests unclear), but stored are {events} events and \
                 {attempts} attempts",
                acknowledged * self.events as u64,
                self.sessions
            ));
        }
        faults
    }

    fn cells(&self) -> [String; COLUMNS.len()] {
        let requests = real(self.tally.latencies.len());
        let events = requests * real(self.events);
        let seconds = self.window.as_secs_f64();
        let ms = |percent| {
            let latency = load::percentile(&self.tally.latencies, percent);
            format!("{:.1}", latency.as_secs_f64() * 1_000.0)
        };
        let cpu =
            |spent: Duration| format!("{:.4}", spent.as_secs_f64() * 1_000.0 / events.max(1.0));
        let floor = match (self.engine, self.events) {
            (Engine::Postgres, _) => "",
            (Engine::Sqlite, 1) => "5,000 requests/s",
            (Engine::Sqlite, _) => "25,000 events/s",
        };
        [
            self.engine.to_string(),
            self.events.to_string(),
            grouped(self.body_bytes as u64),
            grouped(per_second(requests, seconds)),
            grouped(per_second(events, seconds)),
            floor.to_owned(),
            ms(50),
            ms(99),
            cpu(self.spent.server),
            cpu(self.spent.server + self.spent.database),
            format!("{:.2}", self.spent.loader.as_secs_f64() / seconds),
            [self.idle.resident, self.loaded.resident, self.loaded.peak].map(megabytes).join(" / "),
            format!("{:.0}", self.syncs_per_second),
            grouped(self.tally.failures),
            grouped(self.stored.events),
            grouped(self.stored.attempts),
        ]
    }
}

/// All rows under their headings, in columns of equal width.
pub fn table(rows: &[Row]) -> String {
    let mut lines = vec![COLUMNS.map(str::to_owned)];
    lines.extend(rows.iter().map(Row::cells));
    let widths: [usize; COLUMNS.len()] = std::array::from_fn(|column| {
        lines.iter().map(|cells| cells[column].len()).max().unwrap_or_default()
    });
    lines.insert(1, widths.map(|width| "-".repeat(width - 1) + ":"));
    let line = |cells: &[String; COLUMNS.len()]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:>width$}"));
        format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
    };
    lines.iter().map(line).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark stay far below 2^52")]
fn real(count: usize) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is not negative and far below 2^52"
)]
fn per_second(count: f64, seconds: f64) -> u64 {
    (count / seconds).round() as u64
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000_000, bytes / 100_000 % 10)
}

/// The number with commas between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(events: usize, stored: Stored, tally: Tally) -> Row {
        let nothing = Memory { resident: 0, peak: 0 };
        let spent =
            Spent { server: Duration::ZERO, database: Duration::ZERO, loader: Duration::ZERO };
        Row {
            engine: Engine::Sqlite,
            events,
            body_bytes: 700,
            sessions: 64,
            window: Duration::from_secs(1),
            tally,
            spent,
            idle: nothing,
            loaded: nothing,
            syncs_per_second: 0.0,
            stored,
        }
    }

    #[test]
    fn a_lost_event_and_a_doubled_one_are_wrong() {
        let is_right = |events, attempts| {
            let tally = Tally { acknowledged: 10, ..Tally::default() };
            row(25, Stored { events, attempts }, tally).is_all_stored()
        };
        assert!(is_right(250, 74));
        assert!(!is_right(249, 74));
        assert!(!is_right(251, 74));
        assert!(!is_right(250, 73));
    }

    #[test]
    fn a_request_without_an_answer_may_be_stored_or_not() {
        let is_right = |events, attempts| {
            let tally = Tally { acknowledged: 10, unclear: 1, ..Tally::default() };
            row(25, Stored { events, attempts }, tally).is_all_stored()
        };
        assert!(is_right(250, 74));
        assert!(is_right(275, 75));
        assert!(!is_right(276, 75));
    }

    #[test]
    fn every_line_of_the_table_is_as_wide_as_the_first() {
        let stored = Stored { events: 1_234_567, attempts: 0 };
        let table = table(&[row(1, stored, Tally::default()), row(25, stored, Tally::default())]);
        let widths: Vec<usize> = table.lines().map(str::len).collect();
        assert_eq!(widths.len(), 4);
        assert!(widths.iter().all(|width| *width == widths[0]), "{table}");
        assert!(table.contains(" 1,234,567 |"), "{table}");
    }
}
