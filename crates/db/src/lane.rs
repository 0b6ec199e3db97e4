//! A connection that stays open and is lent to one writer after the other, in the order they ask.
//!
//! A pool asks the engine whether a connection still lives, when it lends it and again when it gets it back.
//! Who commits a thousand times a second cannot afford to ask; here a connection is found dead when it is used.

use std::{fmt, sync::Arc, time::Duration};

use sqlx::{Connection, Database, Executor, Sqlite, SqliteConnection, migrate::Migrator, raw_sql};
use tokio::{
    runtime::Handle,
    sync::{Mutex, Notify, OwnedMutexGuard},
    time::timeout,
};

use crate::{Result, wal};

/// How long a writer waits for its turn before that is an error.
pub const PATIENCE: Duration = Duration::from_secs(5);

type Options<DB> = <<DB as Database>::Connection as Connection>::Options;

/// One connection and the queue before it. Clones are the same lane.
pub struct Lane<DB: Database> {
    line: Arc<Mutex<Line<DB>>>,
    /// Told after each commit.
    committed: Arc<Notify>,
}

impl<DB: Database> Clone for Lane<DB> {
    fn clone(&self) -> Self {
        Self { line: Arc::clone(&self.line), committed: Arc::clone(&self.committed) }
    }
}

struct Line<DB: Database> {
    options: Options<DB>,
    /// The statement that begins a transaction.
    begin: &'static str,
    /// None before the first turn, and after one that went wrong.
    connection: Option<DB::Connection>,
    /// The lane's.
    committed: Arc<Notify>,
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
        let committed = Arc::new(Notify::new());
        let line = Line { options, begin, connection: None, committed: Arc::clone(&committed) };
        Self { line: Arc::new(Mutex::new(line)), committed }
    }

    /// Waits for a commit, unless there was one since this was last called. For one task.
    pub async fn committed(&self) {
        self.committed.notified().await;
    }

    /// Waits for a turn and begins a transaction.
    pub async fn begin(&self) -> Result<Turn<DB>> {
        let queued = timeout(PATIENCE, Arc::clone(&self.line).lock_owned());
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
        if let Some(connection) = self.line.lock().await.connection.take() {
            // What was committed is safe; a connection that does not close well is closed all the same.
            drop(connection.close().await);
        }
    }
}

impl Lane<Sqlite> {
    /// Waits for a turn and brings the schema up to date, each step in a transaction of its own.
    pub async fn migrate(&self, steps: &Migrator) -> Result<()> {
        let mut line = self.line.lock().await;
        Ok(steps.run(line.connected().await?).await?)
    }

    /// Waits for a turn and moves what is left of the log into the file.
    pub async fn move_log(&self) -> Result<()> {
        let mut line = self.line.lock().await;
        line.connected().await?.execute(raw_sql(wal::MOVE)).await?;
        Ok(())
    }
}

impl Line<Sqlite> {
    async fn connected(&mut self) -> Result<&mut SqliteConnection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.options).await?,
        };
        Ok(self.connection.insert(connection))
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
        if let Some(line) = self.0.take() {
            line.committed.notify_one();
        }
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
