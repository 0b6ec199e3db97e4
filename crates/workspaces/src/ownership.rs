//! A workspace changes hands in two steps: an owner offers it to a member, who accepts. Both are for people, not for
//! their tools.

use audit::Actor;
use db::on_db;
use model::{
    Permission, UnixMs,
    ids::{MemberId, OrganizationId, RoleId, UserId},
    wire,
};
use serde_json::json;
use uuid::Uuid;

use crate::{Error, Membership, Result, Workspaces, role::Kind, team::Team};

/// How long an offer can be accepted: seven days.
pub const OFFER_LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// An offer as it stands now that it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The offer.
    pub offer: Offer,
    /// Whether it is new; else the same was offered by the same owner before, and they know of it.
    pub is_new: bool,
}

/// An offer that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The owner who gives.
    pub from: UserId,
    /// Their address.
    pub from_email: String,
    /// The member who may take.
    pub to: UserId,
    /// Their address.
    pub to_email: String,
    /// When it was made.
    pub created_at: UnixMs,
    /// Until when it can be accepted.
    pub expires_at: UnixMs,
}

impl From<Offer> for wire::workspaces::Transfer {
    fn from(offer: Offer) -> Self {
        Self {
            from_email: offer.from_email,
            to_email: offer.to_email,
            created_at: offer.created_at,
            expires_at: offer.expires_at,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    from_user_id: Uuid,
    from_email: String,
    to_user_id: Uuid,
    to_email: String,
    created_at: i64,
    expires_at: i64,
}

impl From<Row> for Offer {
    fn from(row: Row) -> Self {
        Self {
            from: row.from_user_id.into(),
            from_email: row.from_email,
            to: row.to_user_id.into(),
            to_email: row.to_email,
            created_at: UnixMs(row.created_at),
            expires_at: UnixMs(row.expires_at),
        }
    }
}

/// An offer by someone who is no owner any more is none.
const FIND: &str =
    "SELECT t.from_user_id, f.email AS from_email, t.to_user_id, g.email AS to_email,
        t.created_at, t.expires_at
    FROM ownership_offers t
    JOIN users f ON f.id = t.from_user_id
    JOIN users g ON g.id = t.to_user_id
    JOIN members m ON m.organization_id = t.organization_id AND m.user_id = t.from_user_id
    JOIN roles r ON r.id = m.role_id AND r.kind = 'owner'
    WHERE t.organization_id = $1 AND t.expires_at > $2";

const UPSERT: &str = "INSERT INTO ownership_offers
    (organization_id, from_user_id, to_user_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (organization_id) DO UPDATE SET from_user_id = excluded.from_user_id,
        to_user_id = excluded.to_user_id, created_at = excluded.created_at, expires_at = excluded.expires_at";

const DELETE: &str = "DELETE FROM ownership_offers WHERE organization_id = $1";

const DELETE_OF: &str = "DELETE FROM ownership_offers
    WHERE organization_id = $1 AND (from_user_id = $2 OR to_user_id = $2)";

const SET_ROLE: &str =
    "UPDATE members SET role_id = $3 WHERE organization_id = $1 AND user_id = $2";

impl Workspaces {
    /// The offer that waits for an answer.
    pub async fn find_offer(&self, organization: OrganizationId) -> Result<Option<Offer>> {
        let row = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(FIND)
            .bind(organization.uuid())
            .bind(self.db.now().0)
            .fetch_optional(c)
            .await)?;
        Ok(row.map(Offer::from))
    }

    /// Offers a workspace to one of its members. An offer that was made before is replaced; the same one stays as it
    /// is.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`], [`Error::Denied`] for whoever is not an owner, [`Error::MemberNotFound`],
    /// [`Error::AlreadyOwner`], [`Error::TooManyMails`].
    pub async fn offer_ownership(
        &self,
        actor: Actor,
        organization: OrganizationId,
        to: MemberId,
    ) -> Result<Offered> {
        let mut team =
            Team::enter(&self.db, actor, organization, Permission::WorkspaceManage).await?;
        team.require_owner()?;
        let member = team.member(to).await?;
        if member.is_owner {
            return Err(Error::AlreadyOwner);
        }
        if let Some(offer) = team.find_offer().await?
            && (offer.from, offer.to) == (actor.user, member.user_id)
        {
            return Ok(Offered { offer, is_new: false });
        }
        if self.is_verifying {
            team.admit_sending(&member.email).await?;
        }
        let now = team.now();
        let touched = on_db!(team.tx.conn()?, c => sqlx::query(UPSERT)
            .bind(organization.uuid())
            .bind(actor.user.uuid())
            .bind(member.user_id.uuid())
            .bind(now.0)
            .bind(now.plus_ms(OFFER_LIFE_MS).0)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        db::expect_one(touched)?;
        let after = json!({ "email": member.email });
        team.record("ownership.offered", to, None, Some(after)).await?;
        let offer = team.offer().await?;
        team.commit().await?;
        Ok(Offered { offer, is_new: true })
    }

    /// Takes what was offered to whoever acts: they become owner, and who gave becomes an admin.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`], [`Error::Denied`] for a tool, [`Error::OfferNotFound`] also for whomever it was not made to.
    pub async fn accept_ownership(
        &self,
        actor: Actor,
        organization: OrganizationId,
    ) -> Result<Membership> {
        let permission = Permission::WorkspaceManage;
        let mut team = Team::enter_as_member(&self.db, actor, organization, permission).await?;
        team.require_person()?;
        let offer = team.offer().await?;
        if offer.to != actor.user {
            return Err(Error::OfferNotFound);
        }
        let owner = crate::role::get_kind(&mut team.tx, organization, Kind::Owner).await?;
        let admin = crate::role::get_kind(&mut team.tx, organization, Kind::Admin).await?;
        team.set_role(offer.to, owner.id).await?;
        team.set_role(offer.from, admin.id).await?;
        team.end_offer().await?;
        let (before, after) =
            (json!({ "email": offer.from_email }), json!({ "email": offer.to_email }));
        team.record("ownership.transferred", organization, Some(before), Some(after)).await?;
        let membership = team.acting_in().await?;
        team.commit().await?;
        Ok(membership)
    }

    /// Ends an offer: an owner takes it back, or whom it was made to declines.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`], [`Error::OfferNotFound`], [`Error::Denied`] for anyone else, and for a tool.
    pub async fn end_ownership_offer(
        &self,
        actor: Actor,
        organization: OrganizationId,
    ) -> Result<()> {
        let permission = Permission::WorkspaceManage;
        let mut team = Team::enter_as_member(&self.db, actor, organization, permission).await?;
        team.require_person()?;
        let offer = match team.offer().await {
            Ok(offer) => offer,
            // Whether there is one is for those to know who may do something about it.
            Err(error) => {
                team.require_owner()?;
                return Err(error);
            }
        };
        let action = if offer.to == actor.user {
            "ownership.declined"
        } else {
            team.require_owner()?;
            "ownership.withdrawn"
        };
        team.end_offer().await?;
        let before = json!({ "email": offer.to_email });
        team.record(action, organization, Some(before), None).await?;
        team.commit().await
    }
}

impl Team<'_> {
    async fn offer(&mut self) -> Result<Offer> {
        self.find_offer().await?.ok_or(Error::OfferNotFound)
    }

    async fn find_offer(&mut self) -> Result<Option<Offer>> {
        let now = self.now();
        let row = on_db!(self.tx.conn()?, c => sqlx::query_as::<_, Row>(FIND)
            .bind(self.id.uuid())
            .bind(now.0)
            .fetch_optional(c)
            .await)?;
        Ok(row.map(Offer::from))
    }

    async fn set_role(&mut self, user: UserId, role: RoleId) -> Result<()> {
        let touched = on_db!(self.tx.conn()?, c => sqlx::query(SET_ROLE)
            .bind(self.id.uuid())
            .bind(user.uuid())
            .bind(role.uuid())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(db::expect_one(touched)?)
    }

    async fn end_offer(&mut self) -> Result<()> {
        let touched = on_db!(self.tx.conn()?, c => sqlx::query(DELETE)
            .bind(self.id.uuid())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(db::expect_one(touched)?)
    }

    /// Ends what someone has offered or was offered: they go, or are an owner no more, or are one now.
    pub(crate) async fn end_offers_of(&mut self, user: UserId) -> Result<()> {
        on_db!(self.tx.conn()?, c => sqlx::query(DELETE_OF)
            .bind(self.id.uuid())
            .bind(user.uuid())
            .execute(c)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}
