//! A database with a source in it, and server after server over it.
//!
//! What is measured runs in a server of its own: making the account hashes a password, and what that takes of memory
//! is none of the load's.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use rig::{
    api::{self, Api},
    database::{Database, Engine, Stored},
    machine,
    payload::{Door, Kind},
    premises, process,
    server::Server,
};
use serde_json::json;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::{
    books::Books,
    ingest::{
        ATTEMPTS_KEPT, Bench, IDLE,
        run::{Held, Run},
        unsynced::Unsynced,
    },
    lane::{Lane, Sending},
    load::{self, Span, Tally},
    lone_sync,
    meter::Meter,
    steady,
};

const ATTEMPTS_COUNTED: (&str, &str) = ("TINY_ATTEMPTS_PER_MINUTE", "0");
/// The most a source may be set to.
const MAX_PAYLOAD_BYTES: u64 = 4 << 20;

/// What a run sends, and to what kind of server.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Of which kind the requests are.
    pub kind: Kind,
    /// Events a request.
    pub events: usize,
    /// Connections, each with one request under way.
    pub connections: u16,
    /// Whether attempts are kept; otherwise requests are counted.
    pub is_kept: bool,
    /// Whether commits wait for the disk.
    pub is_synced: bool,
    /// Requests that are due each second; without it each connection sends as soon as it has its answer.
    pub per_second: Option<u32>,
}

/// One database.
#[derive(Debug)]
pub struct Site {
    engine: Engine,
    home: TempDir,
    database: Database,
    door: Door,
    organization: String,
    /// Browsers of all runs: those of another run have other ids.
    browsers: u16,
    /// What was there before the next run.
    counted: Stored,
}

impl Site {
    /// A new database with an account, a source, and one request with one event in it.
    pub async fn make(bench: &Bench<'_>, engine: Engine) -> Result<Self> {
        let target = &bench.args.target;
        let home = premises::home(target)?;
        let database = Database::fresh(engine, home.path(), target.postgres.as_ref()).await?;
        let (tiny, settings) = (&target.tiny, [ATTEMPTS_KEPT]);
        let server = Server::start_with(tiny, database.url(), home.path(), &settings).await?;
        let settled = api::settle(server.address()).await?;
        let mut api = Api::open(server.address()).await?;
        api.sign_in().await?;
        let path = format!("/api/tracking-sources/{}", settled.source);
        let organization = settled.organization;
        let change =
            json!({ "organizationId": organization, "maxPayloadBytes": MAX_PAYLOAD_BYTES });
        api.call("PATCH", &path, &change).await?;
        let sending = Sending { kind: Kind::New, events: 1, ids: bench.args.ids };
        let mut tally = Tally::default();
        for mut lane in Lane::open_all(&settled.door, 0..1, sending).await? {
            lane.send(&mut tally).await;
        }
        ensure!(tally.acknowledged == 1, "the first request: {:?}", tally.first_failure);
        server.stop().await?;
        let counted = database.count().await?;
        let door = settled.door;
        Ok(Self { engine, home, database, door, organization, browsers: 1, counted })
    }

    /// A server that is not measured, for whatever else must be there before.
    pub async fn server(&self, bench: &Bench<'_>) -> Result<(Server, Door)> {
        let (tiny, settings) = (&bench.args.target.tiny, [ATTEMPTS_KEPT]);
        let (url, home) = (self.database.url(), self.home.path());
        let server = Server::start_with(tiny, url, home, &settings).await?;
        let door = Door { address: server.address(), ..self.door.clone() };
        Ok((server, door))
    }

    /// The workspace.
    pub fn organization(&self) -> &str {
        &self.organization
    }

