//! `compare`: tiny beside what its parts can do alone.
//!
//! HTTP without storage, storage without HTTP, and the disk without either, in turn with tiny itself.

mod bare;
mod inserts;

use anyhow::{Context, Result};
use rig::database::Engine;

use super::{Bench, Section, cases, goals::Figure, run::Row, site::Site};

/// Measures all of it for one engine.
pub async fn measure(bench: &Bench<'_>, engine: Engine, section: &mut Section) -> Result<()> {
    let shape = cases::plain(1, bench.args.target.connections);
    let mut tiny = Row::new(engine, "tiny, 1 event", 1);
    let mut bare = Row::new(engine, "axum answering 204", 1);
    let mut inserts = Row::new(engine, inserts::name(engine), 1);
    for round in 1..=bench.args.rounds {
        eprintln!("{engine}, compared, round {round} …");
        let mut site = Site::make(bench, engine).await?;
        let run = site.play(bench, &shape).await;
        site.remove().await?;
        tiny.add(run.context("tiny")?);
        bare.add(bare::measure(bench, &shape).await.context("axum")?);
        let mut site = Site::make(bench, engine).await?;
        let run = inserts::measure(bench, engine, &mut site).await;
        site.remove().await?;
        inserts.add(run.context("inserts")?);
    }
    section.figures.extend([
        Figure::ratio("tiny ÷ axum answering 204", &tiny, &bare),
        Figure::ratio("tiny ÷ inserts", &tiny, &inserts),
        Figure::plain(
            engine,
            "fdatasync loop, 4 KiB each: per second",
            tiny.run.syncs_per_second,
            0,
        ),
    ]);
    section.rows.extend([tiny, bare, inserts]);
    Ok(())
}
