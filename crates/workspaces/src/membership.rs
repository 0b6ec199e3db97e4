//! Which workspaces someone belongs to.
//!
//! Each answer is one statement, whose first condition is the person: a workspace that they do not belong to
//! and one that does not exist look the same.

use audit::Actor;
use db::{Tx, on_db};
use model::{
    Permissions, UnixMs,
    ids::{MemberId, OrganizationId, RoleId, UserId},
    wire,
};
use uuid::Uuid;

use crate::{
    Member, Result, Role, Workspaces,
    role::{Kind, permissions_of},
};

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Which.
    pub id: OrganizationId,
    /// What people call it.
    pub name: String,
    /// Its place in page addresses.
    pub slug: String,
    /// When it was made.
    pub created_at: UnixMs,
}

/// A person's place in one workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The workspace.
    pub organization: Organization,
    /// Which membership.
    pub member_id: MemberId,
    /// Their role there.
    pub role_id: RoleId,
    /// That role's name.
    pub role_name: String,
    /// Whether that is the owners' role.
    pub is_owner: bool,
    /// What they may do there, by role and by what they were granted beside it.
    pub permissions: Permissions,
}

impl Membership {
    /// The same with no more than `actor` may. A tool is no owner: whose a workspace is, and that it is, only people
    /// decide.
    #[must_use]
    pub fn narrowed(self, actor: Actor) -> Self {
        Self {
            is_owner: self.is_owner && !actor.is_tool,
            permissions: self.permissions.within(actor.scope),
            ..self
        }
    }

    /// Nobody gives what they do not hold, and only an owner makes an owner.
    #[must_use]
    pub fn may_give(&self, role: &Role) -> bool {
        self.permissions.covers(role.permissions) && (self.is_owner || !role.is_owner())
    }

    /// Nobody changes someone who may do more than they.
    #[must_use]
    pub fn may_change(&self, member: &Member) -> bool {
        self.permissions.covers(member.permissions) && (self.is_owner || !member.is_owner)
    }
}

impl From<&Membership> for wire::workspaces::Organization {
    fn from(membership: &Membership) -> Self {
        membership.clone().into()
    }
}

impl From<Membership> for wire::workspaces::Organization {
    fn from(membership: Membership) -> Self {
        Self {
            id: membership.organization.id,
            name: membership.organization.name,
            slug: membership.organization.slug,
            member_id: membership.member_id,
            role_id: membership.role_id,
            role_name: membership.role_name,
            created_at: membership.organization.created_at,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    slug: String,
    created_at: i64,
    member_id: Uuid,
    role_id: Uuid,
    role_name: String,
    kind: Option<String>,
    permissions: String,
    grants: String,
    last_seen_at: Option<i64>,
}

impl TryFrom<Row> for Membership {
    type Error = db::Error;

    fn try_from(row: Row) -> db::Result<Self> {
        Ok(Self {
            organization: Organization {
                id: row.id.into(),
                name: row.name,
                slug: row.slug,
                created_at: UnixMs(row.created_at),
            },
            member_id: row.member_id.into(),
            role_id: row.role_id.into(),
            role_name: row.role_name,
            is_owner: Kind::read(row.kind.as_deref())? == Some(Kind::Owner),
            permissions: permissions_of(&row.permissions)?.with(permissions_of(&row.grants)?),
        })
    }
}

/// The one way from a person to a workspace, and what narrows it. A deleted workspace is nobody's.
macro_rules! memberships {
    ($narrowed:literal) => {
        concat!(
            "SELECT o.id, o.name, o.slug, o.created_at, m.id AS member_id,
                r.id AS role_id, r.name AS role_name, r.kind, r.permissions, m.grants, m.last_seen_at
            FROM members m
            JOIN organizations o ON o.id = m.organization_id
            JOIN roles r ON r.id = m.role_id AND r.organization_id = m.organization_id
            WHERE m.user_id = $1 AND o.deleted_at IS NULL ",
            $narrowed
        )
    };
}

const LIST: &str = memberships!("ORDER BY o.created_at, o.id");
const FIND: &str = memberships!("AND m.organization_id = $2");
const FIND_BY_SLUG: &str = memberships!("AND o.slug = $2");

/// Only forward: of several requests at once, the first notes it and the others find nothing to do.
const NOTE_USE: &str = "UPDATE members SET last_seen_at = $2
    WHERE id = $1 AND (last_seen_at IS NULL OR last_seen_at < $2)";

/// Use is noted at most this often: reading a page should not mean writing a row.
const NOTE_USE_EVERY_MS: i64 = 60 * 1_000;

impl Workspaces {
    /// All that `user` belongs to, oldest first.
    pub async fn list_organizations(&self, user: UserId) -> Result<Vec<Membership>> {
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(LIST)
            .bind(user.uuid())
            .fetch_all(c)
            .await)?;
        Ok(rows.into_iter().map(Membership::try_from).collect::<db::Result<_>>()?)
    }

    /// `user`'s place in this workspace, if there is one; notes that they use it.
    pub async fn find_membership(
        &self,
        user: UserId,
        organization: OrganizationId,
    ) -> Result<Option<Membership>> {
        let row = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(FIND)
            .bind(user.uuid())
            .bind(organization.uuid())
            .fetch_optional(c)
            .await)?;
        self.used(row).await
    }

