//! The team of a workspace: members, invitations, and the seats that both of them take.
//!
//! Every change begins with a lock on the workspace's row ([`Team::enter`], [`Team::lock`]) and reads who acts as
//! they are from then on. So seats cannot be oversold, the last owner cannot slip away, and nobody acts on a permission
//! that was taken from them a moment ago, whatever runs at the same time.

mod accept;
mod change;
mod invitation;
mod invite;
mod invite_many;
pub(crate) mod member;
mod remove;
mod seats;
#[cfg(test)]
mod tests;
mod wish;

use audit::{Actor, Entry};
use db::{Db, Tx, on_db};
use model::{
    Permission, Permissions, UnixMs,
    ids::{MemberId, OrganizationId, RoleId, UserId},
};
use serde_json::Value;

pub use change::MemberChanges;
pub use invitation::{INVITATION_LIFE_MS, Invitation};
pub use invite::{INVITATIONS_PER_DAY, Invited};
pub use invite_many::{WishOutcome, Wished};
pub use member::Member;
pub use seats::Seats;
pub use wish::{MOST_WISHES, Wish, WishFault, read_wishes};

use crate::{Error, Forbidden, Membership, Result, role::Role};

/// A workspace that nobody else changes until the transaction ends, and who acts in it.
pub(crate) struct Team<'a> {
    db: &'a Db,
    pub(crate) tx: Tx,
    pub(crate) id: OrganizationId,
    pub(crate) created_at: UnixMs,
    /// Its own limit of seats, if it has one.
    pub(crate) seat_limit: Option<i64>,
    actor: Actor,
    /// What the change takes.
    permission: Permission,
    /// The place of whoever acts; none for someone who is about to join.
    acting: Option<Membership>,
}

/// Changes nothing, and so waits until nobody else changes the row and keeps others waiting: a row lock that
/// both engines know.
const LOCK: &str =
    "UPDATE organizations SET seat_limit = seat_limit WHERE id = $1 AND deleted_at IS NULL
    RETURNING created_at, seat_limit";

impl<'a> Team<'a> {
    /// Locks the workspace for a change by one of its members who holds `permission`.
    pub(crate) async fn enter(
        db: &'a Db,
        actor: Actor,
        id: OrganizationId,
        permission: Permission,
    ) -> Result<Self> {
        let team = Self::enter_as_member(db, actor, id, permission).await?;
        team.require(permission)?;
        Ok(team)
    }

    /// The same where a member may also act for themselves, without the `permission` that it takes otherwise.
    pub(crate) async fn enter_as_member(
        db: &'a Db,
        actor: Actor,
        id: OrganizationId,
        permission: Permission,
    ) -> Result<Self> {
        let mut team = Self::lock(db, actor, id, permission).await?.ok_or(Error::Forbidden)?;
        let acting = crate::membership::find(&mut team.tx, actor.user, id).await?;
        team.acting = Some(acting.ok_or(Error::Forbidden)?.narrowed(actor.scope));
        Ok(team)
    }

    /// The same for someone who is not a member yet.
    pub(crate) async fn lock(
        db: &'a Db,
        actor: Actor,
        id: OrganizationId,
        permission: Permission,
    ) -> Result<Option<Self>> {
        Self::lock_in(db.begin().await?, db, actor, id, permission).await
    }

    /// The same in a transaction that has begun.
    pub(crate) async fn lock_in(
        mut tx: Tx,
        db: &'a Db,
        actor: Actor,
        id: OrganizationId,
        permission: Permission,
    ) -> Result<Option<Self>> {
        let row = on_db!(tx.conn()?, c => sqlx::query_as::<_, (i64, Option<i64>)>(LOCK)
            .bind(id.uuid())
            .fetch_optional(c)
            .await)?;
        Ok(row.map(|(created_at, seat_limit)| Self {
            db,
            tx,
            id,
            created_at: UnixMs(created_at),
            seat_limit,
            actor,
            permission,
            acting: None,
        }))
    }

    /// Goes on only when whoever acts holds `permission`.
    pub(crate) fn require(&self, permission: Permission) -> Result<()> {
        self.allow(Permissions::from_iter([permission]), |acting| {
            acting.permissions.has(permission)
        })
    }

    /// Goes on only when whoever acts may give this role.
    pub(crate) fn require_over(&self, role: &Role) -> Result<()> {
        self.allow(role.permissions, |acting| acting.may_give(role))
    }

    /// Goes on only when whoever acts may change this member.
    pub(crate) fn require_not_above(&self, member: &Member) -> Result<()> {
        self.allow(member.permissions, |acting| acting.may_change(member))
    }

    /// Goes on only when whoever acts holds all that is to be granted.
    pub(crate) fn require_all(&self, grants: Permissions) -> Result<()> {
        self.allow(grants, |acting| acting.permissions.covers(grants))
    }

    /// Goes on only when whoever acts is an owner.
    pub(crate) fn require_owner(&self) -> Result<()> {
        self.allow(Permissions::default(), |acting| acting.is_owner)
    }

    /// A refusal names the first of `wanted` that whoever acts does not hold; where only their rank is too low, what
    /// the change itself takes.
    fn allow(&self, wanted: Permissions, may: impl FnOnce(&Membership) -> bool) -> Result<()> {
        if self.acting.as_ref().is_some_and(may) {
            return Ok(());
        }
        let holds = |key: &Permission| {
            self.acting.as_ref().is_some_and(|acting| acting.permissions.has(*key))
        };
        let permission = wanted.iter().find(|key| !holds(key)).unwrap_or(self.permission);
        let (user, organization) = (self.actor.user, self.id);
        Err(Forbidden { user, organization, permission }.into())
    }

    /// Whether whoever acts is this member.
    pub(crate) fn is_acting(&self, id: MemberId) -> bool {
        self.acting.as_ref().is_some_and(|acting| acting.member_id == id)
    }

    /// The role with this id, when it is this workspace's.
    pub(crate) async fn role(&mut self, id: RoleId) -> Result<Role> {
        crate::role::find(&mut self.tx, self.id, id).await?.ok_or(Error::RoleNotFound)
    }

    /// Writes what was done into the audit log.
    pub(crate) async fn record(
        &mut self,
        action: &str,
        subject: impl ToString + Send,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Result<()> {
        let entry = Entry {
            id: self.db.new_id(),
            at: self.db.now(),
            organization: self.id,
            actor: self.actor,
            action,
            subject: subject.to_string(),
            before,
            after,
        };
        Ok(audit::record(&mut self.tx, entry).await?)
    }

    /// Whoever acts, as they are now.
    pub(crate) const fn acting_user(&self) -> UserId {
        self.actor.user
    }

    /// The transaction, for more changes in it.
    pub(crate) fn into_tx(self) -> Tx {
        self.tx
    }

    /// Makes the change last.
    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}
