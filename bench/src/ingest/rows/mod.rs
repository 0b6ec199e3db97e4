//! `rows`: does what is stored slow down what comes?
//!
//! One database is filled with rows once. The server then runs in turn over a new one and over the full one.

mod seed;

use std::time::Duration;

use anyhow::{Context, Result};
use db::Clock;
use rig::{
    api::{self, Api},
    connection::Connection,
    database::Engine,
    payload::{Browser, SDK_VERSION, page},
    table::grouped,
};
use serde_json::json;
use tokio::time::Instant;

use super::{
    Bench, Section, cases, goals,
    run::Row,
    series::Series,
    site::{Site, Used},
};

/// The rows belong to the source that is measured and to others.
const OTHER_SOURCES: u32 = 3;

/// Measures one engine and removes what it has filled.
pub async fn measure(bench: &Bench<'_>, engine: Engine, section: &mut Section) -> Result<()> {
    let mut full = Site::make(bench, engine).await?;
    let mut used = Used::default();
    let measured = measure_over(bench, engine, &mut full, &mut used, section).await;
    let measured = used.remove(measured).await;
    full.remove().await?;
    measured
}

async fn measure_over(
    bench: &Bench<'_>,
    engine: Engine,
    full: &mut Site,
    used: &mut Used,
    section: &mut Section,
) -> Result<()> {
    let rows = bench.args.rows;
    eprintln!("{engine}: {} rows …", grouped(rows.into()));
    prepare(bench, full).await?;
    let began = Instant::now();
    let bytes = seed::fill(full.database(), rows).await.context("filling")?;
    let took = Duration::from_secs(began.elapsed().as_secs());
    let seeded = full.count_new().await?;
    section.remarks.push(format!(
        "{engine}: {} events and {} attempts were written before, in {took:?}; the database has {}.{} GB then",
        grouped(seeded.events),
        grouped(seeded.attempts),
        bytes / 1_000_000_000,
        bytes / 100_000_000 % 10
    ));
    bench.await_calm(engine, section).await?;
    let case = cases::Case {
        name: "empty".to_owned(),
        shape: cases::plain(1, bench.args.target.connections),
    };
    let mut over_empty = Row::new(engine, case.name.as_str(), 1);
    let mut over_full = Row::new(engine, format!("{} rows", grouped(rows.into())), 1);
    for round in 1..=bench.args.rounds {
        eprintln!("{engine}, empty and full, round {round} …");
        over_empty.add(bench.play_once(engine, &case.shape, used).await?);
        over_full.add(full.play(bench, &case.shape).await?);
    }
    let rows = [over_empty, over_full];
    section.figures.extend(goals::of(Series::Rows, &rows));
    section.rows.extend(rows);
    Ok(())
}

/// Makes further sources, and has one small request stored that is to be copied: a server's, of a page of half a kilobyte
/// and without the headers of a browser, so that millions fit on a disk.
async fn prepare(bench: &Bench<'_>, site: &Site) -> Result<()> {
    let (server, door) = site.server(bench).await?;
    let mut api = Api::open(server.address()).await?;
    api.sign_in().await?;
    for number in 1..=OTHER_SOURCES {
        let name = format!("Site {number}");
        let organization = site.organization();
        let new = json!({ "organizationId": organization, "name": name, "allowedOrigins": [] });
        api.call("POST", "/api/tracking-sources", &new).await?;
    }
    let browser = Browser::new(0, bench.args.ids);
    let mut connection = Connection::open(server.address()).await?;
    let session = api::bootstrap(&door, &mut connection, &browser).await?;
    let now = Clock::system().now().to_string();
    let request = json!({
        "ingestVersion": 2, "sdkVersion": SDK_VERSION, "sessionId": session, "sentAt": now,
        "batchId": "batch_019ac1de7f5c0a3b5d2e4c6f8a91b7d3", "anonymousId": browser.anonymous_id(),
        "events": [{
            "id": "evt_019ac1de7f5c4e1d9b8a7c6f5e4d3c2b", "type": "page", "timestamp": now, "page": page(),
        }],
    });
    let path = format!("/api/ingest/v2/{}/events", door.public_key);
    api.call("POST", &path, &request).await?;
    server.stop().await
}