    /// A new server, load, the server's end, and a count of what is there then.
    pub async fn play(&mut self, bench: &Bench<'_>, shape: &Shape) -> Result<Run> {
        let syncs_per_second = machine::syncs_per_second(self.home.path())?;
        let (mut server, idle) = self.serve(bench, shape).await?;
        let door = Door { address: server.address(), ..self.door.clone() };
        let sending = Sending { kind: shape.kind, events: shape.events, ids: bench.args.ids };
        let numbers = self.browsers..self.browsers + shape.connections;
        self.browsers = numbers.end;
        let lanes = Lane::open_all(&door, numbers, sending).await?;
        let body_bytes = lanes.first().map_or(0, Lane::body_bytes);

        let from = Instant::now() + bench.args.warmup();
        let span = Span { from, until: from + bench.args.measured() };
        let meter = Meter::of(&bench.premises, Some(server.pid()), self.engine);
        let driven = drive(lanes, shape, span, self.home.path());
        let (driven, spent) = tokio::try_join!(driven, meter.over(span))?;
        server.check_alive()?;
        let loaded = process::memory(server.pid())?;
        server.stop().await?;

        let stored = self.count_new().await?;
        let (is_kept, sessions) = (shape.is_kept, shape.connections);
        let Driven { tally, p99_of_seconds, lone_syncs } = driven;
        let books = Books { tally, sending, is_kept, sessions, stored };
        let (faults, is_right) = (books.faults("this run"), books.is_all_stored());
        Ok(Run {
            tally: books.tally,
            p99_of_seconds,
            lone_syncs,
            stored,
            body_bytes,
            window: bench.args.measured(),
            spent,
            held: Some(Held { idle: idle.resident, loaded: loaded.resident, peak: loaded.peak }),
            syncs_per_second,
            faults,
            is_right,
        })
    }

    /// A server as `shape` wants it, and its memory before any request.
    async fn serve(&self, bench: &Bench<'_>, shape: &Shape) -> Result<(Server, process::Memory)> {
        let mut settings = vec![if shape.is_kept { ATTEMPTS_KEPT } else { ATTEMPTS_COUNTED }];
        let unsynced = (!shape.is_synced)
            .then(|| Unsynced::over(&self.database, self.home.path()))
            .transpose()?;
        let url = unsynced.as_ref().map_or(self.database.url(), Unsynced::url);
        settings.extend(unsynced.iter().filter_map(Unsynced::setting));
        let tiny = &bench.args.target.tiny;
        let server = Server::start_with(tiny, url, self.home.path(), &settings).await?;
        if let Some(unsynced) = &unsynced {
            unsynced.check(server.pid()).await?;
        }
        sleep(IDLE).await;
        let idle = process::memory(server.pid())?;
        Ok((server, idle))
    }

    /// Rows that were not there at the last count.
    pub async fn count_new(&mut self) -> Result<Stored> {
        let counted = self.database.count().await.context("rows cannot be counted")?;
        let new = counted - self.counted;
        self.counted = counted;
        Ok(new)
    }

    /// Where its rows are. No server runs over it between two runs.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Where its files are.
    pub fn folder(&self) -> &Path {
        self.home.path()
    }

    /// Removes all of it.
    pub async fn remove(self) -> Result<()> {
        self.database.remove().await
    }
}

/// Databases that have been measured. They are removed together, when no run is to follow: the disk is busy for a while with
/// what a large file that is removed leaves free.
#[derive(Debug, Default)]
pub struct Used(Vec<Site>);

impl Used {
    /// One more.
    pub async fn add(&mut self, site: Site) -> Result<()> {
        let tidied = site.database.tidy().await;
        self.0.push(site);
        tidied
    }

    /// Removes all of them, also when one cannot be, and passes on what was measured.
    pub async fn remove<T>(self, measured: Result<T>) -> Result<T> {
        let mut removed = Ok(());
        for site in self.0 {
            let gone = site.remove().await;
            removed = removed.and(gone);
        }
        let measured = measured?;
        removed?;
        Ok(measured)
    }
}

/// What the load saw; the last two only at a fixed pace.
struct Driven {
    tally: Tally,
    p99_of_seconds: Vec<Duration>,
    lone_syncs: Vec<Duration>,
}

async fn drive(lanes: Vec<Lane>, shape: &Shape, span: Span, folder: &Path) -> Result<Driven> {
    let Some(rate) = shape.per_second else {
        let tally = load::send(lanes, span).await?;
        return Ok(Driven { tally, p99_of_seconds: Vec::new(), lone_syncs: Vec::new() });
    };
    let sent = steady::send(lanes, rate, span);
    let (steady, lone_syncs) = tokio::try_join!(sent, lone_sync::over(folder, span))?;
    let p99_of_seconds = steady.p99_of_seconds();
    Ok(Driven { tally: steady.tally, p99_of_seconds, lone_syncs })
}
