//! Accounts: sign-up and access tokens.

use serde::{Deserialize, Serialize};

use crate::{UnixMs, ids::UserId};

/// A person, as they see themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Who.
    pub id: UserId,
    /// Normalised: trimmed, NFC, lower case.
    pub email: String,
    /// What they are called, when they said so.
    pub name: Option<String>,
    /// When the account was made.
    pub created_at: UnixMs,
}

/// `POST /api/auth/signup`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserReply {
    /// The new account.
    pub user: User,
}

/// `POST /api/auth/token`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TokenReply {
    /// The bearer token; it is not shown again.
    pub access_token: String,
    /// When it stops working.
    pub expires_at: UnixMs,
}
