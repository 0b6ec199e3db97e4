//! Changing many rows without keeping others waiting.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::{Db, Result, Tx, on_db};

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

impl From<Uuid> for Value<'_> {
    fn from(id: Uuid) -> Self {
        Self::Uuid(id)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

/// Runs a statement that changes a few rows, each time in a transaction of its own, until it finds none. Between its
/// steps others have their turn. Tells how many rows there were.
pub async fn in_steps(db: &Db, statement: &'static str, values: &[Value<'_>]) -> Result<u64> {
    let mut all = 0;
    loop {
        let mut tx = db.begin().await?;
        let touched = run(&mut tx, statement, values).await?;
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

async fn run(tx: &mut Tx, statement: &'static str, values: &[Value<'_>]) -> Result<u64> {
    Ok(on_db!(tx.conn()?, c => {
        let query = values.iter().fold(sqlx::query(statement), |query, value| match *value {
            Value::Uuid(id) => query.bind(id),
            Value::Int(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
        });
        query.execute(c).await.map(|done| done.rows_affected())
    })?)
}

/// How long a gentle step should take. A commit of ingest that comes meanwhile waits about so long.
const STEP: Duration = Duration::from_millis(20);
/// Rows of the first gentle step, and most of any.
const FIRST_ROWS: u16 = 64;
const MOST_ROWS: u16 = 512;
/// After a gentle step others have so many times as long as it took.
const REST: u32 = 2;

/// Like [`in_steps`], for what may take long while others work. The statement changes about as many rows as its last value
/// says, which is added here; when there were fewer, it was the last step. Rows differ in size by thousands of times, so
/// it is the time that a step took which decides how many the next one takes.
pub async fn in_gentle_steps(
    db: &Db,
    statement: &'static str,
    values: &[Value<'_>],
) -> Result<u64> {
    let (mut all, mut rows) = (0, FIRST_ROWS);
    loop {
        let mut tx = db.begin().await?;
        let began = Instant::now();
        let step = [values, &[Value::Int(rows.into())]].concat();
        let touched = run(&mut tx, statement, &step).await?;
        tx.commit().await?;
        all += touched;
        if touched == 0 {
            return Ok(all);
        }
        let took = began.elapsed();
        sleep(took * REST).await;
        if touched < rows.into() {
            return Ok(all);
        }
        rows = next_rows(rows, took);
    }
}

fn next_rows(rows: u16, took: Duration) -> u16 {
    if took > STEP {
        (rows / 2).max(1)
    } else if took * 2 < STEP {
        (rows * 2).min(MOST_ROWS)
    } else {
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_takes_long_makes_the_next_one_smaller() {
        let (short, right, long) =
            (Duration::from_millis(1), Duration::from_millis(15), Duration::from_millis(50));
        assert_eq!([short, right, long].map(|took| next_rows(64, took)), [128, 64, 32]);
        assert_eq!((next_rows(MOST_ROWS, short), next_rows(1, long)), (MOST_ROWS, 1));
    }
}
