//! Is the process alive, and may it be sent requests?

use std::time::Duration;

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use db::on_db;
use ingest::{Trouble, Writer};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use web::Services;

/// Who asks wants an answer soon, whatever the database does.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is asked.
#[derive(Debug, Clone)]
pub struct Health {
    /// Of these, the database.
    pub services: Services,
    /// What stores events.
    pub writer: Writer,
    /// Cancelled, once the server is to stop.
    pub draining: CancellationToken,
}

/// `/livez` and `/readyz`.
pub fn routes(health: Health) -> Router {
    let routes = Router::new().route("/livez", get(|| async { "ok" })).route("/readyz", get(ready));
    routes.with_state(health)
}

/// Touches no row; a database that is away, locked or read-only shows. A full disk shows at the next commit only.
const WRITABLE: &str = "UPDATE users SET id = id WHERE id IS NULL";

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
    let cause = match timeout(PATIENCE, write_nothing(&health.services.db)).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(elapsed) => Some(elapsed.to_string()),
    };
    if let Some(error) = cause {
        tracing::error!(%error, "the database cannot be written");
        reasons.push("the database cannot be written");
    }
    if reasons.is_empty() {
        return (StatusCode::OK, Json(json!({ "ready": true })));
    }
    let reasons = json!({ "ready": false, "reasons": reasons });
    (StatusCode::SERVICE_UNAVAILABLE, Json(reasons))
}

async fn write_nothing(db: &db::Db) -> db::Result<()> {
    let mut tx = db.begin().await?;
    on_db!(tx.conn()?, c => sqlx::query(WRITABLE).execute(c).await.map(|_| ()))?;
    tx.commit().await
}
