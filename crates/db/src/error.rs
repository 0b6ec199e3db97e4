//! What can go wrong between us and the database.

use sqlx::error::DatabaseError;

/// A database call that did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine or the way to it failed.
    #[error(transparent)]
    Sqlx(#[from] sqlx::Error),
    /// The schema could not be brought up to date, or is newer than this binary.
    #[error(transparent)]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A change touched another number of rows than it must.
    #[error("a change touched {touched} rows where {expected} were meant")]
    Rows {
        /// How many rows the change was for.
        expected: u64,
        /// How many it touched.
        touched: u64,
    },
    /// Others changed the same rows, each time that it was tried.
    #[error("others changed the same rows at each try")]
    Overtaken,
    /// A stored value is not what this binary writes.
    #[error("a stored value cannot be read: {0}")]
    Stored(String),
    /// The address of the database is not one of ours.
    #[error("the database address must begin with sqlite: or postgres:// ({0})")]
    Address(String),
    /// The folder of a SQLite file could not be made.
    #[error("{folder} cannot be made: {source}")]
    Folder {
        /// Which folder.
        folder: String,
        /// Why not.
        source: std::io::Error,
    },
}

/// What database calls answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Whether an insert or update met a row that is there already.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Sqlx(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// Whether an insert or update named a row that is not there.
    #[must_use]
    pub fn is_foreign_key_violation(&self) -> bool {
        matches!(self, Self::Sqlx(sqlx::Error::Database(error)) if error.is_foreign_key_violation())
    }

    /// Whether the transaction met another one, so that the same may succeed at once: a deadlock, or a serialisation
    /// failure (`PostgreSQL`'s class 40).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        let Self::Sqlx(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| code.len() == 5 && code.starts_with("40"))
    }

    /// Whether the same call may succeed later without a change: the database is away, busy or full.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Sqlx(sqlx::Error::Database(error)) => is_passing_code(error.as_ref()),
            Self::Sqlx(
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed,
            )
            | Self::Overtaken => true,
            _ => false,
        }
    }
}

/// SQLite result codes (5 busy, 8 read-only, 10 I/O, 13 full, 14 cannot be opened) and PostgreSQL's 25006 (read-only), 55P03
/// (a lock was waited for in vain) and classes 08, 40 (a deadlock among them), 53, 57 and 58 (an
/// error of the system, such as of its disk).
fn is_passing_code(error: &dyn DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    if let Ok(sqlite) = code.parse::<u32>()
        && code.len() < 5
    {
        return matches!(sqlite & 0xff, 5 | 8 | 10 | 13 | 14);
    }
    ["08", "25006", "40", "53", "55P03", "57", "58"].iter().any(|class| code.starts_with(class))
}

/// An error unless exactly one row was touched.
pub const fn expect_one(touched: u64) -> Result<()> {
    if touched == 1 { Ok(()) } else { Err(Error::Rows { expected: 1, touched }) }
}
