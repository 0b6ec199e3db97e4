//! Asking someone in, and taking it back.

use accounts::{Email, LinkSecret, User};
use audit::Actor;
use db::{lowest_id, on_db};
use model::{
    Permission, UnixMs,
    ids::{InvitationId, OrganizationId, RoleId},
};
use serde_json::json;

use super::{INVITATION_LIFE_MS, Invitation, Member, Team, invitation::State};
use crate::{Error, Result, Workspaces, role::Role};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// So long a workspace counts as young: who makes one to send mail to strangers does not wait.
const YOUNG_MS: i64 = 30 * DAY_MS;
/// Invitations that a young workspace may send in a day.
pub const INVITATIONS_PER_DAY: i64 = 50;

/// An invitation that was just sent. Its link is not to be had again.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// What its link holds.
    pub secret: LinkSecret,
    /// Whether it is new; else it had been sent before, and the link of then has stopped.
    pub is_new: bool,
}

const INSERT: &str = "INSERT INTO invitations
    (id, organization_id, email, role_id, secret_hash, invited_by, state, created_at, sent_at, expires_at,
        is_mailed)
    VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $7, $8, $9)";

const SEND_AGAIN: &str =
    "UPDATE invitations SET role_id = $3, secret_hash = $4, invited_by = $5, sent_at = $6, expires_at = $7,
        is_mailed = $8
    WHERE organization_id = $1 AND id = $2 AND state = 'pending'";

/// Every sending is in the audit log, also that of an invitation which was sent before.
const SENT_SINCE: &str =
    "SELECT COUNT(*), MIN(at) FROM audit_log WHERE organization_id = $1 AND id > $2
    AND action IN ('invitation.created', 'invitation.resent')";

impl Workspaces {
    /// Invites `email`. Whoever is invited already gets a new link, and the role of this time.
    ///
    /// # Errors
    ///
    /// In this order: [`Error::Forbidden`], [`Error::RoleNotFound`], [`Error::AlreadyMember`],
    /// [`Error::SeatLimitReached`], [`Error::TooManyInvitations`], [`Error::TooManyMails`].
    pub async fn invite(
        &self,
        actor: Actor,
        organization: OrganizationId,
        email: &Email,
        role: RoleId,
    ) -> Result<Invited> {
        let mut team = Team::enter(&self.db, actor, organization, Permission::UsersInvite).await?;
        let invited = team.invite(self, email, role).await?;
        team.commit().await?;
        Ok(invited)
    }

    /// Sends an invitation again: with a new link, for seven days from now.
    ///
    /// # Errors
    ///
    /// [`Error::InvitationNotFound`], [`Error::InvitationNotPending`], and those of [`Self::invite`]: an expired
    /// one needs a seat again.
    pub async fn resend_invitation(
        &self,
        actor: Actor,
        organization: OrganizationId,
        id: InvitationId,
    ) -> Result<Invited> {
        let mut team = Team::enter(&self.db, actor, organization, Permission::UsersInvite).await?;
        let (invitation, role) = team.open_invitation(id).await?;
        team.require_seat(self.seat_rule, &invitation.email).await?;
        team.require_few_sent().await?;
        if self.is_verifying {
            team.admit_sending(&invitation.email).await?;
        }
        let secret = LinkSecret::new(self.db.chance());
        team.send_again(&invitation, &role, &secret, self.is_verifying).await?;
        let invitation = Invitation::from(team.invitation(id).await?);
        team.commit().await?;
        Ok(Invited { invitation, secret, is_new: false })
    }

    /// Takes an invitation back; its link has stopped and its seat is free.
    ///
    /// # Errors
    ///
    /// [`Error::InvitationNotFound`], [`Error::InvitationNotPending`].
    pub async fn revoke_invitation(
        &self,
        actor: Actor,
        organization: OrganizationId,
        id: InvitationId,
    ) -> Result<()> {
        let mut team = Team::enter(&self.db, actor, organization, Permission::UsersInvite).await?;
        let (invitation, _) = team.open_invitation(id).await?;
        team.end_invitation(id, State::Revoked).await?;
        let before = json!({ "email": invitation.email, "role": invitation.role_name });
        team.record("invitation.revoked", id, Some(before), None).await?;
        team.commit().await
    }

