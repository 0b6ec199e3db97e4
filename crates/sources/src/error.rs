//! Why a call about sources fails.

use std::sync::Arc;

use crate::OriginFault;

/// A call about sources that did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value that no source may have.
    #[error("{field}: {message}")]
    Invalid {
        /// Which value, as the API spells it.
        field: &'static str,
        /// What is wrong and what would be right, for the person who typed it.
        message: String,
    },
    /// Another source of the workspace has this slug.
    #[error("another source of the workspace has this slug")]
    SlugTaken,
    /// No such source in this workspace.
    #[error("no such source in this workspace")]
    NotFound,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// The database failed a lookup of the gate, and everybody who waited for that lookup is told.
    #[error(transparent)]
    Lookup(Arc<db::Error>),
}

/// What calls about sources answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The database's failure, when that is the reason.
    #[must_use]
    pub fn storage(&self) -> Option<&db::Error> {
        match self {
            Self::Db(error) => Some(error),
            Self::Lookup(error) => Some(error),
            Self::Invalid { .. } | Self::SlugTaken | Self::NotFound => None,
        }
    }
}

impl From<OriginFault> for Error {
    fn from(fault: OriginFault) -> Self {
        Self::Invalid { field: "allowedOrigins", message: fault.message }
    }
}
