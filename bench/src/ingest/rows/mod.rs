//! `rows`: does what is stored slow down what comes?
//!
//! One database is filled with rows once. The server then runs in turn over a new one and over the full one.

mod seed;

use std::time::Duration;

use anyhow::{Context, Result};
use rig::{database::Engine, table::grouped};
use tokio::time::Instant;

use super::{Bench, Section, cases, goals, run::Row, series::Series, site::Site};

/// The rows belong to the source that is measured and to others.
const OTHER_SOURCES: u32 = 3;

/// Measures one engine and removes what it has filled.
pub async fn measure(bench: &Bench<'_>, engine: Engine, section: &mut Section) -> Result<()> {
    let mut full = Site::make(bench, engine).await?;
    let measured = measure_over(bench, engine, &mut full, section).await;
    full.remove().await?;
    measured
}

async fn measure_over(
    bench: &Bench<'_>,
    engine: Engine,
    full: &mut Site,
    section: &mut Section,
) -> Result<()> {
    let rows = bench.args.rows;
    eprintln!("{engine}: {} rows …", grouped(rows.into()));
    full.add_sources(bench, OTHER_SOURCES).await?;
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
    let case = cases::Case {
        name: "empty".to_owned(),
        shape: cases::plain(1, bench.args.target.connections),
    };
    let mut over_empty = Row::new(engine, case.name.as_str(), 1);
    let mut over_full = Row::new(engine, format!("{} rows", grouped(rows.into())), 1);
    for round in 1..=bench.args.rounds {
        eprintln!("{engine}, empty and full, round {round} …");
        over_empty.add(bench.play_once(engine, &case).await?);
        over_full.add(full.play(bench, &case.shape).await?);
    }
    let rows = [over_empty, over_full];
    section.figures.extend(goals::of(Series::Rows, &rows));
    section.rows.extend(rows);
    Ok(())
}
