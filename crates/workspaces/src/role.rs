//! Roles: the five that every workspace begins with, and those it makes.
//!
//! Each workspace has its own rows, whose permissions are a JSON array of keys.

use db::{Tx, on_db};
use model::{
    Permission, Permissions,
    ids::{OrganizationId, RoleId},
    wire,
};
use uuid::Uuid;

use crate::{Result, Workspaces};

/// Which of the five starter roles a role is. These stay as they are; a copy can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// May do everything, deleting the workspace and handing it over included.
    Owner,
    /// All keys; those two things it may not do, which is a rule of theirs.
    Admin,
    /// Sources and reports.
    Analyst,
    /// Reports.
    Viewer,
    /// Plan and invoices.
    Billing,
}

impl Kind {
    /// In the order of the list.
    pub const ALL: [Self; 5] =
        [Self::Owner, Self::Admin, Self::Analyst, Self::Viewer, Self::Billing];

    /// Its word in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Analyst => "analyst",
            Self::Viewer => "viewer",
            Self::Billing => "billing",
        }
    }

    /// Its name in a new workspace.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Admin => "Admin",
            Self::Analyst => "Analyst",
            Self::Viewer => "Viewer",
            Self::Billing => "Billing",
        }
    }

    /// What it permits.
    pub(crate) const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Owner | Self::Admin => Permission::ALL,
            Self::Analyst => {
                &[Permission::AnalyticsReport, Permission::AnalyticsManage, Permission::UsersRead]
            }
            Self::Viewer => &[Permission::AnalyticsReport],
            Self::Billing => &[Permission::BillingRead, Permission::BillingManage],
        }
    }

    /// The column's meaning.
    pub(crate) fn read(text: Option<&str>) -> db::Result<Option<Self>> {
        let unknown = |text: &str| db::Error::Stored(format!("roles.kind: {text}"));
        text.map(|text| {
            Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| unknown(text))
        })
        .transpose()
    }
}

/// A role of one workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Which.
    pub id: RoleId,
    /// What people call it.
    pub name: String,
    /// Which starter role it is; none for the workspace's own.
    pub kind: Option<Kind>,
    /// What it permits.
    pub permissions: Permissions,
    /// How many members have it.
    pub members: i64,
}

impl Role {
    /// Whether it is the owners'.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.kind == Some(Kind::Owner)
    }
}

impl From<Role> for wire::team::Role {
    fn from(role: Role) -> Self {
        Self {
            id: role.id,
            name: role.name,
            kind: role.kind.map(|kind| kind.as_str().to_owned()),
            permissions: role.permissions,
            members: role.members,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    kind: Option<String>,
    permissions: String,
    members: i64,
}

impl TryFrom<Row> for Role {
    type Error = db::Error;

    fn try_from(row: Row) -> db::Result<Self> {
        Ok(Self {
            id: row.id.into(),
            name: row.name,
            kind: Kind::read(row.kind.as_deref())?,
            permissions: permissions_of(&row.permissions)?,
            members: row.members,
        })
    }
}

macro_rules! roles {
    ($narrowed:literal) => {
        concat!(
            "SELECT r.id, r.name, r.kind, r.permissions,
                (SELECT COUNT(*) FROM members m
                    WHERE m.organization_id = r.organization_id AND m.role_id = r.id) AS members
            FROM roles r WHERE r.organization_id = $1 ",
            $narrowed
        )
    };
}

const FIND_KIND: &str = roles!("AND r.kind = $2");
const LIST: &str = roles!("ORDER BY r.created_at, r.id");
const FIND: &str = roles!("AND r.id = $2");

impl Workspaces {
    /// The workspace's roles: the five starter roles first, then its own.
    pub async fn list_roles(&self, organization: OrganizationId) -> Result<Vec<Role>> {
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(LIST)
            .bind(organization.uuid())
            .fetch_all(c)
            .await)?;
        let mut roles = rows.into_iter().map(Role::try_from).collect::<db::Result<Vec<_>>>()?;
        let place = |role: &Role| Kind::ALL.iter().position(|kind| Some(*kind) == role.kind);
        roles.sort_by_key(|role| place(role).unwrap_or(Kind::ALL.len()));
        Ok(roles)
    }
}

/// All roles of a workspace, in no order that means something.
pub(crate) async fn list(tx: &mut Tx, organization: OrganizationId) -> Result<Vec<Role>> {
    let rows = on_db!(tx.conn()?, c => sqlx::query_as::<_, Row>(LIST)
        .bind(organization.uuid())
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(Role::try_from).collect::<db::Result<_>>()?)
}

/// The role, when it is this workspace's.
pub(crate) async fn find(
    tx: &mut Tx,
    organization: OrganizationId,
    id: RoleId,
) -> Result<Option<Role>> {
    let row = on_db!(tx.conn()?, c => sqlx::query_as::<_, Row>(FIND)
        .bind(organization.uuid())
        .bind(id.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(Role::try_from).transpose()?)
}

/// The starter role of this kind. Every workspace has it.
pub(crate) async fn get_kind(
    tx: &mut Tx,
    organization: OrganizationId,
    kind: Kind,
) -> Result<Role> {
    let row = on_db!(tx.conn()?, c => sqlx::query_as::<_, Row>(FIND_KIND)
        .bind(organization.uuid())
        .bind(kind.as_str())
        .fetch_one(c)
        .await)?;
    Ok(row.try_into()?)
}

/// The column's meaning.
pub(crate) fn permissions_of(text: &str) -> db::Result<Permissions> {
    Permissions::from_stored(text)
        .map_err(|error| db::Error::Stored(format!("roles.permissions or members.grants: {error}")))
}
