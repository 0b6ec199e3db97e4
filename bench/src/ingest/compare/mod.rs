//! `compare`: tiny beside what its parts can do alone.
//!
//! HTTP without storage, storage without HTTP, and the disk without either, in turn with tiny itself.

mod bare;
mod inserts;

use anyhow::{Context, Result};
use rig::database::Engine;

use super::{
    Bench, Section, cases,
    goals::Figure,
    run::Row,
    site::{Site, Used},
};

/// Measures all of it for one engine.
pub async fn measure(bench: &Bench<'_>, engine: Engine, section: &mut Section) -> Result<()> {
    let shape = cases::plain(1, bench.args.target.connections);
    let mut tiny = Row::new(engine, "tiny, 1 event", 1);
    let mut bare = Row::new(engine, "axum answering 204", 1);
    let mut inserts = Row::new(engine, inserts::name(engine), 1);
    let mut used = Used::default();
    let compared = async {
        for round in 1..=bench.args.rounds {
            eprintln!("{engine}, compared, round {round} …");
            tiny.add(bench.play_once(engine, &shape, &mut used).await.context("tiny")?);
            bare.add(bare::measure(bench, &shape).await.context("axum")?);
            let mut site = Site::make(bench, engine).await?;
            let run = inserts::measure(bench, engine, &mut site).await;
            used.add(site).await?;
            inserts.add(run.context("inserts")?);
        }
        Ok(())
    };
    let compared = compared.await;
    used.remove(compared).await?;
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
