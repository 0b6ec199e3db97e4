//! `bench ingest`: each engine, single events and batches, one fresh server after the other.

use std::time::Duration;

use anyhow::{Context, Result};
use rig::{
    api,
    database::{Database, Engine},
    machine,
    premises::{self, Premises},
    process,
    server::Server,
    table,
};
use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    args::IngestArgs,
    books::Books,
    lane::Lane,
    load::{Load, Span},
    meter::Meter,
    report::{self, Row},
};

/// Events a request.
const SHAPES: [usize; 2] = [1, 25];
/// So long an idle server is left alone before its memory is read.
pub const IDLE: Duration = Duration::from_secs(2);

/// Runs and prints everything; false when a database does not hold what was acknowledged.
pub async fn run(args: &IngestArgs) -> Result<bool> {
    let premises = Premises::of(&args.target).await?;
    premises.print(&args.target)?;
    println!(
        "load        {} keep-alive connections from one thread on this machine, one request each \
         under way; {} s measured after {} s",
        args.target.connections,
        args.measured().as_secs(),
        args.warmup().as_secs()
    );
    let mut rows = Vec::new();
    for &engine in &premises.engines {
        for events in SHAPES {
            let row = measure(args, &premises, engine, events).await;
            rows.push(row.with_context(|| format!("{engine}, {events} a request"))?);
        }
    }
    println!("\n{}", table::table(report::COLUMNS, rows.iter().map(Row::cells)));
    println!("{}", report::NOTES);
    for Row { engine, books, .. } in &rows {
        for fault in books.faults(&format!("{engine}, {} a request", books.events)) {
            println!("{fault}");
        }
    }
    Ok(rows.iter().all(|row| row.books.is_all_stored()))
}

/// One run: a new database, a new server, load, and a count at the end.
async fn measure(
    args: &IngestArgs,
    premises: &Premises,
    engine: Engine,
    events: usize,
) -> Result<Row> {
    let target = &args.target;
    let home = premises::home(target)?;
    let syncs_per_second = machine::syncs_per_second(home.path())?;
    let database = Database::fresh(engine, home.path(), target.postgres.as_ref()).await?;
    let mut server = Server::start(&target.tiny, database.url(), home.path()).await?;
    sleep(IDLE).await;
    let idle = process::memory(server.pid())?;
    let door = api::settle_in(server.address()).await?;
    let lanes = Lane::open_all(&door, target.connections, args.ids, events).await?;
    let body_bytes = lanes.first().map_or(0, Lane::body_bytes);

    let from = Instant::now() + args.warmup();
    let span = Span { from, until: from + args.measured() };
    let meter = Meter::of(premises, &server, engine);
    eprintln!("{engine}, {events} a request …");
    let load = Load::start(lanes, span);
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
        books: Books { tally, events, sessions: target.connections, stored },
        body_bytes,
        window: args.measured(),
        spent,
        idle,
        loaded,
        syncs_per_second,
    })
}
