//! The team of a workspace: members, invitations, and the seats that both of them take.
//!
//! Every change begins with a lock on the workspace's row ([`lock`], [`Team::enter`]) and reads who acts as
//! they are from then on. So seats cannot be oversold, the last owner cannot slip away, and nobody acts on a permission
//! that was taken from them a moment ago, whatever runs at the same time.

mod accept;
mod change;
mod invitation;
mod invite;
mod invite_many;
pub(crate) mod member;
mod plan;
mod remove;
mod seats;
#[cfg(test)]
mod tests;
mod wish;

use audit::{Actor, Entry};
use db::{Db, Tx, on_db};
use model::{
    Permission, Permissions, UnixMs,
    ids::{MemberId, OrganizationId, RoleId},
};
use serde_json::Value;

pub use change::MemberChanges;
pub use invitation::{INVITATION_LIFE_MS, Invitation};
pub use invite::{INVITATIONS_PER_DAY, Invited};
pub use invite_many::{WishOutcome, Wished};
pub use member::Member;
pub use plan::grant_seats;
pub use seats::Seats;
pub(crate) use seats::{Limits, SeatRule};
pub use wish::{MOST_WISHES, TooManyWishes, Wish, WishFault, read_wishes};

use crate::{Error, Forbidden, Membership, Result, role::Role};

/// A workspace that nobody else changes until the transaction ends, and who acts in it.
pub(crate) struct Team<'a> {
    db: &'a Db,
    pub(crate) tx: Tx,
    pub(crate) id: OrganizationId,
    pub(crate) created_at: UnixMs,
    /// What is stored of its limit of seats.
    pub(crate) limits: Limits,
    actor: Actor,
    /// None for someone who is about to join, and for whoever runs the instance.
    acting: Option<Acting>,
}

/// The place of whoever acts.
struct Acting {
    membership: Membership,
    /// What the change takes.
    permission: Permission,
}

/// A workspace's row, which nobody else changes until the transaction ends.
pub(crate) struct Locked {
    id: OrganizationId,
    created_at: UnixMs,
    limits: Limits,
    pub(crate) deleted_at: Option<UnixMs>,
}

/// Changes nothing, and so waits until nobody else changes the row and keeps others waiting: a row lock that
/// both engines know.
const LOCK: &str = "UPDATE organizations SET seat_limit = seat_limit WHERE id = $1
    RETURNING created_at, deleted_at, seat_limit, plan_seats, plan_until";

type LockedRow = (i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// Locks a workspace, deleted or not. Whoever locks several takes them in the order of their ids, and before any person:
/// two who wait for each other would wait for ever.
pub(crate) async fn lock(tx: &mut Tx, id: OrganizationId) -> Result<Option<Locked>> {
    let row = on_db!(tx.conn()?, c => sqlx::query_as::<_, LockedRow>(LOCK)
        .bind(id.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(|(created_at, deleted_at, own, plan, plan_until)| Locked {
        id,
        created_at: UnixMs(created_at),
        limits: Limits { own, plan, plan_until },
        deleted_at: deleted_at.map(UnixMs),
    }))
}

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
        let mut team = Self::open(db, actor, id).await?.ok_or(Error::Forbidden)?;
        let membership = team.acting_in().await?.narrowed(actor);
        team.acting = Some(Acting { membership, permission });
        Ok(team)
    }

    /// The same for someone who is no member: nothing is asked of them. None when there is no such workspace.
    pub(crate) async fn open(db: &'a Db, actor: Actor, id: OrganizationId) -> Result<Option<Self>> {
        let mut tx = db.begin().await?;
        let locked = lock(&mut tx, id).await?.filter(|locked| locked.deleted_at.is_none());
        Ok(locked.map(|locked| Self::of(&locked, tx, db, actor)))
    }

    /// The same in the transaction that locked it.
    pub(crate) const fn of(locked: &Locked, tx: Tx, db: &'a Db, actor: Actor) -> Self {
        let Locked { id, created_at, limits, .. } = *locked;
        Self { db, tx, id, created_at, limits, actor, acting: None }
    }

    /// The place of whoever acts, as it is now.
    pub(crate) async fn acting_in(&mut self) -> Result<Membership> {
        let user = self.actor.user;
        crate::membership::find(&mut self.tx, user, self.id).await?.ok_or(Error::Forbidden)
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
        let Some(Acting { membership, permission }) = &self.acting else {
            return Err(Error::Forbidden);
        };
        if may(membership) {
            return Ok(());
        }
        let missing = wanted.iter().find(|key| !membership.permissions.has(*key));
        let (user, organization) = (self.actor.user, self.id);
        Err(Forbidden { user, organization, permission: missing.unwrap_or(*permission) }.into())
    }

    /// Goes on only when it is the member themselves who acts, and not a tool of theirs.
    pub(crate) fn require_person(&self) -> Result<()> {
        self.allow(Permissions::default(), |_| !self.actor.is_tool)
    }

    /// Whether whoever acts is this member.
    pub(crate) fn is_acting(&self, id: MemberId) -> bool {
        self.acting.as_ref().is_some_and(|acting| acting.membership.member_id == id)
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

    /// The transaction, for more changes in it.
    pub(crate) fn into_tx(self) -> Tx {
        self.tx
    }

    /// Makes the change last.
    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}
