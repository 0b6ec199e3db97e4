//! What the requests of one source have to do with what others do meanwhile.
//!
//! Machines drift and disks have bad moments, so one server is measured with each of these in turn, again and again, a few
//! seconds each.

use std::{cell::RefCell, fmt, path::Path};

use anyhow::{Context, Result};
use db::Clock;
use rig::{
    api::{self, Api},
    connection::Connection,
    database::Engine,
    payload::{Browser, Door, EventsRequest, Kind, ORIGIN},
    process,
    server::Server,
    table::megabytes,
};
use serde_json::json;
use tokio::time::Instant;

use super::{
    Bench,
    goals::Figure,
    report::Section,
    run::{Row, Run},
    site::Site,
};
use crate::{
    flood::{Answers, Flood},
    lane::{Lane, Sending},
    load::{Span, Tally},
    lone_sync,
    meter::Meter,
    steady::{self, Steady},
};

/// Requests with one event that the source sends each second.
const RATE: u32 = 2_000;
/// Requests that another source sends each second of its flood, whose limit lets 100 a second through.
const FLOOD: u32 = 2_000;
/// Connections without a word, and others that end in the middle of a request.
const IDLE: usize = 2_000;
const HALF: usize = 500;

/// In so many turns each round is measured.
const TURNS: u32 = 5;

/// What happens beside the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nothing,
    Flood,
    Crowd,
}

const IN_TURN: [Beside; 3] = [Beside::Nothing, Beside::Flood, Beside::Crowd];

impl fmt::Display for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("alone"),
            Self::Flood => write!(f, "beside a flood of {FLOOD}/s"),
            Self::Crowd => write!(f, "beside {IDLE} idle and {HALF} half a request"),
        }
    }
}

/// One server, who sends to it, and what was told to all of them.
struct Stage<'a, R> {
    bench: &'a Bench<'a>,
    /// Where lone syncs go, and SQLite's file.
    folder: &'a Path,
    meter: Meter,
    server: Server,
    lanes: Vec<Lane>,
    flood: Flood<R>,
    /// What a slow client has sent of its request.
    half: Vec<u8>,
    tally: Tally,
    flooded: Answers,
}

/// Adds a row for each of [`IN_TURN`], and how much later the source is answered beside the others.
pub async fn measure(bench: &Bench<'_>, engine: Engine, section: &mut Section) -> Result<()> {
    let mut site = Site::make(bench, engine).await?;
    let syncs_per_second = rig::machine::syncs_per_second(site.folder())?;
    let (server, door) = site.server(bench).await?;
    let other = other_source(&door, site.organization()).await?;
    let sending = Sending { kind: Kind::New, events: 1, ids: bench.args.ids };
    let connections = bench.args.target.connections;
    let lanes = Lane::open_all(&door, 1..connections + 1, sending).await?;
    let body_bytes = lanes.first().map_or(0, Lane::body_bytes);
    let request = flooding(&other, connections + 1, sending).await?;
    let half = door.request("events", &json!({}));
    let mut stage = Stage {
        bench,
        folder: site.folder(),
        meter: Meter::of(&bench.premises, Some(server.pid()), engine),
        server,
        lanes,
        flood: Flood::new(door.address, move |_| {
            let mut request = request.borrow_mut();
            request.renew(Clock::system().now());
            request.as_bytes().to_vec()
        }),
        half: half[..half.len() / 2].to_vec(),
        tally: Tally::default(),
        flooded: Answers::default(),
    };
    let mut rows = IN_TURN.map(|beside| Row::new(engine, beside.to_string(), sending.events));
    for round in 1..=bench.args.rounds {
        eprintln!(
            "{engine}, {} in turn, round {round} …",
            IN_TURN.map(|it| it.to_string()).join(", ")
        );
        let mut runs = IN_TURN.map(|_| Run { is_right: true, ..Run::default() });
        for _ in 0..TURNS {
            for (run, beside) in runs.iter_mut().zip(IN_TURN) {
                run.extend(stage.play(beside).await.with_context(|| beside.to_string())?);
            }
        }
        for (row, run) in rows.iter_mut().zip(runs) {
            row.add(Run { body_bytes, syncs_per_second, ..run });
        }
    }
    let Stage { server, tally, flooded, .. } = stage;
    let peak = process::memory(server.pid())?.peak;
    server.stop().await?;
    let stored = site.count_new().await?.events;
    site.remove().await?;
    let told = tally.acknowledged + flooded.acknowledged;
    let unclear = tally.unclear + flooded.unclear;
    let is_right = (told..=told + unclear).contains(&stored);
    for row in &mut rows {
        row.run.is_right = is_right;
    }
    section.remarks.push(format!(
        "{engine}: {stored} events are stored after all cases, {told} were acknowledged, {} of them of the flood, which was \
         answered {}; {} MB of memory at most",
        flooded.acknowledged,
        flooded.tell(),
        megabytes(peak)
    ));
    section.figures.extend(figures(&rows));
    section.rows.extend(rows);
    Ok(())
}

