//! Who belongs to a workspace.

use accounts::{Email, User};
use db::{Tx, on_db};
use model::{
    Permissions, UnixMs,
    ids::{MemberId, OrganizationId, RoleId, UserId},
    wire,
};
use uuid::Uuid;

use super::Team;
use crate::{
    Error, Result, Workspaces,
    role::{Kind, permissions_of},
};

/// A person in a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// What they were granted beside it.
    pub grants: Permissions,
    /// What they may do, by role and grants.
    pub permissions: Permissions,
    /// Since when.
    pub created_at: UnixMs,
    /// When they last used this workspace, to the minute.
    pub last_seen_at: Option<UnixMs>,
}

impl From<Member> for wire::team::Member {
    fn from(member: Member) -> Self {
        Self {
            id: member.id,
            user_id: member.user_id,
            email: member.email,
            name: member.name,
            role_id: member.role_id,
            role_name: member.role_name,
            is_owner: member.is_owner,
            grants: member.grants,
            created_at: member.created_at,
            last_seen_at: member.last_seen_at,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    email: String,
    name: Option<String>,
    role_id: Uuid,
    role_name: String,
    kind: Option<String>,
    permissions: String,
    grants: String,
    created_at: i64,
    last_seen_at: Option<i64>,
}

impl TryFrom<Row> for Member {
    type Error = db::Error;

    fn try_from(row: Row) -> db::Result<Self> {
        let grants = permissions_of(&row.grants)?;
        Ok(Self {
            id: row.id.into(),
            user_id: row.user_id.into(),
            email: row.email,
            name: row.name,
            role_id: row.role_id.into(),
            role_name: row.role_name,
            is_owner: Kind::read(row.kind.as_deref())? == Some(Kind::Owner),
            permissions: permissions_of(&row.permissions)?.with(grants),
            grants,
            created_at: UnixMs(row.created_at),
            last_seen_at: row.last_seen_at.map(UnixMs),
        })
    }
}

macro_rules! members {
    ($narrowed:literal) => {
        concat!(
            "SELECT m.id, m.user_id, u.email, u.name, m.role_id, r.name AS role_name, r.kind,
                r.permissions, m.grants, m.created_at, m.last_seen_at
            FROM members m
            JOIN users u ON u.id = m.user_id
            JOIN roles r ON r.id = m.role_id AND r.organization_id = m.organization_id
            WHERE m.organization_id = $1 ",
            $narrowed
        )
    };
}

const LIST: &str = members!("ORDER BY m.created_at, m.id");
const FIND: &str = members!("AND m.id = $2");
const FIND_BY_EMAIL: &str = members!("AND u.email = $2");

const INSERT: &str = "INSERT INTO members (id, organization_id, user_id, role_id, created_at)
    VALUES ($1, $2, $3, $4, $5)";

const COUNT_OWNERS: &str = "SELECT COUNT(*) FROM members m JOIN roles r ON r.id = m.role_id
    WHERE m.organization_id = $1 AND r.kind = 'owner'";

impl Workspaces {
    /// Everyone who belongs to the workspace, oldest first.
    pub async fn list_members(&self, organization: OrganizationId) -> Result<Vec<Member>> {
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(LIST)
            .bind(organization.uuid())
            .fetch_all(c)
            .await)?;
        Ok(rows.into_iter().map(Member::try_from).collect::<db::Result<_>>()?)
    }

    /// One of them.
    ///
    /// # Errors
    ///
    /// [`Error::MemberNotFound`] when they are not of this workspace.
    pub async fn get_member(&self, organization: OrganizationId, id: MemberId) -> Result<Member> {
        let row = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(FIND)
            .bind(organization.uuid())
            .bind(id.uuid())
            .fetch_optional(c)
            .await)?;
        Ok(row.ok_or(Error::MemberNotFound)?.try_into()?)
    }
}

impl Team<'_> {
    pub(crate) async fn member(&mut self, id: MemberId) -> Result<Member> {
        let row = on_db!(self.tx.conn()?, c => sqlx::query_as::<_, Row>(FIND)
            .bind(self.id.uuid())
            .bind(id.uuid())
            .fetch_optional(c)
            .await)?;
        Ok(row.ok_or(Error::MemberNotFound)?.try_into()?)
    }

    pub(super) async fn is_member(&mut self, email: &Email) -> Result<bool> {
        let row = on_db!(self.tx.conn()?, c => sqlx::query_as::<_, Row>(FIND_BY_EMAIL)
            .bind(self.id.uuid())
            .bind(email.as_str())
            .fetch_optional(c)
            .await)?;
        Ok(row.is_some())
    }

    /// Goes on only when an owner is left without this one.
    pub(crate) async fn require_another_owner(&mut self) -> Result<()> {
        let (owners,) = on_db!(self.tx.conn()?, c => sqlx::query_as::<_, (i64,)>(COUNT_OWNERS)
            .bind(self.id.uuid())
            .fetch_one(c)
            .await)?;
        if owners > 1 { Ok(()) } else { Err(Error::LastOwner) }
    }

    /// Makes someone a member.
    ///
    /// # Errors
    ///
    /// [`Error::UserNotFound`] when their account went a moment ago.
    pub(super) async fn insert_member(&mut self, user: &User, role: RoleId) -> Result<MemberId> {
        let id: MemberId = self.db.new_id();
        let now = self.now();
        match insert(&mut self.tx, id, self.id, user.id, role, now).await {
            Err(Error::Db(error)) if error.is_foreign_key_violation() => Err(Error::UserNotFound),
            done => done.map(|()| id),
        }
    }
}

/// Writes a membership.
pub(crate) async fn insert(
    tx: &mut Tx,
    id: MemberId,
    organization: OrganizationId,
    user: UserId,
    role: RoleId,
    now: UnixMs,
) -> Result<()> {
    let touched = on_db!(tx.conn()?, c => sqlx::query(INSERT)
        .bind(id.uuid())
        .bind(organization.uuid())
        .bind(user.uuid())
        .bind(role.uuid())
        .bind(now.0)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(db::expect_one(touched)?)
}
