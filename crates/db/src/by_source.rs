//! Removing what is old from tables whose keys are a source and then the order in time.
//!
//! One look at such a key finds the next source together with its oldest row, so a table is gone through in as many looks
//! as it has sources, whatever else it holds, and no further index is needed.

use sqlx::{FromRow, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;

use crate::{
    Db, Result, on_db,
    steps::{Value, in_gentle_steps},
};

/// A table's two statements.
#[derive(Debug, Clone, Copy)]
pub struct BySource {
    /// The first source from `$1` on, and where its oldest row is in the order.
    pub oldest: &'static str,
    /// Removes rows of source `$1` from before `$2`: about as many as the last value says.
    pub delete: &'static str,
}

/// Removes the rows from before `before`, in gentle steps; tells how many there were. `also`: what the statement that
/// removes is given beside.
pub async fn forget_by_source<K>(
    db: &Db,
    table: BySource,
    before: K,
    also: &[Value<'_>],
) -> Result<u64>
where
    K: Copy + PartialOrd + Send + Unpin + Into<Value<'static>>,
    (Uuid, K): for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
{
    let (mut all, mut from) = (0, Uuid::nil());
    loop {
        let found: Option<(Uuid, K)> = on_db!(db.read(), c => sqlx::query_as(table.oldest)
            .bind(from)
            .fetch_optional(c)
            .await)?;
        let Some((source, oldest)) = found else { return Ok(all) };
        if oldest < before {
            let values = [&[Value::Uuid(source), before.into()], also].concat();
            all += in_gentle_steps(db, table.delete, &values).await?;
        }
        let Some(next) = source.as_u128().checked_add(1) else { return Ok(all) };
        from = Uuid::from_u128(next);
    }
}
