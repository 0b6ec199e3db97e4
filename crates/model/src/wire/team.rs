//! Members, invitations, seats and roles of a workspace.

use serde::{Deserialize, Serialize};

use crate::{
    Permission, Permissions, UnixMs,
    ids::{InvitationId, MemberId, OrganizationId, RoleId, UserId},
};

/// A person in the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Which membership.
    pub id: MemberId,
    /// Who.
    pub user_id: UserId,
    /// Their address.
    pub email: String,
    /// What they are called, when they said so.
    pub name: Option<String>,
    /// Their role.
    pub role_id: RoleId,
    /// That role's name.
    pub role_name: String,
    /// Whether it is the owners' role.
    pub is_owner: bool,
    /// What they were granted beside their role.
    pub grants: Permissions,
    /// Since when.
    pub created_at: UnixMs,
    /// When they last used this workspace, to the minute.
    pub last_seen_at: Option<UnixMs>,
}

impl Member {
    /// What others see them as: their name, or else their address.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }
}

/// Who sent an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Inviter {
    /// Who.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// What they are called, when they said so.
    pub name: Option<String>,
}

impl Inviter {
    /// What others see them as: their name, or else their address.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }
}

/// An invitation that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// Whom.
    pub email: String,
    /// As what.
    pub role_id: RoleId,
    /// That role's name.
    pub role_name: String,
    /// By whom.
    pub invited_by: Inviter,
    /// Whether it can be accepted no more. It holds no seat then.
    pub is_expired: bool,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it was last sent.
    pub sent_at: UnixMs,
    /// Until when it can be accepted.
    pub expires_at: UnixMs,
}

/// The seats of a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Seats {
    /// People among members and live invitations, each counted once.
    pub used: i64,
    /// How many there may be; null: as many as like.
    pub limit: Option<i64>,
    /// Those of `used` who are invited and not yet members.
    pub pending: i64,
}

/// A role of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Role {
    /// Which.
    pub id: RoleId,
    /// What people call it.
    pub name: String,
    /// Which starter role it is; null for the workspace's own.
    pub kind: Option<String>,
    /// What it permits.
    pub permissions: Permissions,
    /// How many members have it.
    pub members: i64,
}

/// `GET /api/members`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MembersReply {
    /// Everyone who belongs to the workspace, oldest first.
    pub members: Vec<Member>,
    /// Those who are asked in, oldest first.
    pub invitations: Vec<Invitation>,
    /// What both take.
    pub seats: Seats,
    /// Always null: one page holds them all.
    pub next_cursor: Option<String>,
}

/// `POST /api/members` and `PATCH /api/members/{memberId}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberReply {
    /// The member.
    pub member: Member,
}

/// `POST /api/invitations` and `…/resend`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InvitationReply {
    /// The invitation.
    pub invitation: Invitation,
    /// The link that accepts it, told once: it is for the invited person only. Null where it goes to them by mail.
    pub link: Option<String>,
    /// Whether a mail with the link is under way. When there is no link either, too many mails were: send it again.
    pub is_mailed: bool,
}

/// `POST /api/invitations/{token}/accept`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AcceptReply {
    /// The workspace.
    pub organization_id: OrganizationId,
    /// The new membership.
    pub member_id: MemberId,
}

/// `GET /api/roles`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RolesReply {
    /// The starter roles first.
    pub roles: Vec<Role>,
    /// Always null: one page holds them all.
    pub next_cursor: Option<String>,
}

/// One key of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PermissionEntry {
    /// The key.
    pub key: Permission,
    /// What holding it allows.
    pub what: String,
}

/// `GET /api/permissions`: the same in every workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PermissionsReply {
    /// Every key there is.
    pub permissions: Vec<PermissionEntry>,
    /// Always null: one page holds them all.
    pub next_cursor: Option<String>,
}

impl PermissionsReply {
    /// All of it.
    #[must_use]
    pub fn catalogue() -> Self {
        let entry = |key: &Permission| PermissionEntry { key: *key, what: key.what().to_owned() };
        Self { permissions: Permission::ALL.iter().map(entry).collect(), next_cursor: None }
    }
}

/// `POST /api/roles` and `PATCH /api/roles/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleReply {
    /// The role.
    pub role: Role,
}

/// What came of one entry of a list of people to invite, or would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BulkOutcome {
    /// They are invited.
    Invited,
    /// They were invited before and get a new link.
    SentAgain,
    /// They belong to the workspace already.
    AlreadyMember,
    /// There is no seat left for them.
    NoSeat,
    /// They are invited, and the mail is not under way: too many were. To be sent again.
    NotMailed,
    /// The workspace has sent as many as it may today.
    TooMany,
    /// Workspaces have sent them as much mail as they may of late.
    TooManyMails,
    /// Their role is above whoever invites.
    NotAllowed,
    /// It is not an address.
    NotAnEmail,
    /// The same address stands further up.
    Twice,
    /// No role has the name beside it.
    RoleNotFound,
}

/// One entry of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BulkResult {
    /// What stood there.
    pub typed: String,
    /// The address that was read from it; null when nobody is invited.
    pub email: Option<String>,
    /// What came of it, or would.
    pub outcome: BulkOutcome,
    /// The role's name; null when nobody is invited.
    pub role_name: Option<String>,
    /// The link that accepts it; null when nobody was invited, or where it goes by mail.
    pub link: Option<String>,
}

/// `POST /api/invitations/bulk`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkReply {
    /// In the order of the list.
    pub results: Vec<BulkResult>,
    /// The seats as they are now; after a dry run as they were.
    pub seats: Seats,
}
