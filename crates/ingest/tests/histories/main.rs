//! Random histories of batches, through the door, against a model that is a map: per source, each event id is accepted
//! once and by the attempt that said so, whoever sends it, through whichever of two processes; and an `identify` that
//! was accepted ties the later events of its session, and no earlier one.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is a red test")]

mod house;
mod model;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use testkit::TestDb;
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinSet,
};

use crate::{
    house::{House, Stage},
    model::{Model, Sent, Step},
};

const IDS: u8 = 6;

fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        5 => (0..IDS).prop_map(|id| Sent::Track { id }),
        2 => (0..IDS, 0..3_u8).prop_map(|(id, user)| Sent::Identify { id, user }),
        1 => (0..IDS).prop_map(|id| Sent::Bad { id }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let (place, how) = ((0..2_usize, 0..2_usize, 0..2_usize), prop::bool::weighted(0.15));
    let user = prop::option::weighted(0.2, 3..6_u8);
    (place, how, user, prop::collection::vec(sent(), 1..6)).prop_map(
        |((source, visitor, door), is_dry, user, events)| Step {
            source,
            visitor,
            door,
            is_dry,
            user,
            events,
        },
    )
}

/// One request after the other: the model tells each status beforehand.
async fn in_turn(stage: Stage, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut model = Model::default();
    for step in &steps {
        let expected = model.expected(step);
        let told = stage.send(step).await;
        prop_assert_eq!(&told.statuses, &expected, "{:?}", step);
        if !step.is_dry {
            model.take(step, &told)?;
        }
    }
    prop_assert_eq!(stage.stored().await, model.stored);
    Ok(())
}

/// Several callers at once, each a visitor of its own: who of them is first cannot be told, but that one of them is.
async fn at_once(stage: Stage, callers: Vec<Vec<Step>>) -> Result<(), TestCaseError> {
    let (stage, model) = (Arc::new(stage), Arc::new(Mutex::new(Model::default())));
    let mut good = BTreeSet::new();
    let mut all = JoinSet::new();
    for (visitor, mut steps) in callers.into_iter().enumerate() {
        for step in &mut steps {
            (step.visitor, step.door, step.is_dry) = (visitor, visitor % 2, false);
            good.extend(step.good_ids().map(|id| (step.source, id)));
        }
        let (stage, model) = (Arc::clone(&stage), Arc::clone(&model));
        all.spawn(async move {
            for step in &steps {
                let told = stage.send(step).await;
                model.lock().unwrap().take(step, &told)?;
            }
            Ok::<_, TestCaseError>(())
        });
    }
    for done in all.join_all().await {
        done?;
    }
    let model = std::mem::take(&mut *model.lock().unwrap());
    prop_assert_eq!(model.stored.keys().cloned().collect::<BTreeSet<_>>(), good);
    prop_assert_eq!(stage.stored().await, model.stored);
    Ok(())
}

/// Plays histories over a fresh database, each with sources of its own.
fn check<S: Strategy>(
    runtime: &Runtime,
    database: TestDb,
    cases: u32,
    strategy: &S,
    visitors: usize,
    play: impl AsyncFn(Stage, S::Value) -> Result<(), TestCaseError>,
) {
    let house = runtime.block_on(House::over(&database));
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(strategy, |history| {
        runtime.block_on(async { play(house.stage(visitors).await, history).await })
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    drop(house);
    runtime.block_on(database.close());
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

macro_rules! on_both {
    ($($name:ident: $cases:literal of $strategy:expr, $visitors:literal visitors, $play:ident;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn on_sqlite() {
                let runtime = runtime();
                let database = runtime.block_on(TestDb::sqlite());
                check(&runtime, database, $cases, &$strategy, $visitors, $play);
            }

            #[test]
            fn on_postgres() {
                let runtime = runtime();
                let database = runtime.block_on(TestDb::postgres());
                check(&runtime, database, $cases, &$strategy, $visitors, $play);
            }
        }
    )*};
}

on_both! {
    requests_in_turn_are_told_what_a_map_would_tell:
        96 of prop::collection::vec(step(), 1..10), 2 visitors, in_turn;
    of_requests_at_once_each_event_is_accepted_once_and_stored_as_told:
        64 of prop::collection::vec(prop::collection::vec(step(), 1..6), 2..6), 5 visitors, at_once;
}
