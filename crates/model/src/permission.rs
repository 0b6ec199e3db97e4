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

/// A set of permissions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Permissions(Vec<Permission>);

impl Permissions {
    /// Every permission there is.
    #[must_use]
    pub fn all() -> Self {
        Self(Permission::ALL.to_vec())
    }

    /// Whether `permission` is in the set.
    #[must_use]
    pub fn has(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    /// Whether every permission of `others` is in the set.
    #[must_use]
    pub fn covers(&self, others: &Self) -> bool {
        others.iter().all(|permission| self.has(permission))
    }

    /// These and those of `others`, each once, in the order of the catalogue.
    #[must_use]
    pub fn with(&self, others: &Self) -> Self {
        let all = Permission::ALL.iter().copied();
        all.filter(|permission| self.has(*permission) || others.has(*permission)).collect()
    }

    /// The permissions, in the order they were given.
    pub fn iter(&self) -> impl Iterator<Item = Permission> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().collect())
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
}
