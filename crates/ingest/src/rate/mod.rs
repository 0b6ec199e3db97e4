//! How many requests each source has sent this minute.
//!
//! Where several processes serve the same sources, they take slices of a source's minute from one ledger in the
//! database ([`ledger`]) and count in memory what they let in of them ([`allowance`]). So all together never let in more
//! than the limit, and a request waits for the database only when it is among the first of its minute or among the last
//! that it holds. While the ledger cannot be asked, each counts by itself: nobody is refused for want of it, and nobody
//! waits.

mod allowance;
mod ledger;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use db::Db;
use model::{UnixMs, ids::SourceId};
use tokio::{sync::Mutex as AsyncMutex, time::Instant};

pub use ledger::forget_old_leases;

use allowance::{Allowance, Taken};
use ledger::Ledger;

const MINUTE_MS: i64 = 60_000;
/// When nobody has come from the present minute for so long, one who comes from an earlier one is not late: the clock
/// was set back.
const NOBODY_IS_LATER: Duration = Duration::from_mins(1);

/// Counts requests by source and calendar minute.
#[derive(Debug)]
pub struct Rate {
    /// None: this process shares with nobody.
    ledger: Option<Ledger>,
    minute: Mutex<Minute>,
}

#[derive(Debug)]
struct Minute {
    number: i64,
    /// When the last request came from it.
    last: Instant,
    sources: HashMap<SourceId, Counted>,
    /// What the minute before let in.
    before: HashMap<SourceId, i64>,
}

#[derive(Debug)]
struct Counted {
    allowance: Allowance,
    /// Held by who asks the ledger.
    asking: Arc<AsyncMutex<()>>,
}

impl Rate {
    /// A count that all processes over `db` share, if there can be others.
    pub fn over(db: &Db) -> Self {
        Self::with(db.is_shared().then(|| db.apart()))
    }

    fn with(ledger: Option<Db>) -> Self {
        let minute = Minute {
            number: 0,
            last: Instant::now(),
            sources: HashMap::new(),
            before: HashMap::new(),
        };
        Self { ledger: ledger.map(Ledger::new), minute: Mutex::new(minute) }
    }

    /// Counts one request. When it is over `limit`: the seconds until the next minute.
    pub async fn count(&self, source: SourceId, limit: i64, now: UnixMs) -> Result<(), u64> {
        let (mut taken, asking) = self.take(source, limit, now);
        if taken == Taken::InAndLow {
            // One asks for more; the others go on with what is there.
            if let Ok(_asking) = asking.try_lock() {
                self.ask(source, now).await;
            }
        } else if taken == Taken::Ask {
            let _asking = asking.lock().await;
            // Whoever asked before may have asked for enough.
            (taken, _) = self.take(source, limit, now);
            while taken == Taken::Ask {
                self.ask(source, now).await;
                (taken, _) = self.take(source, limit, now);
            }
        }
        if taken == Taken::Over { Err(until_the_next(now)) } else { Ok(()) }
    }

    fn take(&self, source: SourceId, limit: i64, now: UnixMs) -> (Taken, Arc<AsyncMutex<()>>) {
        self.with_minute(now, |minute| {
            let counted = minute.of(source, limit);
            if self.ledger.is_none() {
                counted.allowance.hold_all(limit);
            }
            (counted.allowance.take(limit), Arc::clone(&counted.asking))
        })
    }

    async fn ask(&self, source: SourceId, now: UnixMs) {
        let Some(ledger) = &self.ledger else { return };
        let found = self.with_minute(now, |minute| {
            Some((minute.number, minute.sources.get(&source)?.allowance.ask()))
        });
        let Some((number, ask)) = found else { return };
        // Apart from what every request holds: this one is rare, and large.
        let leased = Box::pin(ledger.ask(source, number, ask)).await;
        self.with_minute(now, |minute| {
            // A slice of a minute that is over is worth nothing in the next.
            if let Some(counted) = minute.sources.get_mut(&source)
                && minute.number == number
            {
                counted.allowance.answer(ask, leased);
            }
        });
    }

    fn with_minute<T>(&self, now: UnixMs, act: impl FnOnce(&mut Minute) -> T) -> T {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        minute.turn_to(now.0.div_euclid(MINUTE_MS));
        act(&mut minute)
    }
}

impl Minute {
    /// Begins the minute with this number, unless it is the present one, or an earlier one from which somebody comes
    /// late: requests arrive in one order and are counted in another.
    fn turn_to(&mut self, number: i64) {
        if number < self.number && self.last.elapsed() < NOBODY_IS_LATER {
            return;
        }
        self.last = Instant::now();
        if number == self.number {
            return;
        }
        let ended = std::mem::take(&mut self.sources).into_iter();
        self.before = ended.map(|(source, counted)| (source, counted.allowance.used())).collect();
        self.number = number;
    }

    fn of(&mut self, source: SourceId, limit: i64) -> &mut Counted {
        self.sources.entry(source).or_insert_with(|| {
            let before = self.before.get(&source).copied().unwrap_or_default();
            Counted { allowance: Allowance::new(limit, before), asking: Arc::default() }
        })
    }
}

fn until_the_next(now: UnixMs) -> u64 {
    let rest_ms = MINUTE_MS - now.0.rem_euclid(MINUTE_MS);
    u64::try_from(rest_ms).unwrap_or_default().div_ceil(1_000).max(1)
}

#[cfg(test)]
mod tests;
