//! How many requests each source has sent this minute.
//!
//! Where several processes serve the same sources, they take slices of a source's minute from one ledger in the
//! database ([`ledger`]) and count in memory what they let in of them ([`share`]). So all together never let in more
//! than the limit, and a request waits for the database only when it is among the first of its minute or among the last
//! that it holds. While the ledger cannot be asked, each counts by itself: nobody is refused for want of it.

mod ledger;
mod share;

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use db::Db;
use model::{UnixMs, ids::SourceId};
use tokio::{sync::Mutex as Turn, time::timeout};

pub use ledger::forget_old_leases;

use share::{Answer, Share, Taken};

const MINUTE_MS: i64 = 60_000;
/// The ledger is waited for so long. Then a slice is taken all the same and told to it later.
const PATIENCE: Duration = Duration::from_secs(2);

/// Counts requests by source and calendar minute.
#[derive(Debug)]
pub struct Rate {
    /// None: this process shares with nobody.
    ledger: Option<Db>,
    is_ledger_away: AtomicBool,
    minute: Mutex<Minute>,
}

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    sources: HashMap<SourceId, Counted>,
    /// What the minute before let in.
    before: HashMap<SourceId, i64>,
}

#[derive(Debug)]
struct Counted {
    share: Share,
    /// Whose turn it is to ask the ledger.
    turn: Arc<Turn<()>>,
}

impl Rate {
    /// A count that all processes over `db` share, if there can be others.
    pub fn over(db: Db) -> Self {
        Self::with(db.is_shared().then_some(db))
    }

    fn with(ledger: Option<Db>) -> Self {
        Self { ledger, is_ledger_away: AtomicBool::new(false), minute: Mutex::default() }
    }

    /// Counts one request. When it is over `limit`: the seconds until the next minute.
    pub async fn count(&self, source: SourceId, limit: i64, now: UnixMs) -> Result<(), u64> {
        let (mut taken, turn) = self.take(source, limit, now);
        if taken == Taken::InAndLow {
            // One asks for more; the others go on with what is there.
            if let Ok(_turn) = turn.try_lock() {
                self.ask(source, now).await;
            }
        } else if taken == Taken::Ask {
            let _turn = turn.lock().await;
            // Whoever had the turn before may have asked for enough.
            (taken, _) = self.take(source, limit, now);
            while taken == Taken::Ask {
                self.ask(source, now).await;
                (taken, _) = self.take(source, limit, now);
            }
        }
        if taken == Taken::Over { Err(until_the_next(now)) } else { Ok(()) }
    }

    fn take(&self, source: SourceId, limit: i64, now: UnixMs) -> (Taken, Arc<Turn<()>>) {
        self.with_minute(now, |minute| {
            let counted = minute.of(source, limit);
            if self.ledger.is_none() {
                counted.share.hold_all(limit);
            }
            (counted.share.take(limit), Arc::clone(&counted.turn))
        })
    }

    async fn ask(&self, source: SourceId, now: UnixMs) {
        let Some(db) = &self.ledger else { return };
        let found = self.with_minute(now, |minute| {
            Some((minute.number, minute.sources.get(&source)?.share.ask()))
        });
        let Some((number, ask)) = found else { return };
        let answer = match timeout(PATIENCE, ledger::lease(db, source, number, ask)).await {
            Ok(Ok(granted)) => granted.map_or(Answer::Nothing, Answer::Granted),
            Ok(Err(error)) => self.away(&error),
            Err(elapsed) => self.away(&elapsed),
        };
        if !matches!(answer, Answer::Away) && self.is_ledger_away.swap(false, Ordering::Relaxed) {
            tracing::info!("requests a minute are counted together with other processes again");
        }
        self.with_minute(now, |minute| {
            // A slice of a minute that is over is worth nothing in the next.
            if let Some(counted) = minute.sources.get_mut(&source)
                && minute.number == number
            {
                counted.share.answer(ask, answer);
            }
        });
    }

    fn away(&self, cause: &dyn fmt::Display) -> Answer {
        if !self.is_ledger_away.swap(true, Ordering::Relaxed) {
            tracing::warn!(%cause, "requests a minute are counted by this process alone");
        }
        Answer::Away
    }

    fn with_minute<T>(&self, now: UnixMs, act: impl FnOnce(&mut Minute) -> T) -> T {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        minute.turn_to(now.0.div_euclid(MINUTE_MS));
        act(&mut minute)
    }
}

impl Minute {
    /// Begins the minute with this number, unless it is the present one or the one before: requests arrive in one order
    /// and are counted in another.
    fn turn_to(&mut self, number: i64) {
        if number == self.number || number == self.number - 1 {
            return;
        }
        let ended = std::mem::take(&mut self.sources).into_iter();
        self.before = ended.map(|(source, counted)| (source, counted.share.used())).collect();
        self.number = number;
    }

    fn of(&mut self, source: SourceId, limit: i64) -> &mut Counted {
        self.sources.entry(source).or_insert_with(|| {
            let before = self.before.get(&source).copied().unwrap_or_default();
            Counted { share: Share::new(limit, before), turn: Arc::default() }
        })
    }
}

fn until_the_next(now: UnixMs) -> u64 {
    let rest_ms = MINUTE_MS - now.0.rem_euclid(MINUTE_MS);
    u64::try_from(rest_ms).unwrap_or_default().div_ceil(1_000).max(1)
}

#[cfg(test)]
mod tests;
