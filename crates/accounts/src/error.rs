//! What can go wrong with accounts.

/// Why an operation on accounts did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// Someone has an account with this e-mail already.
    #[error("an account with this e-mail exists already")]
    EmailTaken,
    /// No account has this e-mail and this password.
    #[error("the e-mail or the password is wrong")]
    InvalidCredentials,
    /// The link was used, has expired, or never was.
    #[error("no link has this secret")]
    LinkNotFound,
    /// There is no such login of theirs.
    #[error("there is no such login")]
    LoginNotFound,
    /// Strangers may not make an account, and the first one is made.
    #[error("only whoever is invited can make an account")]
    SignUpClosed,
    /// Too many tries; the next one is heard after this time.
    #[error("too many tries; the next is heard in {retry_after_s} s")]
    TooMany {
        /// Seconds to wait, at least one.
        retry_after_s: u64,
    },
    /// A password could not be hashed or compared.
    #[error("a password could not be hashed: {0}")]
    Hashing(String),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(error.into())
    }
}

/// What operations on accounts answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;