    /// The same by the workspace's slug, as it stands in a page's address.
    pub async fn find_membership_by_slug(
        &self,
        user: UserId,
        slug: &str,
    ) -> Result<Option<Membership>> {
        let row = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(FIND_BY_SLUG)
            .bind(user.uuid())
            .bind(slug)
            .fetch_optional(c)
            .await)?;
        self.used(row).await
    }

    async fn used(&self, row: Option<Row>) -> Result<Option<Membership>> {
        let Some(row) = row else { return Ok(None) };
        let now = self.db.now();
        let is_noted = row.last_seen_at.is_some_and(|at| now.since(UnixMs(at)) < NOTE_USE_EVERY_MS);
        if !is_noted {
            db::note(&self.db, NOTE_USE, row.member_id, now).await?;
        }
        Ok(Some(row.try_into()?))
    }
}

/// All that `user` belongs to, inside a transaction.
pub(crate) async fn list(tx: &mut Tx, user: UserId) -> Result<Vec<Membership>> {
    let rows = on_db!(tx.conn()?, c => sqlx::query_as::<_, Row>(LIST)
        .bind(user.uuid())
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(Membership::try_from).collect::<db::Result<_>>()?)
}

/// `user`'s place in this workspace, inside a transaction.
pub(crate) async fn find(
    tx: &mut Tx,
    user: UserId,
    organization: OrganizationId,
) -> Result<Option<Membership>> {
    let row = on_db!(tx.conn()?, c => sqlx::query_as::<_, Row>(FIND)
        .bind(user.uuid())
        .bind(organization.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(Membership::try_from).transpose()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::create::tests::{actor, name, sign_up};

    testkit::both! {
        async fn a_member_finds_their_workspace_by_id_and_by_slug(db: db::Db) {
            let workspaces = Workspaces::new(db.clone());
            let ada = sign_up(&db, "ada@example.com").await;
            let made = workspaces
                .create_organization(actor(&db, &ada), &name("Acme"), None)
                .await
                .unwrap();
            let by_id = workspaces.find_membership(ada.id, made.organization.id).await.unwrap();
            let by_slug = workspaces.find_membership_by_slug(ada.id, "acme").await.unwrap();
            assert_eq!(by_id.as_ref(), Some(&made));
            assert_eq!(by_slug, Some(made));
        }

        async fn a_foreign_workspace_answers_as_if_it_did_not_exist(db: db::Db) {
            let workspaces = Workspaces::new(db.clone());
            let ada = sign_up(&db, "ada@example.com").await;
            let bob = sign_up(&db, "bob@example.com").await;
            let adas = workspaces
                .create_organization(actor(&db, &ada), &name("Acme"), None)
                .await
                .unwrap();
            for organization in [adas.organization.id, db.new_id()] {
                let found = workspaces.find_membership(bob.id, organization).await.unwrap();
                assert_eq!(found, None);
            }
            for slug in ["acme", "nothing", "Acme", "%", ""] {
                let found = workspaces.find_membership_by_slug(bob.id, slug).await.unwrap();
                assert_eq!(found, None, "{slug}");
            }
            assert_eq!(workspaces.list_organizations(bob.id).await.unwrap(), []);
        }

        async fn workspaces_are_listed_oldest_first(db: db::Db) {
            let workspaces = Workspaces::new(db.clone());
            let ada = sign_up(&db, "ada@example.com").await;
            let mut made = Vec::new();
            for called in ["Zebra", "Acme", "Mule"] {
                let membership =
                    workspaces.create_organization(actor(&db, &ada), &name(called), None).await;
                made.push(membership.unwrap());
                db.clock().advance_ms(1);
            }
            assert_eq!(workspaces.list_organizations(ada.id).await.unwrap(), made);
        }
    }
}
