//! What can go wrong with billing.

use crate::stripe::Fault;

/// Why an operation on a workspace's plan did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// This instance sells nothing: Stripe is not set up.
    #[error("Stripe is not set up")]
    NotConfigured,
    /// The workspace has a subscription; there is never a second.
    #[error("the workspace has a subscription")]
    AlreadySubscribed,
    /// The workspace has no subscription that could be changed.
    #[error("the workspace has no subscription")]
    NotSubscribed,
    /// A field is not what it should be.
    #[error("{field}: {message}")]
    Invalid {
        /// In the API's spelling.
        field: &'static str,
        /// What would be right.
        message: String,
    },
    /// Something else changes the workspace's plan at this moment.
    #[error("another change of the plan is under way")]
    Busy,
    /// The bank declined, or wants the holder to confirm.
    #[error("the payment is not through")]
    PaymentFailed,
    /// Stripe does not answer. What was asked for may have been done; the next synchronisation tells.
    #[error("{0}")]
    Away(String),
    /// Stripe refuses what this instance asks: its configuration is wrong.
    #[error("Stripe refuses: {0}")]
    Refused(String),
    /// A webhook is not signed by Stripe, or not now.
    #[error("the signature does not hold: {0}")]
    Signature(#[from] crate::webhook::NotSigned),
    /// There is no such event.
    #[error("there is no such event")]
    EventNotFound,
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(error.into())
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Away(_) | Fault::Failed(_) => Self::Away(fault.to_string()),
            Fault::Payment => Self::PaymentFailed,
            Fault::NotThere | Fault::Refused { .. } => Self::Refused(fault.to_string()),
        }
    }
}

/// What operations on billing answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;
