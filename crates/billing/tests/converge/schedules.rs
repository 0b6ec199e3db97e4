//! Random schedules: people click, time passes, messages are lost, calls fail, and processes die in the middle of it.

use std::{collections::BTreeSet, pin::pin, time::Duration};

use billing::Error;
use db::Chance;
use fake_stripe::{Delivery, Faults};
use tokio_util::sync::CancellationToken;

use crate::{acts::act, shop::Shop};

/// In CI; more are run with `TINY_SCHEDULES`.
const SCHEDULES: u64 = 250;
const STEPS: usize = 14;

/// Dice that a test can repeat.
pub struct Dice(Chance);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Chance::seeded(seed))
    }

    pub fn below(&self, sides: u64) -> u64 {
        u64::from_le_bytes(self.0.bytes()) % sides
    }

    pub fn is(&self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// Does `work` up to a random point: a process that dies there does no more. `None`: it died.
pub async fn perhaps_dying<T>(dice: &Dice, work: impl Future<Output = T>) -> Option<T> {
    if !dice.is(25) {
        return Some(work.await);
    }
    let mut polls = dice.below(12);
    let mut work = pin!(work);
    std::future::poll_fn(move |context| {
        if polls == 0 {
            return std::task::Poll::Ready(None);
        }
        polls -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

/// 30 of 100 answers are wrong in one way or another.
pub fn faulty() -> Faults {
    Faults {
        rate_limit: 0.08,
        server_error: 0.06,
        server_error_kept: 0.02,
        timeout_after: 0.01,
        reset_before: 0.06,
        reset_after: 0.07,
    }
}

/// Some of what waits arrives, in some order, some of it twice; the rest is lost.
async fn post(shop: &Shop, dice: &Dice, kept: &mut Vec<Delivery>) {
    kept.extend(shop.fake.take_deliveries());
    while !kept.is_empty() && dice.is(70) {
        let at = usize::try_from(dice.below(kept.len() as u64)).unwrap();
        let delivery = if dice.is(20) { kept[at].clone() } else { kept.swap_remove(at) };
        if dice.is(15) {
            continue;
        }
        let receive = shop.billing.receive(Some(&delivery.signature), &delivery.payload);
        match perhaps_dying(dice, receive).await {
            // Old by now: Stripe signs anew when it tells again.
            None | Some(Ok(()) | Err(Error::Signature(_))) => {}
            Some(Err(error)) => panic!("{error}"),
        }
    }
}

/// Whether anything was bought in it.
async fn run(shop: &Shop, seed: u64) -> bool {
    let dice = Dice::new(seed);
    let mut kept = Vec::new();
    // What Stripe said at some moment, and what costs nothing: nobody may ever have any other number of seats.
    let mut bought = BTreeSet::from([3]);
    let mut knobs = shop.fake.knobs();
    knobs.faults = faulty();
    shop.fake.set_knobs(knobs.clone());
    for _ in 0..STEPS {
        match dice.below(10) {
            0..=4 => Box::pin(act(shop, &dice)).await,
            5 | 6 => post(shop, &dice, &mut kept).await,
            7 => shop.advance(Duration::from_secs(60 + dice.below(20) * 86_400)),
            _ => drop(perhaps_dying(&dice, shop.billing.work_once()).await),
        }
        let live = shop.live();
        assert!(live.len() <= 1, "seed {seed}: {live:?}");
        bought.extend(live.iter().map(|it| it.quantity));
        let granted = shop.seat_limit().await.unwrap();
        assert!(bought.contains(&granted), "seed {seed}: {granted} seats, bought were {bought:?}");
    }
    // Stripe is well again, leases of the dead have ended, and everyone is asked once.
    knobs.faults = Faults::default();
    shop.fake.set_knobs(knobs);
    shop.advance(Duration::from_secs(200));
    let (fetched, missed) = shop.billing.reconcile(&CancellationToken::new()).await.unwrap();
    assert_eq!((fetched <= 1, missed), (true, 0), "seed {seed}");
    shop.assert_agrees(&format!("seed {seed}")).await;
    bought.len() > 1
}

#[expect(clippy::disallowed_methods, reason = "how many is for whoever runs the test to say")]
fn schedules() -> u64 {
    std::env::var("TINY_SCHEDULES").ok().and_then(|text| text.parse().ok()).unwrap_or(SCHEDULES)
}

testkit::both! {
    async fn after_one_synchronisation_nothing_differs_whatever_came_before(db: db::Db) {
        let (all, mut with_plans) = (schedules(), 0);
        for seed in 0..all {
            let shop = Shop::open(&db, seed).await;
            with_plans += u64::from(Box::pin(run(&shop, seed)).await);
            shop.close().await;
        }
        assert!(with_plans > all / 2, "in {with_plans} of {all} something was bought");
    }
}
