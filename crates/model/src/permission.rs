//! The permission keys, fixed for every workspace; roles are sets of them.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! permissions {
    ($($variant:ident = $key:literal, $what:literal;)*) => {
        /// One thing a member may be allowed to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Permission {
            $(#[doc = $what] #[serde(rename = $key)] $variant,)*
        }

        impl Permission {
            /// Every key, in the order of the catalogue page.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The key, as the API and the database spell it.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)* }
            }

            /// What holding it allows, in a few words.
            #[must_use]
            pub const fn what(self) -> &'static str {
                match self { $(Self::$variant => $what,)* }
            }
        }
    };
}

permissions! {
    AnalyticsReport = "analytics.report", "See sources, attempts and reports";
    AnalyticsManage = "analytics.manage", "Create and change sources, rotate keys, replay attempts";
    BillingRead = "billing.read", "See plan, seats and invoices";
    BillingManage = "billing.manage", "Change plan and seats, open the billing portal";
    UsersRead = "users.read", "See members and invitations";
    UsersInvite = "users.invite", "Invite people and add members";
    UsersManage = "users.manage", "Change roles of members and remove them";
    UsersPermissionsManage = "users.permissions.manage", "Edit roles and grant single permissions";
    WorkspaceManage = "workspace.manage", "Rename or delete the workspace";
    AuditRead = "audit.read", "Read the audit log";
}

impl Permission {
    /// The permission with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.key() == key)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// A set of permissions. In JSON a list of keys, in the order of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = Vec<Permission>))]
#[serde(into = "Vec<Permission>", from = "Vec<Permission>")]
pub struct Permissions(u16);

impl Permissions {
    /// Every permission there is.
    #[must_use]
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// Whether `permission` is in the set.
    #[must_use]
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether every permission of `others` is in the set.
    #[must_use]
    pub const fn covers(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    /// These and those of `others`.
    #[must_use]
    pub const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Those of these that are in `others` too.
    #[must_use]
    pub const fn within(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// The text of a database's column: a JSON array of keys, in the order of the catalogue.
    #[must_use]
    pub fn stored(self) -> String {
        let keys: Vec<&str> = self.iter().map(Permission::key).collect();
        serde_json::Value::from(keys).to_string()
    }

    /// The meaning of such a text. A key that this version does not know permits nothing.
    pub fn from_stored(text: &str) -> Result<Self, serde_json::Error> {
        let keys: Vec<String> = serde_json::from_str(text)?;
        Ok(keys.iter().filter_map(|key| Permission::from_key(key)).collect())
    }

    /// The permissions, in the order of the catalogue.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.has(*permission))
    }
}

impl Permission {
    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |set, permission| set | permission.bit()))
    }
}

impl From<Vec<Permission>> for Permissions {
    fn from(permissions: Vec<Permission>) -> Self {
        permissions.into_iter().collect()
    }
}

impl From<Permissions> for Vec<Permission> {
    fn from(permissions: Permissions) -> Self {
        permissions.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_reads_back() {
        for permission in Permission::ALL {
            assert_eq!(Permission::from_key(permission.key()), Some(*permission));
        }
        assert_eq!(Permission::from_key("root"), None);
    }

    #[test]
    fn a_set_is_a_list_of_its_keys_in_the_order_of_the_catalogue() {
        let json = r#"["users.read","analytics.report","users.read"]"#;
        let set: Permissions = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&set).unwrap(), r#"["analytics.report","users.read"]"#);
        assert!(Permissions::all().covers(set) && !set.covers(Permissions::all()));
        assert_eq!(Permissions::all().within(set), set);
        assert_eq!(Permissions::all().iter().count(), Permission::ALL.len());
    }

    #[test]
    fn a_set_reads_back_from_its_column() {
        let set = Permissions::from_iter([Permission::UsersRead, Permission::AnalyticsReport]);
        assert_eq!(set.stored(), r#"["analytics.report","users.read"]"#);
        assert_eq!(Permissions::from_stored(&set.stored()).unwrap(), set);
    }

    #[test]
    fn an_unknown_key_permits_nothing_and_what_is_no_list_is_an_error() {
        let set = Permissions::from_stored(r#"["root", "users.read"]"#).unwrap();
        assert_eq!(set.iter().collect::<Vec<_>>(), [Permission::UsersRead]);
        assert!(Permissions::from_stored("all").is_err());
    }
}