fn figures([alone, others @ ..]: &[Row; IN_TURN.len()]) -> impl Iterator<Item = Figure> {
    others.iter().flat_map(|row| Figure::beside(row, alone))
}

/// Another source of the same workspace, with the usual limits.
async fn other_source(door: &Door, organization: &str) -> Result<Door> {
    let mut api = Api::open(door.address).await?;
    api.sign_in().await?;
    let new = json!({ "organizationId": organization, "name": "Loud", "allowedOrigins": [ORIGIN] });
    let reply = api.call("POST", "/api/tracking-sources", &new).await?;
    let key = reply["source"]["publicKey"].as_str().context("a source without a key")?;
    Ok(Door { public_key: key.to_owned(), ..door.clone() })
}

/// What the flood is of.
async fn flooding(door: &Door, number: u16, sending: Sending) -> Result<RefCell<EventsRequest>> {
    let browser = Browser::new(number, sending.ids);
    let mut connection = Connection::open(door.address).await?;
    let session = api::bootstrap(door, &mut connection, &browser).await?;
    EventsRequest::new(door, browser, &session, sending.kind, sending.events).map(RefCell::new)
}

impl<R: Fn(u32) -> Vec<u8>> Stage<'_, R> {
    async fn play(&mut self, beside: Beside) -> Result<Run> {
        let crowd = if beside == Beside::Crowd { self.crowd().await? } else { Vec::new() };
        let from = Instant::now() + self.bench.args.warmup();
        let window = self.bench.args.measured() / TURNS;
        let span = Span { from, until: from + window };
        let flood = async {
            match beside {
                Beside::Flood => self.flood.send(FLOOD, span).await,
                Beside::Nothing | Beside::Crowd => Ok(Answers::default()),
            }
        };
        let ingest = steady::send(std::mem::take(&mut self.lanes), RATE, span);
        let lone_syncs = lone_sync::over(self.folder, span);
        let (steady, answers, spent, lone_syncs) =
            tokio::try_join!(ingest, flood, self.meter.over(span), lone_syncs)?;
        let p99_of_seconds = steady.p99_of_seconds();
        let Steady { lanes, tally, .. } = steady;
        drop(crowd);
        self.server.check_alive()?;
        self.lanes = lanes;
        self.tally.add(tally.counts());
        self.flooded.add(answers);
        Ok(Run {
            tally,
            p99_of_seconds,
            lone_syncs,
            window,
            spent,
            is_right: true,
            ..Run::default()
        })
    }

    /// Connections that do nothing but be there.
    async fn crowd(&self) -> Result<Vec<Connection>> {
        let mut crowd = Vec::with_capacity(IDLE + HALF);
        for number in 0..IDLE + HALF {
            let mut connection = Connection::open(self.server.address()).await?;
            if number < HALF {
                connection.send(&self.half).await?;
            }
            crowd.push(connection);
        }
        Ok(crowd)
    }
}
