//! `bench ingest`: how much can be sent, how soon is it answered, and what does it cost?
//!
//! It is asked in series (see [`series`]). Each run is a server of its own, but for those of neighbours, and what is
//! compared runs in turn, since machines drift. What it prints is Markdown, for docs/BENCHMARKS.md as it is.

mod cases;
mod compare;
mod goals;
mod neighbours;
mod report;
mod rows;
mod run;
pub mod series;
mod site;
mod unsynced;

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use rig::{database::Engine, premises::Premises};

use crate::{args::IngestArgs, lone_sync};
use cases::Case;
use goals::Figure;
use report::Section;
use run::{Row, Run};
use series::Series;
use site::{Shape, Site, Used};

/// So long an idle server is left alone before its memory is read.
pub const IDLE: Duration = Duration::from_secs(2);
/// More attempts than any load makes; beyond the usual number of a minute they would only be counted.
pub const ATTEMPTS_KEPT: (&str, &str) = ("TINY_ATTEMPTS_PER_MINUTE", "1000000000");

/// What every series needs.
#[derive(Debug)]
struct Bench<'a> {
    args: &'a IngestArgs,
    premises: Premises,
    /// Requests a second by events a request, as soon as they are known.
    reached: BTreeMap<(Engine, usize), f64>,
}

/// Runs and prints everything; false when a database does not hold what was acknowledged.
pub async fn run(args: &IngestArgs) -> Result<bool> {
    let premises = Premises::of(&args.target).await?;
    let mut bench = Bench { args, premises, reached: BTreeMap::new() };
    println!("{}", report::head(&bench)?);
    let mut is_all_stored = true;
    for series in args.series() {
        let mut section = Section::of(series);
        for engine in bench.premises.engines.clone() {
            let measured = bench.measure(series, engine, &mut section).await;
            measured.with_context(|| format!("{engine}, {}", series.title()))?;
        }
        println!("{section}");
        is_all_stored &= section.is_all_stored();
    }
    println!("{}", report::NOTES);
    Ok(is_all_stored)
}

impl Bench<'_> {
    async fn measure(
        &mut self,
        series: Series,
        engine: Engine,
        section: &mut Section,
    ) -> Result<()> {
        self.await_calm(engine, section).await?;
        let connections = self.args.target.connections;
        let cases = match series {
            Series::Base => cases::base(connections),
            Series::Steady => self.steady(engine).await?,
            Series::Attempts => cases::attempts(connections),
            Series::Sync => cases::sync(engine, connections),
            Series::Batches => cases::batches(connections),
            Series::Connections => cases::connections(),
            Series::Hot => cases::hot(connections),
            Series::Rejected => cases::rejected(connections),
            Series::Neighbours => return neighbours::measure(self, engine, section).await,
            Series::Rows => return rows::measure(self, engine, section).await,
            Series::Compare => return compare::measure(self, engine, section).await,
        };
        let rows = self.contest(engine, &cases).await?;
        if series == Series::Base {
            let reached = rows.iter().map(|row| ((engine, row.events), row.requests_per_second()));
            self.reached.extend(reached);
        }
        section.figures.extend(goals::of(series, &rows));
        section.rows.extend(rows);
        Ok(())
    }

    /// Each case as often as was asked for, in turn, each over a new database.
    async fn contest(&self, engine: Engine, cases: &[Case]) -> Result<Vec<Row>> {
        let mut used = Used::default();
        let rows = self.play_in_turn(engine, cases, &mut used).await;
        used.remove(rows).await
    }

    async fn play_in_turn(
        &self,
        engine: Engine,
        cases: &[Case],
        used: &mut Used,
    ) -> Result<Vec<Row>> {
        let new = |case: &Case| Row::new(engine, case.name.as_str(), case.shape.events);
        let mut rows: Vec<Row> = cases.iter().map(new).collect();
        for round in 1..=self.args.rounds {
            for (row, case) in rows.iter_mut().zip(cases) {
                eprintln!("{engine}, {}, round {round} …", case.name);
                let run = self.play_once(engine, &case.shape, used).await;
                row.add(run.with_context(|| case.name.clone())?);
            }
        }
        Ok(rows)
    }

    /// A run over a new database, which is then one of `used`.
    async fn play_once(&self, engine: Engine, shape: &Shape, used: &mut Used) -> Result<Run> {
        let mut site = Site::make(self, engine).await?;
        let run = site.play(self, shape).await;
        let added = used.add(site).await;
        run.and_then(|run| added.map(|()| run))
    }

    /// Waits for a calm disk, and remarks it when that never came.
    async fn await_calm(&self, engine: Engine, section: &mut Section) -> Result<()> {
        if !lone_sync::until_calm(&self.args.target.folder).await? {
            section.remarks.push(format!("{engine}: the disk was not calm when this began"));
        }
        Ok(())
    }

    /// The cases of base at a part of the rates they reached, which are found out unless they are known.
    async fn steady(&mut self, engine: Engine) -> Result<Vec<Case>> {
        let mut cases = cases::base(self.args.target.connections);
        for case in &mut cases {
            let key = (engine, case.shape.events);
            let reached = if let Some(reached) = self.reached.get(&key) {
                *reached
            } else {
                let rows = self.contest(engine, std::slice::from_ref(case)).await?;
                rows.first().map_or(0.0, Row::requests_per_second)
            };
            self.reached.insert(key, reached);
            case.slow_down(reached);
        }
        Ok(cases)
    }
}
