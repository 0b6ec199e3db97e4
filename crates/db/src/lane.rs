//! A connection that stays open and is lent to one writer after the other, in the order they ask.
//!
//! A pool asks the engine whether a connection still lives, when it lends it and again when it gets it back.
//! Who commits a thousand times a second cannot afford to ask; here a connection is found dead when it is used.

use std::{fmt, sync::Arc, time::Duration};

use sqlx::{Connection, Database, Executor, Sqlite, SqliteConnection, migrate::Migrator, raw_sql};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedMutexGuard},
    time::timeout,
};

use crate::Result;

/// How long a writer waits for its turn before that is an error.
pub const PATIENCE: Duration = Duration::from_secs(5);

type Options<DB> = <<DB as Database>::Connection as Connection>::Options;

/// One connection and the queue before it. Clones are the same lane.
pub struct Lane<DB: Database>(Arc<Mutex<Line<DB>>>);

impl<DB: Database> Clone for Lane<DB> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Line<DB: Database> {
    options: Options<DB>,
    /// The statement that begins a transaction.
    begin: &'static str,
    /// None before the first turn, and after one that went wrong.
    connection: Option<DB::Connection>,
}

/// A turn: a transaction on the lane. Dropped without [`Turn::commit`], it changes nothing.
pub struct Turn<DB>(Option<OwnedMutexGuard<Line<DB>>>)
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>;

impl<DB> Lane<DB>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    /// A lane whose transactions start with `begin`. It connects at its first turn.
    pub fn new(options: Options<DB>, begin: &'static str) -> Self {
        Self(Arc::new(Mutex::new(Line { options, begin, connection: None })))
    }

    /// Waits for a turn and begins a transaction.
    pub async fn begin(&self) -> Result<Turn<DB>> {
        let queued = timeout(PATIENCE, Arc::clone(&self.0).lock_owned());
        let mut line = queued.await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        if let Some(mut connection) = line.connection.take() {
            match connection.execute(raw_sql(line.begin)).await {
                Ok(_) => {
                    line.connection = Some(connection);
                    return Ok(Turn(Some(line)));
                }
                // Another process has SQLite's lock: the connection is as good as any.
                Err(error) if is_busy(&error) => {
                    line.connection = Some(connection);
                    return Err(error.into());
                }
                // It has died since: a restarted server must not cost a request.
                Err(_) => drop(connection),
            }
        }
        let mut connection = DB::Connection::connect_with(&line.options).await?;
        connection.execute(raw_sql(line.begin)).await?;
        line.connection = Some(connection);
        Ok(Turn(Some(line)))
    }

    /// Waits for a turn and closes the connection. A later turn opens another.
    pub async fn close(&self) {
        if let Some(connection) = self.0.lock().await.connection.take() {
            // What was committed is safe; a connection that does not close well is closed all the same.
            drop(connection.close().await);
        }
    }
}

impl Lane<Sqlite> {
    /// Waits for a turn and brings the schema up to date, each step in a transaction of its own.
    pub async fn migrate(&self, steps: &Migrator) -> Result<()> {
        let mut line = self.0.lock().await;
        let connection = match line.connection.take() {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&line.options).await?,
        };
        Ok(steps.run(line.connection.insert(connection)).await?)
    }
}

impl<DB> Turn<DB>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    /// The connection, inside the transaction.
    pub fn connection(&mut self) -> Result<&mut DB::Connection> {
        let line = self.0.as_mut().and_then(|line| line.connection.as_mut());
        Ok(line.ok_or(sqlx::Error::PoolClosed)?)
    }

    /// Makes the changes last.
    pub async fn commit(mut self) -> Result<()> {
        self.connection()?.execute(raw_sql("COMMIT")).await?;
        // Nothing is left to be undone, so the turn ends here and not in `drop`.
        self.0 = None;
        Ok(())
    }
}

impl<DB> Drop for Turn<DB>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    fn drop(&mut self) {
        let Some(mut line) = self.0.take() else { return };
        let Some(mut connection) = line.connection.take() else { return };
        // Without a runtime the connection is closed, which undoes the changes too.
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            // One that does not answer is closed, and the next turn opens another.
            let undone = timeout(PATIENCE, connection.execute(raw_sql("ROLLBACK"))).await;
            if matches!(undone, Ok(Ok(_))) {
                line.connection = Some(connection);
            }
        });
    }
}

/// SQLite's result code 5, in whatever extended form.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    // PostgreSQL's codes have five characters.
    let sqlite = code.filter(|code| code.len() < 5).and_then(|code| code.parse::<u32>().ok());
    sqlite.is_some_and(|code| code & 0xff == 5)
}

// Connections have no words for themselves.
impl<DB: Database> fmt::Debug for Lane<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lane").finish_non_exhaustive()
    }
}

impl<DB> fmt::Debug for Turn<DB>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").finish_non_exhaustive()
    }
}
