//! What `bench ingest` tells.

use std::time::Duration;

use rig::{
    database::Engine,
    process::Memory,
    table::{grouped, megabytes, milliseconds, per_second, real},
};

use crate::{books::Books, load, meter::Spent};

/// One run, measured.
#[derive(Debug)]
pub struct Row {
    /// What stored.
    pub engine: Engine,
    /// What was acknowledged, and what is stored.
    pub books: Books,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// How long was measured.
    pub window: Duration,
    /// CPU time within the window.
    pub spent: Spent,
    /// The server's memory before any request.
    pub idle: Memory,
    /// The server's memory at the end of the load.
    pub loaded: Memory,
    /// How fast the disk synced just before.
    pub syncs_per_second: f64,
}

/// What the columns mean.
pub const NOTES: &str = "\
CPU: seconds of CPU time for 1,000 events, of tiny alone and with PostgreSQL's processes; loader: cores
this program kept busy meanwhile. RSS: of tiny, idle for 2 s after its start, at the end of the load, and
the most ever (which hashing the first password may decide). fsyncs/s: what the disk could do for one
writer just before the run, fdatasync after each 4 KiB appended. Rows are counted after the server has
stopped: those of the warm-up and one attempt for each connection's bootstrap are among them. Floors are
goals for SQLite, and 40 MB of idle RSS is another; nothing fails for missing one.";

/// One heading for each of a row's cells.
pub const COLUMNS: [&str; 16] = [
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
    /// What stands under [`COLUMNS`].
    pub fn cells(&self) -> [String; COLUMNS.len()] {
        let Books { tally, events: events_each, stored, .. } = &self.books;
        let requests = real(tally.latencies.len());
        let events = requests * real(*events_each);
        let seconds = self.window.as_secs_f64();
        let ms = |percent| milliseconds(load::percentile(&tally.latencies, percent), 1);
        let cpu =
            |spent: Duration| format!("{:.4}", spent.as_secs_f64() * 1_000.0 / events.max(1.0));
        let floor = match (self.engine, events_each) {
            (Engine::Postgres, _) => "",
            (Engine::Sqlite, 1) => "5,000 requests/s",
            (Engine::Sqlite, _) => "25,000 events/s",
        };
        [
            self.engine.to_string(),
            events_each.to_string(),
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
            grouped(tally.failures),
            grouped(stored.events),
            grouped(stored.attempts),
        ]
    }
}
