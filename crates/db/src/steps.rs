//! Changing many rows without keeping others waiting.

use uuid::Uuid;

use crate::{Db, Result, on_db};

/// A value that a statement is given.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// An id.
    Uuid(Uuid),
    /// A number, or a time.
    Int(i64),
    /// A text.
    Text(&'a str),
}

/// Runs a statement that changes a few rows, each time in a transaction of its own, until it finds none. Between its
/// steps others have their turn. Tells how many rows there were.
pub async fn in_steps(db: &Db, statement: &'static str, values: &[Value<'_>]) -> Result<u64> {
    let mut all = 0;
    loop {
        let mut tx = db.begin().await?;
        let touched = on_db!(tx.conn()?, c => {
            let query = values.iter().fold(sqlx::query(statement), |query, value| match *value {
                Value::Uuid(id) => query.bind(id),
                Value::Int(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
            });
            query.execute(c).await.map(|done| done.rows_affected())
        })?;
        tx.commit().await?;
        if touched == 0 {
            return Ok(all);
        }
        all += touched;
    }
}

/// The same for a statement that is given an id.
pub async fn delete_in_steps(db: &Db, statement: &'static str, id: Uuid) -> Result<u64> {
    in_steps(db, statement, &[Value::Uuid(id)]).await
}
