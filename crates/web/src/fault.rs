//! What a handler answers when something is not as it should be.
//!
//! A fault travels as an extension of a bare response; the door renders it. What clients read comes from the
//! catalogue; the cause behind it is for the log.

use std::{error::Error, sync::Arc};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::Code;
use workspaces::Forbidden;

/// Every seat is taken: how it stands, and where that can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatsLeft {
    /// Seats in use.
    pub used: i64,
    /// Seats there may be.
    pub limit: i64,
    /// The page of the workspace's seats.
    pub upgrade_url: String,
}

/// A refusal on its way to the door.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The catalogue's code.
    pub code: Code,
    /// The field at fault, in the API's spelling.
    pub field: Option<String>,
    /// A sentence for this case, instead of the catalogue's.
    pub message: Option<String>,
    /// Seconds after which it may be tried again.
    pub retry_after_s: Option<u64>,
    /// What a refused seat tells beside the code.
    pub seats: Option<Box<SeatsLeft>>,
    /// The member who was refused, for the audit log of their workspace.
    pub denied: Option<Box<Forbidden>>,
    /// What lies behind it. Logged, never told.
    pub cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Fault {
    /// A fault that needs no more words than its code.
    #[must_use]
    pub const fn of(code: Code) -> Self {
        Self {
            code,
            field: None,
            message: None,
            retry_after_s: None,
            seats: None,
            denied: None,
            cause: None,
        }
    }

    /// 400: a required field is absent.
    #[must_use]
    pub fn required(field: &str) -> Self {
        Self { field: Some(field.to_owned()), ..Self::of(Code::FieldRequired) }
    }

    /// 400: a field is not what it should be, and why.
    #[must_use]
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field.to_owned()),
            message: Some(message.into()),
            ..Self::of(Code::InvalidRequest)
        }
    }

    /// 500, or 503 when the database is away or full.
    #[must_use]
    pub fn storage(error: impl Error + Send + Sync + 'static, is_passing: bool) -> Self {
        let code = if is_passing { Code::ServiceUnavailable } else { Code::InternalError };
        Self {
            retry_after_s: is_passing.then_some(1),
            cause: Some(Arc::new(error)),
            ..Self::of(code)
        }
    }

    /// The code as clients read it; for a required field it is the sentence.
    #[must_use]
    pub fn text(&self) -> String {
        match (&self.field, self.code) {
            (Some(field), Code::FieldRequired) => format!("{field} is required"),
            _ => self.code.as_str().to_owned(),
        }
    }

    /// The sentence that goes with it.
    #[must_use]
    pub fn sentence(&self) -> String {
        match (&self.message, self.code) {
            (Some(message), _) => message.clone(),
            (None, Code::FieldRequired) => format!("{}.", self.text()),
            (None, code) => code.entry().message.to_owned(),
        }
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.entry().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        let headers = response.headers_mut();
        if self.code == Code::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<db::Error> for Fault {
    fn from(error: db::Error) -> Self {
        let is_passing = error.is_passing();
        Self::storage(error, is_passing)
    }
}

impl From<accounts::Error> for Fault {
    fn from(error: accounts::Error) -> Self {
        match error {
            accounts::Error::Db(error) => error.into(),
            accounts::Error::EmailTaken => {
                Self { field: Some("email".to_owned()), ..Self::of(Code::EmailTaken) }
            }
            accounts::Error::InvalidCredentials => Self::of(Code::InvalidCredentials),
            accounts::Error::TooMany { retry_after_s } => {
                Self { retry_after_s: Some(retry_after_s), ..Self::of(Code::TooManyRequests) }
            }
            accounts::Error::LinkNotFound => Self::of(Code::LinkNotFound),
            accounts::Error::LoginNotFound => Self::of(Code::NotFound),
            accounts::Error::SignUpClosed => Self::of(Code::Forbidden),
            accounts::Error::Hashing(_) => Self::storage(error, false),
        }
    }
}

impl From<workspaces::Error> for Fault {
    fn from(error: workspaces::Error) -> Self {
        match error {
            workspaces::Error::Db(error) => error.into(),
            workspaces::Error::SlugTaken => {
                Self { field: Some("slug".to_owned()), ..Self::of(Code::SlugTaken) }
            }
            workspaces::Error::Forbidden => Self::of(Code::Forbidden),
            workspaces::Error::Denied(denied) => denied.into(),
            workspaces::Error::UserNotFound => Self::of(Code::UserNotFound),
            workspaces::Error::MemberNotFound => Self::of(Code::MemberNotFound),
            workspaces::Error::RoleNotFound => Self::of(Code::RoleNotFound),
            workspaces::Error::InvitationNotFound => Self::of(Code::InvitationNotFound),
            workspaces::Error::InvitationNotPending => Self::of(Code::InvitationNotPending),
            workspaces::Error::AlreadyMember => Self::of(Code::AlreadyMember),
            workspaces::Error::OfferNotFound => Self::of(Code::TransferNotFound),
            workspaces::Error::AlreadyOwner => {
                Self::invalid("memberId", "They own this workspace already.")
            }
            workspaces::Error::RoleIsFixed => Self::of(Code::RoleIsFixed),
            workspaces::Error::RoleInUse => Self::of(Code::RoleInUse),
            workspaces::Error::RoleNameTaken => {
                Self { field: Some("name".to_owned()), ..Self::of(Code::RoleNameTaken) }
            }
            workspaces::Error::TokenNotFound => Self::of(Code::TokenNotFound),
            workspaces::Error::LastOwner => Self::of(Code::LastOwner),
            workspaces::Error::SeatLimitReached { .. } => Self::of(Code::SeatLimitReached),
            workspaces::Error::TooManyInvitations { retry_after_s } => {
                Self { retry_after_s: Some(retry_after_s), ..Self::of(Code::TooManyRequests) }
            }
            workspaces::Error::TooManyMails { retry_after_s } => Self {
                retry_after_s: Some(retry_after_s),
                message: Some(
                    "This address was sent as many mails as it gets in an hour, or in a day."
                        .to_owned(),
                ),
                ..Self::of(Code::TooManyRequests)
            },
        }
    }
}

impl From<Forbidden> for Fault {
    fn from(denied: Forbidden) -> Self {
        Self { denied: Some(Box::new(denied)), ..Self::of(Code::Forbidden) }
    }
}

impl From<sources::Error> for Fault {
    fn from(error: sources::Error) -> Self {
        match error {
            sources::Error::Invalid { field, message } => Self::invalid(field, message),
            sources::Error::SlugTaken => {
                Self { field: Some("slug".to_owned()), ..Self::of(Code::SlugTaken) }
            }
            sources::Error::NotFound => Self::of(Code::TrackingSourceNotFound),
            sources::Error::Db(error) => error.into(),
            sources::Error::Lookup(ref cause) => {
                let is_passing = cause.is_passing();
                Self::storage(error, is_passing)
            }
        }
    }
}
