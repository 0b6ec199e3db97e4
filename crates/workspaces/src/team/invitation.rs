//! Invitations, as they stand in the list and behind their link.

use accounts::LinkSecret;
use db::on_db;
use model::{
    UnixMs,
    ids::{InvitationId, OrganizationId, RoleId, UserId},
    wire::{self, team::Inviter},
};
use uuid::Uuid;

use super::Team;
use crate::{Error, Result, Workspaces, role::Role};

/// How long an invitation can be accepted, and holds its seat: seven days.
pub const INVITATION_LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// An invitation that has not been accepted or revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// Into which workspace.
    pub organization: OrganizationId,
    /// That workspace's name.
    pub organization_name: String,
    /// Whom.
    pub email: String,
    /// As what.
    pub role_id: RoleId,
    /// That role's name.
    pub role_name: String,
    /// By whom.
    pub invited_by: UserId,
    /// Their address.
    pub inviter_email: String,
    /// What they are called, when they said so.
    pub inviter_name: Option<String>,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it was last sent.
    pub sent_at: UnixMs,
    /// Until when it can be accepted.
    pub expires_at: UnixMs,
    /// Whether its link went out by mail alone: whoever has it reads the mail of the address.
    pub is_mailed: bool,
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Pending,
    Accepted,
    Revoked,
}

impl State {
    const ALL: [Self; 3] = [Self::Pending, Self::Accepted, Self::Revoked];

    /// Its word in the database.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
        }
    }

    /// The column's meaning.
    fn read(text: &str) -> db::Result<Self> {
        let known = Self::ALL.into_iter().find(|state| state.as_str() == text);
        known.ok_or_else(|| db::Error::Stored(format!("invitations.state: {text}")))
    }
}

impl Invitation {
    /// In the form that everyone may know, as of `now`.
    #[must_use]
    pub fn told(self, now: UnixMs) -> wire::team::Invitation {
        wire::team::Invitation {
            id: self.id,
            email: self.email,
            role_id: self.role_id,
            role_name: self.role_name,
            invited_by: Inviter {
                id: self.invited_by,
                email: self.inviter_email,
                name: self.inviter_name,
            },
            is_expired: self.expires_at <= now,
            created_at: self.created_at,
            sent_at: self.sent_at,
            expires_at: self.expires_at,
        }
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: Uuid,
    organization_id: Uuid,
    organization_name: String,
    email: String,
    role_id: Uuid,
    role_name: String,
    invited_by: Uuid,
    inviter_email: String,
    inviter_name: Option<String>,
    state: String,
    created_at: i64,
    sent_at: i64,
    expires_at: i64,
    is_mailed: bool,
}

impl From<Row> for Invitation {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            organization: row.organization_id.into(),
            organization_name: row.organization_name,
            email: row.email,
            role_id: row.role_id.into(),
            role_name: row.role_name,
            invited_by: row.invited_by.into(),
            inviter_email: row.inviter_email,
            inviter_name: row.inviter_name,
            created_at: UnixMs(row.created_at),
            sent_at: UnixMs(row.sent_at),
            expires_at: UnixMs(row.expires_at),
            is_mailed: row.is_mailed,
        }
    }
}

macro_rules! invitations {
    ($narrowed:literal) => {
        concat!(
            "SELECT i.id, i.organization_id, o.name AS organization_name, i.email, i.role_id,
                r.name AS role_name, i.invited_by, u.email AS inviter_email, u.name AS inviter_name,
                i.state, i.created_at, i.sent_at, i.expires_at, i.is_mailed
            FROM invitations i
            JOIN organizations o ON o.id = i.organization_id
            JOIN roles r ON r.id = i.role_id
            JOIN users u ON u.id = i.invited_by ",
            $narrowed
        )
    };
}

const LIST: &str = invitations!(
    "WHERE i.organization_id = $1 AND i.state = 'pending' ORDER BY i.created_at, i.id"
);
const FIND: &str = invitations!("WHERE i.organization_id = $1 AND i.id = $2");
const FIND_PENDING: &str =
    invitations!("WHERE i.organization_id = $1 AND i.email = $2 AND i.state = 'pending'");
const FIND_BY_SECRET: &str = invitations!("WHERE i.secret_hash = $1 AND o.deleted_at IS NULL");

const END: &str = "UPDATE invitations SET state = $3
    WHERE organization_id = $1 AND id = $2 AND state = 'pending'";

impl Workspaces {
    /// Those that wait for an answer, expired ones among them, oldest first.
    pub async fn list_invitations(&self, organization: OrganizationId) -> Result<Vec<Invitation>> {
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(LIST)
            .bind(organization.uuid())
            .fetch_all(c)
            .await)?;
        Ok(rows.into_iter().map(Invitation::from).collect())
    }

    /// The one behind a link, while it can be accepted.
    ///
    /// # Errors
    ///
    /// [`Error::InvitationNotFound`], and [`Error::InvitationNotPending`] for one that was accepted or revoked
    /// or has expired.
    pub async fn find_invitation(&self, secret: &LinkSecret) -> Result<Invitation> {
        live(self.invitation_behind(secret).await?, self.db.now())
    }

    /// The one behind a link, whatever became of it.
    pub(super) async fn invitation_behind(&self, secret: &LinkSecret) -> Result<Row> {
        let row = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(FIND_BY_SECRET)
            .bind(secret.hash())
            .fetch_optional(c)
            .await)?;
        row.ok_or(Error::InvitationNotFound)
    }
}

/// The invitation, if it can be accepted.
pub(super) fn live(row: Row, now: UnixMs) -> Result<Invitation> {
    let invitation = pending(row)?;
    if invitation.expires_at > now { Ok(invitation) } else { Err(Error::InvitationNotPending) }
}

/// The invitation, if it waits for an answer, be it too late for one.
fn pending(row: Row) -> Result<Invitation> {
    match State::read(&row.state)? {
        State::Pending => Ok(row.into()),
        State::Accepted | State::Revoked => Err(Error::InvitationNotPending),
    }
}

impl Team<'_> {
    pub(super) async fn invitation(&mut self, id: InvitationId) -> Result<Row> {
        let row = on_db!(self.tx.conn()?, c => sqlx::query_as::<_, Row>(FIND)
            .bind(self.id.uuid())
            .bind(id.uuid())
            .fetch_optional(c)
            .await)?;
        row.ok_or(Error::InvitationNotFound)
    }

    /// The invitation and what it offers, when it waits for an answer and whoever acts may give as much.
    pub(super) async fn open_invitation(&mut self, id: InvitationId) -> Result<(Invitation, Role)> {
        let row = self.invitation(id).await?;
        let role = self.role(row.role_id.into()).await?;
        self.require_over(&role)?;
        Ok((pending(row)?, role))
    }

    pub(super) async fn pending_invitation(&mut self, email: &str) -> Result<Option<Invitation>> {
        let row = on_db!(self.tx.conn()?, c => sqlx::query_as::<_, Row>(FIND_PENDING)
            .bind(self.id.uuid())
            .bind(email)
            .fetch_optional(c)
            .await)?;
        Ok(row.map(Invitation::from))
    }

    /// Ends a pending invitation in `state`.
    pub(super) async fn end_invitation(&mut self, id: InvitationId, state: State) -> Result<()> {
        let touched = on_db!(self.tx.conn()?, c => sqlx::query(END)
            .bind(self.id.uuid())
            .bind(id.uuid())
            .bind(state.as_str())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(db::expect_one(touched)?)
    }
}
