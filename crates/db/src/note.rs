//! What is noted beside a read: that something was used, and when.

use model::UnixMs;
use uuid::Uuid;

use crate::{Db, Result, on_db};

/// Runs `statement`, which notes that what has the id `$1` was used at the moment `$2`. A read must not fail for it:
/// while the database cannot be written, that is logged and the read goes on.
pub async fn note(db: &Db, statement: &'static str, id: Uuid, at: UnixMs) -> Result<()> {
    match write(db, statement, id, at).await {
        Err(error) if error.is_passing() => {
            tracing::warn!(cause = %error, "when something was last used could not be noted");
            Ok(())
        }
        done => done,
    }
}

async fn write(db: &Db, statement: &'static str, id: Uuid, at: UnixMs) -> Result<()> {
    let mut tx = db.begin().await?;
    on_db!(tx.conn()?, c => sqlx::query(statement)
        .bind(id)
        .bind(at.0)
        .execute(c)
        .await
        .map(|_| ()))?;
    tx.commit().await
}
