//! `bench ingest`: each engine, single events and batches, one fresh server after the other.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    api,
    args::IngestArgs,
    connection::Connection,
    database::{Database, Engine, PostgresServer},
    load::{Load, Span},
    machine,
    payload::{Browser, EventsRequest},
    process,
    report::{self, Row},
    server::Server,
};

/// Events a request.
const SHAPES: [usize; 2] = [1, 25];
/// So long an idle server is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(2);

/// Runs and prints everything; false when a database does not hold what was acknowledged.
pub async fn run(args: &IngestArgs) -> Result<bool> {
    let engines = args.engines()?;
    let postgres = match &args.postgres {
        Some(url) if engines.contains(&Engine::Postgres) => Some(PostgresServer::ask(url).await?),
        _ => None,
    };
    print_premises(args, postgres.as_ref())?;
    let postmaster = postgres.and_then(|server| server.postmaster);
    let mut rows = Vec::new();
    for engine in engines {
        for events in SHAPES {
            let row = measure(args, engine, events, postmaster).await;
            rows.push(row.with_context(|| format!("{engine}, {events} a request"))?);
        }
    }
    println!("\n{}", report::table(&rows));
    println!("{}", report::NOTES);
    let faults: Vec<String> = rows.iter().flat_map(Row::faults).collect();
    for fault in &faults {
        println!("{fault}");
    }
    Ok(rows.iter().all(Row::is_all_stored))
}

fn print_premises(args: &IngestArgs, postgres: Option<&PostgresServer>) -> Result<()> {
    println!("command     {}", args.command_line());
    println!("machine     {}", machine::describe()?);
    println!("disk        {}", machine::file_system(&args.folder)?);
    if let Some(PostgresServer { settings, folder, postmaster }) = postgres {
        let system = folder.as_ref().and_then(|folder| machine::file_system(folder.as_ref()).ok());
        let system = system.as_deref().unwrap_or("a disk unknown");
        let seen = if postmaster.is_some() { "counted" } else { "elsewhere, not counted" };
        println!("PostgreSQL  {settings}; on {system}; its processes are {seen}");
    }
    println!(
        "load        {} keep-alive connections from one thread on this machine, one request each \
         under way; {} s measured after {} s",
        args.connections,
        args.measured().as_secs(),
        args.warmup().as_secs()
    );
    Ok(())
}

/// One run: a new database, a new server, load, and a count at the end.
async fn measure(
    args: &IngestArgs,
    engine: Engine,
    events: usize,
    postmaster: Option<u32>,
) -> Result<Row> {
    let home = tempfile::Builder::new().prefix("tiny-bench-").tempdir_in(&args.folder)?;
    let syncs_per_second = machine::syncs_per_second(home.path())?;
    let database = match (engine, &args.postgres) {
        (Engine::Postgres, Some(server)) => Database::postgres(server).await?,
        _ => Database::sqlite(home.path()),
    };
    let mut server = Server::start(&args.tiny, database.url(), home.path()).await?;
    sleep(IDLE).await;
    let idle = process::memory(server.pid())?;
    let lanes = open_lanes(args, &server, events).await?;
    let body_bytes = lanes.first().map_or(0, |(_, request)| request.body_bytes());

    let from = Instant::now() + args.warmup();
    let span = Span { from, until: from + args.measured() };
    let postmaster = postmaster.filter(|_| engine == Engine::Postgres);
    let meter = Meter { server: server.pid(), postmaster };
    eprintln!("{engine}, {events} a request …");
    let load = Load::start(lanes, events, span);
    sleep_until(span.from).await;
    let before = meter.read()?;
    sleep_until(span.until).await;
    let spent = meter.read()?.since(before);
    let tally = load.finish().await?;
    server.check_alive()?;

    let loaded = process::memory(server.pid())?;
    server.stop().await?;
    let stored = database.count().await?;
    database.remove().await?;
    Ok(Row {
        engine,
        events,
        body_bytes,
        sessions: args.connections,
        window: args.measured(),
        tally,
        spent,
        idle,
        loaded,
        syncs_per_second,
        stored,
    })
}

/// A connection with a session and a request ready for each browser.
async fn open_lanes(
    args: &IngestArgs,
    server: &Server,
    events: usize,
) -> Result<Vec<(Connection, EventsRequest)>> {
    let door = api::settle_in(server.address()).await?;
    let mut lanes = Vec::new();
    for number in 0..args.connections {
        let mut connection = Connection::open(door.address).await?;
        let browser = Browser::new(number, args.ids);
        let session = api::bootstrap(&door, &mut connection, &browser).await?;
        lanes.push((connection, EventsRequest::new(&door, browser, &session, events)?));
    }
    Ok(lanes)
}

/// Reads how much CPU time everyone has had.
struct Meter {
    server: u32,
    postmaster: Option<u32>,
}

/// CPU time by who had it.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    /// `tiny`.
    pub server: Duration,
    /// `PostgreSQL`'s processes; zero for `SQLite`, which works inside the server.
    pub database: Duration,
    /// This process.
    pub loader: Duration,
}

impl Meter {
    fn read(&self) -> Result<Spent> {
        let database = self.postmaster.map(process::cpu_with_children).transpose()?;
        Ok(Spent {
            server: process::cpu(self.server)?,
            database: database.unwrap_or_default(),
            loader: process::cpu(std::process::id())?,
        })
    }
}

impl Spent {
    fn since(self, before: Self) -> Self {
        Self {
            server: self.server.saturating_sub(before.server),
            database: self.database.saturating_sub(before.database),
            loader: self.loader.saturating_sub(before.loader),
        }
    }
}
