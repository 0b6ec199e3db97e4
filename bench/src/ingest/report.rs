//! What `bench ingest` tells, as Markdown.

use std::{fmt, fmt::Write as _, time::Duration};

use anyhow::Result;
use db::Clock;
use rig::table::{grouped, megabytes, milliseconds, per_second, table};

use super::{
    Bench, Figure, goals,
    run::{Held, Row},
    series::Series,
};

/// What the columns mean.
pub const NOTES: &str = "\
Latencies are those of requests that were answered as they must be: from sending, and in `steady` from the moment a
request was due. CPU: seconds of CPU time for 1,000 events, of the server alone and with PostgreSQL's processes; loader:
cores that the load generator kept busy meanwhile. RSS: of the server, idle for 2 s after its start, at the end of the load,
and the most ever. fsyncs/s: what the disk under `--folder` could do for one writer just before each run, fdatasync after
each 4 KiB appended. A lone sync: the load generator writes over 4 KiB of a file under `--folder` and syncs it, a hundred
times a second beside the load, and counts from when it was due; a bad moment of the disk shows in it and in the answers, and
so does a server that keeps the disk or the cores busy. Rows are counted after the server has stopped, those of the warm-up
and one attempt for each connection's bootstrap among them. Floors and goals are for the machine they were set for; nothing fails for missing one.";

/// One heading for each of a row's cells.
const COLUMNS: [&str; 18] = [
    "engine",
    "case",
    "body bytes",
    "requests/s",
    "each run",
    "events/s",
    "p50 ms",
    "p99 ms",
    "CPU server",
    "CPU all",
    "loader",
    "RSS MB",
    "fsyncs/s",
    "failures",
    "event rows",
    "attempt rows",
    "counted",
    "duplicates",
];

/// The heading of all, and what it was measured on.
pub fn head(bench: &Bench<'_>) -> Result<String> {
    let args = bench.args;
    let now = Clock::system().now().to_string();
    let date = args.date.as_deref().or_else(|| now.split('T').next()).unwrap_or_default();
    let mut head = format!("### {date}\n\n");
    for (what, text) in bench.premises.tell(&args.target)? {
        // Writing to a string does not fail.
        writeln!(head, "- {what}: {}", if what == "command" { format!("`{text}`") } else { text })
            .ok();
    }
    writeln!(
        head,
        "- load: keep-alive connections from one thread on this machine, {} unless the case says otherwise, one request \
         each under way; {} × {} s measured, each after {} s",
        args.target.connections,
        args.rounds,
        args.measured().as_secs(),
        args.warmup().as_secs()
    )
    .ok();
    Ok(head)
}

/// A series measured.
#[derive(Debug)]
pub struct Section {
    series: Series,
    /// The cases of all engines.
    pub rows: Vec<Row>,
    /// What comes of them.
    pub figures: Vec<Figure>,
    /// What must be known besides.
    pub remarks: Vec<String>,
}

impl Section {
    /// With nothing in it yet.
    pub const fn of(series: Series) -> Self {
        Self { series, rows: Vec::new(), figures: Vec::new(), remarks: Vec::new() }
    }

    /// Whether the rows of every run are those that were acknowledged.
    pub fn is_all_stored(&self) -> bool {
        self.rows.iter().all(|row| row.run.is_right)
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "#### {}\n", self.series.title())?;
        write!(f, "{}", table(COLUMNS, self.rows.iter().map(cells)))?;
        if !self.figures.is_empty() {
            write!(f, "\n{}", table(goals::COLUMNS, self.figures.iter().map(Figure::cells)))?;
        }
        let faults = self.rows.iter().flat_map(|row| {
            row.run.faults.iter().map(move |fault| format!("{}, {}: {fault}", row.engine, row.case))
        });
        for (number, line) in self.remarks.iter().cloned().chain(faults).enumerate() {
            writeln!(f, "{}- {line}", if number == 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

fn cells(row: &Row) -> [String; COLUMNS.len()] {
    let run = &row.run;
    let whole = |number: f64| grouped(per_second(number, 1.0));
    let ms = |percent| milliseconds(row.percentile(percent), 1);
    let cpu = |spent: f64| format!("{spent:.4}");
    let memory = |Held { idle, loaded, peak }| [idle, loaded, peak].map(megabytes).join(" / ");
    let cores = |spent: Duration| {
        format!("{:.2}", spent.as_secs_f64() / run.window.as_secs_f64().max(f64::EPSILON))
    };
    [
        row.engine.to_string(),
        row.case.clone(),
        grouped(run.body_bytes as u64),
        whole(row.requests_per_second()),
        row.rates.iter().map(|rate| whole(*rate)).collect::<Vec<_>>().join(" / "),
        whole(row.events_per_second()),
        ms(50),
        ms(99),
        run.held.map_or(String::new(), |_| cpu(row.cpu_per_1000(|spent| spent.server))),
        cpu(row.cpu_per_1000(|spent| spent.server + spent.database)),
        cores(run.spent.loader),
        run.held.map_or(String::new(), memory),
        whole(run.syncs_per_second),
        grouped(run.tally.failures),
        grouped(run.stored.events),
        grouped(run.stored.attempts + run.stored.refused),
        grouped(run.stored.counted),
        grouped(run.stored.duplicates),
    ]
}
