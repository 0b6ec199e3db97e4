//! What can go wrong with workspaces.

/// Why an operation on workspaces did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// Another workspace has this slug.
    #[error("another workspace has this slug")]
    SlugTaken,
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(error.into())
    }
}

/// What operations on workspaces answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;
