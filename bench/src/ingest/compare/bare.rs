//! The same load on a server that only answers.

use anyhow::{Context, Result};
use rig::{
    connection::Connection,
    machine,
    payload::{Browser, Door, EventsRequest},
    premises, process,
    server::Server,
};
use tokio::time::{Instant, sleep};

use crate::{
    ingest::{
        Bench, IDLE,
        run::{Held, Run},
        site::Shape,
    },
    lane::{Expected, Lane},
    load::{self, Span},
    meter::Meter,
};

/// As long as those that a server gives.
const KEY: &str = "pk_018f2b6e7c5d7a109c3e2f7a5b1d4e60";
const SESSION: &str = "sess_018f2b6e-7c5d-7a10-9c3e-2f7a5b1d4e60";

/// One run against this program's own `serve`.
pub async fn measure(bench: &Bench<'_>, shape: &Shape) -> Result<Run> {
    let home = premises::home(&bench.args.target)?;
    let syncs_per_second = machine::syncs_per_second(home.path())?;
    let program = std::env::current_exe()?;
    let server = Server::start(&program, "", home.path()).await?;
    sleep(IDLE).await;
    let idle = process::memory(server.pid())?;
    let door = Door { address: server.address(), public_key: KEY.to_owned() };
    let mut lanes = Vec::new();
    for number in 0..shape.connections {
        let browser = Browser::new(number, bench.args.ids);
        let request = EventsRequest::new(&door, browser, SESSION, shape.kind, shape.events)?;
        let connection = Connection::open(door.address).await?;
        lanes.push(Lane::new(connection, request, Expected::status(204)));
    }
    let body_bytes = lanes.first().map_or(0, Lane::body_bytes);
    let from = Instant::now() + bench.args.warmup();
    let span = Span { from, until: from + bench.args.measured() };
    let meter = Meter { server: Some(server.pid()), postmaster: None };
    let (tally, spent) = tokio::try_join!(load::send(lanes, span), meter.over(span))?;
    let loaded = process::memory(server.pid())?;
    server.stop().await.context("it does not stop")?;
    let faults = tally.first_failure.iter().map(|first| format!("FAILED: {first}")).collect();
    Ok(Run {
        tally,
        body_bytes,
        window: bench.args.measured(),
        spent,
        held: Some(Held { idle: idle.resident, loaded: loaded.resident, peak: loaded.peak }),
        syncs_per_second,
        faults,
        is_right: true,
        ..Run::default()
    })
}
