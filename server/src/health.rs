//! Is the process alive, and may it be sent requests?
//!
//! Who asks often costs the database no more than who asks once a second, and no one waits for longer than it may take.

use std::{sync::Arc, time::Duration};

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use db::{Db, on_db};
use ingest::{Trouble, Writer};
use serde_json::{Value, json};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

/// Who asks wants an answer soon, whatever the database does.
const PATIENCE: Duration = Duration::from_secs(2);
/// What was found out is told to all who ask within this time.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// What is asked.
#[derive(Debug, Clone)]
pub struct Health {
    probe: Arc<Probe>,
    writer: Writer,
    draining: CancellationToken,
}

impl Health {
    /// Of this database, by connections apart, and of what stores events in it. `draining` is cancelled once the server is
    /// to stop.
    #[must_use]
    pub fn new(db: &Db, writer: Writer, draining: CancellationToken) -> Self {
        let lane = i64::from(db.chance().bytes::<1>()[0]);
        let probe = Probe { db: db.apart(), lane, last: Mutex::default() };
        Self { probe: Arc::new(probe), writer, draining }
    }
}

/// `/livez` and `/readyz`.
pub fn routes(health: Health) -> Router {
    let routes = Router::new().route("/livez", get(|| async { "ok" })).route("/readyz", get(ready));
    routes.with_state(health)
}

async fn ready(State(health): State<Health>) -> (StatusCode, Json<Value>) {
    let mut reasons = Vec::new();
    if health.draining.is_cancelled() {
        reasons.push("the server is stopping");
    }
    match health.writer.trouble() {
        Some(Trouble::CommitsFail) => reasons.push("events cannot be stored"),
        Some(Trouble::QueueIsFull) => reasons.push("more events wait than can be stored"),
        None => {}
    }
    reasons.extend(health.probe.reason().await);
    if reasons.is_empty() {
        return (StatusCode::OK, Json(json!({ "ready": true })));
    }
    let reasons = json!({ "ready": false, "reasons": reasons });
    (StatusCode::SERVICE_UNAVAILABLE, Json(reasons))
}

const WRITE: &str = "INSERT INTO readiness (lane, checked_at) VALUES ($1, $2)
    ON CONFLICT (lane) DO UPDATE SET checked_at = excluded.checked_at";

/// Tries whether the database takes a row. A write that changes nothing would go well on a full disk.
#[derive(Debug)]
struct Probe {
    db: Db,
    lane: i64,
    /// What was found last, and when. Who comes while it is being found out waits for it here.
    last: Mutex<Option<(Instant, Option<&'static str>)>>,
}

impl Probe {
    /// Why the database takes nothing, if it does not.
    async fn reason(&self) -> Option<&'static str> {
        let mut last = self.last.lock().await;
        if let Some((at, reason)) = *last
            && at.elapsed() < GOOD_FOR
        {
            return reason;
        }
        let reason = self.find_out().await;
        *last = Some((Instant::now(), reason));
        reason
    }

    async fn find_out(&self) -> Option<&'static str> {
        let cause = match timeout(PATIENCE, self.write()).await {
            Ok(Ok(true)) => return None,
            Ok(Ok(false)) => return Some("the database's schema is not up to date"),
            Ok(Err(error)) => error.to_string(),
            Err(elapsed) => elapsed.to_string(),
        };
        tracing::error!(error = %cause, "the database cannot be written");
        Some("the database cannot be written")
    }

    /// Writes the row, if the schema has one.
    async fn write(&self) -> db::Result<bool> {
        if !db::is_migrated(&self.db).await? {
            return Ok(false);
        }
        let mut tx = self.db.begin().await?;
        on_db!(tx.conn()?, c => sqlx::query(WRITE)
            .bind(self.lane)
            .bind(self.db.now().0)
            .execute(c)
            .await
            .map(|_| ()))?;
        tx.commit().await?;
        Ok(true)
    }
}
