//! The count that all processes share: how much of a source's minute they have taken for themselves.
//!
//! Each lease adds its slice, as long as the limit is not reached. What it gets is what lay below the limit: so all
//! leases of a minute together never hold more than the limit, in whatever order they come.
//!
//! While the ledger cannot be asked, nobody waits for it: that it is back is found out beside the requests.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use db::{Db, Result, Value, in_steps, on_db};
use model::ids::SourceId;
use tokio::time::{Instant, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::{
    MINUTE_MS,
    allowance::{Ask, Leased},
};

const LEASE: &str = "INSERT INTO rate_leases (source_id, minute, granted) VALUES ($1, $2, $3)
    ON CONFLICT (source_id, minute) DO UPDATE SET granted = rate_leases.granted + $3
    WHERE rate_leases.granted < $4
    RETURNING granted";

const DELETE_OLD: &str = "DELETE FROM rate_leases WHERE (source_id, minute) IN
    (SELECT source_id, minute FROM rate_leases WHERE minute < $1 LIMIT 500)";

/// Minutes that are kept: processes' clocks differ, but hardly by so much.
const KEPT: i64 = 10;
/// The ledger is waited for so long. Then it counts as away.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two tries whether it is back.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// The ledger, and whether it can be asked at present.
#[derive(Debug)]
pub struct Ledger {
    reach: Arc<Reach>,
    probe: Mutex<Option<Probe>>,
}

#[derive(Debug)]
struct Reach {
    db: Db,
    is_away: AtomicBool,
}

/// The last try whether the ledger is back.
#[derive(Debug)]
struct Probe {
    began: Instant,
    task: AbortOnDropHandle<()>,
}

impl Ledger {
    /// The one in `db`.
    pub fn new(db: Db) -> Self {
        let reach = Reach { db, is_away: AtomicBool::new(false) };
        Self { reach: Arc::new(reach), probe: Mutex::default() }
    }

    /// Asks for what is wanted of a source's minute. While the ledger is away the answer is there at once.
    pub async fn ask(&self, source: SourceId, minute: i64, ask: Ask) -> Leased {
        if self.reach.is_away.load(Ordering::Relaxed) {
            self.probe(source, minute);
            return Leased::Away;
        }
        self.reach.ask(source, minute, ask).await
    }

    /// Tries beside the requests whether the ledger is back, one at a time and not too often.
    fn probe(&self, source: SourceId, minute: i64) {
        let mut last = self.probe.lock().unwrap_or_else(PoisonError::into_inner);
        let is_under_way = last.as_ref().is_some_and(|probe| !probe.task.is_finished());
        let is_soon = last.as_ref().is_some_and(|probe| probe.began.elapsed() < PROBE_EVERY);
        if is_under_way || is_soon {
            return;
        }
        let reach = Arc::clone(&self.reach);
        let task = tokio::spawn(async move {
            // It takes nothing, but would be written all the same.
            let nothing = Ask { slice: 0, owed: 0, limit: i64::MAX };
            reach.ask(source, minute, nothing).await;
        });
        *last = Some(Probe { began: Instant::now(), task: AbortOnDropHandle::new(task) });
    }
}

impl Reach {
    async fn ask(&self, source: SourceId, minute: i64, ask: Ask) -> Leased {
        let granted = match timeout(PATIENCE, lease(&self.db, source, minute, ask)).await {
            Ok(Ok(granted)) => granted,
            Ok(Err(error)) => return self.away(&error),
            Err(elapsed) => return self.away(&elapsed),
        };
        if self.is_away.swap(false, Ordering::Relaxed) {
            tracing::info!("requests a minute are counted together with other processes again");
        }
        granted.map_or(Leased::Nothing, Leased::Granted)
    }

    fn away(&self, cause: &dyn fmt::Display) -> Leased {
        if !self.is_away.swap(true, Ordering::Relaxed) {
            tracing::warn!(%cause, "requests a minute are counted by this process alone");
        }
        Leased::Away
    }
}

/// Adds a slice and what is owed; tells what all leases of the minute come to with it, or none when there was nothing left.
async fn lease(db: &Db, source: SourceId, minute: i64, ask: Ask) -> Result<Option<i64>> {
    let mut tx = db.begin().await?;
    let row = on_db!(tx.conn()?, c => sqlx::query_as::<_, (i64,)>(LEASE)
        .bind(source.uuid())
        .bind(minute)
        .bind(ask.slice + ask.owed)
        .bind(ask.limit)
        .fetch_optional(c)
        .await)?;
    tx.commit().await?;
    Ok(row.map(|(granted,)| granted))
}

/// Removes the leases of minutes that are over, in small steps; tells how many there were.
pub async fn forget_old_leases(db: &Db) -> Result<u64> {
    let before = db.now().0.div_euclid(MINUTE_MS) - KEPT;
    in_steps(db, DELETE_OLD, &[Value::Int(before)]).await
}
