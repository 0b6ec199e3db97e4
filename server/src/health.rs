//! Is the process alive, and may it be sent requests?

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use db::on_db;
use serde_json::{Value, json};
use web::Services;

/// `/livez` and `/readyz`.
pub fn routes() -> Router<Services> {
    Router::new().route("/livez", get(|| async { "ok" })).route("/readyz", get(ready))
}

/// Touches no row; takes the write lock, so a full or read-only disk shows.
const WRITABLE: &str = "UPDATE users SET id = id WHERE id IS NULL";

async fn ready(State(services): State<Services>) -> (StatusCode, Json<Value>) {
    match write_nothing(&services.db).await {
        Ok(()) => (StatusCode::OK, Json(json!({ "ready": true }))),
        Err(error) => {
            tracing::error!(%error, "the database cannot be written");
            let reasons = json!({ "ready": false, "reasons": ["the database cannot be written"] });
            (StatusCode::SERVICE_UNAVAILABLE, Json(reasons))
        }
    }
}

async fn write_nothing(db: &db::Db) -> db::Result<()> {
    let mut tx = db.begin().await?;
    on_db!(tx.conn()?, c => sqlx::query(WRITABLE).execute(c).await.map(|_| ()))?;
    tx.commit().await
}
