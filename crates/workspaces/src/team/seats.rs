//! Seats: how many people a workspace holds, and how many it may.

use audit::Actor;
use db::{Db, Tx, on_db};
use model::{UnixMs, ids::OrganizationId, wire};
use serde_json::json;

use super::Team;
use crate::{Error, Result, Workspaces};

/// The seats of one workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    /// People among members and live invitations, each counted once.
    pub used: i64,
    /// How many there may be; none: as many as like.
    pub limit: Option<i64>,
    /// Those of `used` who are invited and not yet members.
    pub pending: i64,
}

impl From<Seats> for wire::team::Seats {
    fn from(seats: Seats) -> Self {
        Self { used: seats.used, limit: seats.limit, pending: seats.pending }
    }
}

/// What is stored of a workspace's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Limits {
    /// Set by whoever runs the instance.
    pub own: Option<i64>,
    /// What a plan grants.
    pub plan: Option<i64>,
    /// When it grants that no more.
    pub plan_until: Option<i64>,
}

/// What holds on this instance.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SeatRule {
    /// For a workspace of which nothing is stored; none: as many as like.
    pub default: Option<i64>,
    /// Whether plans are sold here; where they are no more, what they granted is not counted.
    pub has_plans: bool,
}

impl SeatRule {
    /// How many a workspace may hold. What was bought is had, also where whoever runs the instance granted less.
    pub(crate) fn limit(self, limits: Limits, now: UnixMs) -> Option<i64> {
        let is_had = self.has_plans && limits.plan_until.is_none_or(|until| until > now.0);
        let plan = limits.plan.filter(|_| is_had);
        limits.own.max(plan).or(self.default)
    }
}

/// An account's address is unique and normalised, so the address is the person.
macro_rules! people {
    () => {
        "(SELECT u.email FROM members m JOIN users u ON u.id = m.user_id WHERE m.organization_id = $1
        UNION SELECT i.email FROM invitations i
        WHERE i.organization_id = $1 AND i.state = 'pending' AND i.expires_at > $2) AS people"
    };
}

const COUNT: &str = concat!(
    "SELECT (SELECT COUNT(*) FROM ",
    people!(),
    "), (SELECT COUNT(*) FROM members WHERE organization_id = $1),
    o.seat_limit, o.plan_seats, o.plan_until FROM organizations o WHERE o.id = $1"
);
const HAS_SEAT: &str = concat!("SELECT COUNT(*) FROM ", people!(), " WHERE people.email = $3");

type Counted = (i64, i64, Option<i64>, Option<i64>, Option<i64>);

const SET_LIMIT: &str = "UPDATE organizations SET seat_limit = $2 WHERE id = $1";

impl Workspaces {
    /// The seats of a workspace.
    pub async fn seats(&self, organization: OrganizationId) -> Result<Seats> {
        let counted = on_db!(self.db.read(), c => sqlx::query_as::<_, Counted>(COUNT)
            .bind(organization.uuid())
            .bind(self.db.now().0)
            .fetch_one(c)
            .await)?;
        Ok(self.told(counted))
    }

    fn told(&self, (used, members, own, plan, plan_until): Counted) -> Seats {
        let limits = Limits { own, plan, plan_until };
        let limit = self.seat_rule.limit(limits, self.db.now());
        Seats { used, limit, pending: used - members }
    }

    /// Sets what a workspace may hold at least, whatever its plan: for whoever runs the instance. Asks for no permission of
    /// `actor`, who only stands in the audit log: no call of a member's may lead here. A limit below what is used
    /// removes nobody.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] when there is no such workspace.
    pub async fn set_seat_limit(
        &self,
        actor: Actor,
        organization: OrganizationId,
        limit: Option<i64>,
    ) -> Result<()> {
        let team = Team::open(&self.db, actor, organization).await?;
        let mut team = team.ok_or(Error::Forbidden)?;
        let touched = on_db!(team.tx.conn()?, c => sqlx::query(SET_LIMIT)
            .bind(organization.uuid())
            .bind(limit)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        let (before, after) = (json!({ "limit": team.limits.own }), json!({ "limit": limit }));
        team.record("seats.changed", organization, Some(before), Some(after)).await?;
        team.commit().await
    }
}

impl Team<'_> {
    /// Goes on only when there is a seat for `email`: one that it has already, or a free one.
    pub(crate) async fn require_seat(&mut self, rule: SeatRule, email: &str) -> Result<()> {
        let now = self.now();
        let Some(limit) = rule.limit(self.limits, now) else { return Ok(()) };
        if has_seat(&mut self.tx, self.id, now, email).await? {
            return Ok(());
        }
        let (used, ..) = on_db!(self.tx.conn()?, c => sqlx::query_as::<_, Counted>(COUNT)
            .bind(self.id.uuid())
            .bind(now.0)
            .fetch_one(c)
            .await)?;
        if used < limit { Ok(()) } else { Err(Error::SeatLimitReached { used, limit }) }
    }

    pub(crate) fn now(&self) -> UnixMs {
        Db::now(self.db)
    }
}

async fn has_seat(
    tx: &mut Tx,
    organization: OrganizationId,
    now: UnixMs,
    email: &str,
) -> Result<bool> {
    let (count,) = on_db!(tx.conn()?, c => sqlx::query_as::<_, (i64,)>(HAS_SEAT)
        .bind(organization.uuid())
        .bind(now.0)
        .bind(email)
        .fetch_one(c)
        .await)?;
    Ok(count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMs = UnixMs(1_000);

    fn limit(own: Option<i64>, plan: Option<i64>, plan_until: Option<i64>) -> Option<i64> {
        let rule = SeatRule { default: Some(3), has_plans: true };
        rule.limit(Limits { own, plan, plan_until }, NOW)
    }

    #[test]
    fn what_was_bought_is_had_until_it_ends() {
        assert_eq!(limit(None, None, None), Some(3));
        assert_eq!(limit(None, Some(5), None), Some(5));
        assert_eq!(limit(None, Some(2), None), Some(2));
        assert_eq!(limit(None, Some(5), Some(1_001)), Some(5));
        assert_eq!(limit(None, Some(5), Some(1_000)), Some(3));
        assert_eq!(limit(Some(10), Some(5), None), Some(10));
        assert_eq!(limit(Some(4), Some(5), None), Some(5));
        assert_eq!(limit(Some(1), None, None), Some(1));
    }

    #[test]
    fn where_nothing_is_sold_a_plan_counts_for_nothing() {
        let limits = Limits { own: None, plan: Some(5), plan_until: None };
        assert_eq!(SeatRule::default().limit(limits, NOW), None);
    }
}
