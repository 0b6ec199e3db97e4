//! Accounts: sign-up and access tokens.

use serde::{Deserialize, Serialize};

use crate::{
    Permissions, UnixMs,
    ids::{OrganizationId, TokenId, UserId},
};

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
    /// When it was shown that mail to the address reaches them; null: not yet.
    pub verified_at: Option<UnixMs>,
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

/// An access token with a name, made for a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NamedToken {
    /// Which.
    pub id: TokenId,
    /// What it is called.
    pub name: String,
    /// The most that it permits; null: whatever its person may do.
    pub permissions: Option<Permissions>,
    /// The one workspace that it opens; null: all of its person's.
    pub organization_id: Option<OrganizationId>,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it stops working; null: when it is revoked.
    pub expires_at: Option<UnixMs>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<UnixMs>,
}

/// `GET /api/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TokensReply {
    /// Oldest first, expired ones among them.
    pub tokens: Vec<NamedToken>,
    /// Always null: one page holds them all.
    pub next_cursor: Option<String>,
}

/// `POST /api/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewTokenReply {
    /// The token.
    pub token: NamedToken,
    /// Its text, told once: `tat_` and 43 characters.
    pub secret: String,
}
