//! Removing many rows without keeping others waiting.

use uuid::Uuid;

use crate::{Db, Result, on_db};

/// Runs a statement that deletes a few rows of what `id` names, until it finds none. Between its steps others have
/// their turn. Tells how many rows went.
pub async fn delete_in_steps(db: &Db, statement: &'static str, id: Uuid) -> Result<u64> {
    let mut all = 0;
    loop {
        let mut tx = db.begin().await?;
        let touched = on_db!(tx.conn()?, c => sqlx::query(statement)
            .bind(id)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        tx.commit().await?;
        if touched == 0 {
            return Ok(all);
        }
        all += touched;
    }
}