    /// Makes someone who has an account a member, at once. Where addresses are verified by mail, an account whose
    /// address is not counts as none: anyone may have made it.
    ///
    /// # Errors
    ///
    /// In this order: [`Error::Forbidden`], [`Error::RoleNotFound`], [`Error::UserNotFound`],
    /// [`Error::AlreadyMember`], [`Error::SeatLimitReached`].
    pub async fn add_member(
        &self,
        actor: Actor,
        organization: OrganizationId,
        email: &Email,
        role: RoleId,
    ) -> Result<Member> {
        let mut team = Team::enter(&self.db, actor, organization, Permission::UsersInvite).await?;
        let role = team.role(role).await?;
        team.require_over(&role)?;
        let user: User = accounts::find_user_by_email(&mut team.tx, email)
            .await?
            .filter(|user| !self.is_verifying || user.verified_at.is_some())
            .ok_or(Error::UserNotFound)?;
        if team.is_member(email).await? {
            return Err(Error::AlreadyMember);
        }
        team.require_seat(self.seat_rule, email.as_str()).await?;
        if let Some(pending) = team.pending_invitation(email.as_str()).await? {
            team.end_invitation(pending.id, State::Accepted).await?;
        }
        let id = team.insert_member(&user, role.id).await?;
        let after = json!({ "email": email.as_str(), "role": role.name });
        team.record("member.added", id, None, Some(after)).await?;
        let member = team.member(id).await?;
        team.commit().await?;
        Ok(member)
    }
}

impl Team<'_> {
    /// Invites one person, as `instance` is set up. Whatever is refused has changed nothing.
    pub(super) async fn invite(
        &mut self,
        instance: &Workspaces,
        email: &Email,
        role: RoleId,
    ) -> Result<Invited> {
        let role = self.role(role).await?;
        self.require_over(&role)?;
        let pending = self.pending_invitation(email.as_str()).await?;
        if let Some(pending) = &pending {
            // What someone above has offered is not for others to change.
            let offered = self.role(pending.role_id).await?;
            self.require_over(&offered)?;
        }
        let is_new = pending.is_none();
        if self.is_member(email).await? {
            return Err(Error::AlreadyMember);
        }
        self.require_seat(instance.seat_rule, email.as_str()).await?;
        self.require_few_sent().await?;
        if instance.is_verifying {
            self.admit_sending(email.as_str()).await?;
        }
        let is_mailed = instance.is_verifying;
        let secret = LinkSecret::new(self.db.chance());
        let id = match pending {
            Some(pending) => {
                self.send_again(&pending, &role, &secret, is_mailed).await?;
                pending.id
            }
            None => self.insert_invitation(email, &role, &secret, is_mailed).await?,
        };
        let invitation = Invitation::from(self.invitation(id).await?);
        Ok(Invited { invitation, secret, is_new })
    }

    async fn insert_invitation(
        &mut self,
        email: &Email,
        role: &Role,
        secret: &LinkSecret,
        is_mailed: bool,
    ) -> Result<InvitationId> {
        let id: InvitationId = self.db.new_id();
        let now = self.now();
        let touched = on_db!(self.tx.conn()?, c => sqlx::query(INSERT)
            .bind(id.uuid())
            .bind(self.id.uuid())
            .bind(email.as_str())
            .bind(role.id.uuid())
            .bind(secret.hash())
            .bind(self.actor.user.uuid())
            .bind(now.0)
            .bind(now.plus_ms(INVITATION_LIFE_MS).0)
            .bind(is_mailed)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        let after = json!({ "email": email.as_str(), "role": role.name });
        self.record("invitation.created", id, None, Some(after)).await?;
        Ok(id)
    }

    async fn send_again(
        &mut self,
        pending: &Invitation,
        role: &Role,
        secret: &LinkSecret,
        is_mailed: bool,
    ) -> Result<()> {
        let now = self.now();
        let touched = on_db!(self.tx.conn()?, c => sqlx::query(SEND_AGAIN)
            .bind(self.id.uuid())
            .bind(pending.id.uuid())
            .bind(role.id.uuid())
            .bind(secret.hash())
            .bind(self.actor.user.uuid())
            .bind(now.0)
            .bind(now.plus_ms(INVITATION_LIFE_MS).0)
            .bind(is_mailed)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        let before = json!({ "email": pending.email, "role": pending.role_name });
        let after = json!({ "email": pending.email, "role": role.name });
        self.record("invitation.resent", pending.id, Some(before), Some(after)).await
    }

    /// Counts a mail to `email`, whom other workspaces may write to as well.
    pub(crate) async fn admit_sending(&mut self, email: &str) -> Result<()> {
        match accounts::admit_sending(&mut self.tx, self.db, email).await? {
            None => Ok(()),
            Some(retry_after_s) => Err(Error::TooManyMails { retry_after_s }),
        }
    }

    async fn require_few_sent(&mut self) -> Result<()> {
        let now = self.now();
        if now.since(self.created_at) > YOUNG_MS {
            return Ok(());
        }
        let (sent, first) = on_db!(self.tx.conn()?, c => {
            sqlx::query_as::<_, (i64, Option<i64>)>(SENT_SINCE)
                .bind(self.id.uuid())
                .bind(lowest_id(now.plus_ms(1 - DAY_MS)))
                .fetch_one(c)
                .await
        })?;
        if sent < INVITATIONS_PER_DAY {
            return Ok(());
        }
        let first = first.map_or(now, UnixMs);
        let wait_ms = first.plus_ms(DAY_MS).since(now);
        let retry_after_s = u64::try_from(wait_ms).unwrap_or_default().div_ceil(1_000).max(1);
        Err(Error::TooManyInvitations { retry_after_s })
    }
}
