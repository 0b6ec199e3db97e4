//! Workspaces; the API says organization.

use serde::{Deserialize, Serialize};

use crate::{
    UnixMs,
    ids::{MemberId, OrganizationId, RoleId},
};

/// A workspace, as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Which.
    pub id: OrganizationId,
    /// What people call it.
    pub name: String,
    /// Its place in page addresses.
    pub slug: String,
    /// The membership of whoever asks.
    pub member_id: MemberId,
    /// The role of whoever asks.
    pub role_id: RoleId,
    /// That role's name.
    pub role_name: String,
    /// When it was made.
    pub created_at: UnixMs,
}

/// `GET /api/organizations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrganizationsReply {
    /// Those the caller is a member of, oldest first.
    pub organizations: Vec<Organization>,
    /// Those the caller owned, that were deleted and can be had back; newest first.
    pub deleted: Vec<DeletedOrganization>,
    /// Always null: one page holds them all.
    pub next_cursor: Option<String>,
}

/// A workspace that was deleted and can be had back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeletedOrganization {
    /// Which.
    pub id: OrganizationId,
    /// What people called it.
    pub name: String,
    /// Its place in page addresses.
    pub slug: String,
    /// Until when it can be had back.
    pub until: UnixMs,
}

/// `POST /api/organizations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrganizationReply {
    /// The workspace.
    pub organization: Organization,
}

/// An owner's offer to hand the workspace over, which waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Transfer {
    /// The owner who gives.
    pub from_email: String,
    /// The member who may take.
    pub to_email: String,
    /// When it was made.
    pub created_at: UnixMs,
    /// Until when it can be accepted.
    pub expires_at: UnixMs,
}

/// `POST /api/organizations/{id}/transfer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransferReply {
    /// The offer.
    pub transfer: Transfer,
}
