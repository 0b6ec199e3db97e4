//! The roles that every workspace begins with.
//!
//! They are data from then on: each workspace has its own rows, whose permissions are a JSON array of keys.

use model::{Permission, Permissions};

/// A role as a new workspace gets it.
pub(crate) struct StarterRole {
    pub(crate) name: &'static str,
    pub(crate) permissions: &'static [Permission],
}

/// Whoever makes a workspace has this role.
pub(crate) const OWNER: StarterRole = StarterRole { name: "Owner", permissions: Permission::ALL };

/// The others. Admin lacks no key: that only an owner may delete the workspace or hand it over is a rule of
/// those two operations (contract, roles and permissions).
pub(crate) const BESIDE_OWNER: [StarterRole; 4] = [
    StarterRole { name: "Admin", permissions: Permission::ALL },
    StarterRole {
        name: "Analyst",
        permissions: &[
            Permission::AnalyticsReport,
            Permission::AnalyticsManage,
            Permission::UsersRead,
        ],
    },
    StarterRole { name: "Viewer", permissions: &[Permission::AnalyticsReport] },
    StarterRole {
        name: "Billing",
        permissions: &[Permission::BillingRead, Permission::BillingManage],
    },
];

/// The column's text.
pub(crate) fn write_permissions(permissions: &[Permission]) -> String {
    let keys: Vec<&str> = permissions.iter().map(|permission| permission.key()).collect();
    serde_json::Value::from(keys).to_string()
}

/// The column's meaning. A key that this version does not know permits nothing.
pub(crate) fn read_permissions(text: &str) -> db::Result<Permissions> {
    let keys: Vec<String> = serde_json::from_str(text)
        .map_err(|error| db::Error::Stored(format!("roles.permissions: {error}")))?;
    Ok(keys.iter().filter_map(|key| Permission::from_key(key)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_read_back_from_the_column() {
        assert_eq!(write_permissions(BESIDE_OWNER[2].permissions), r#"["analytics.report"]"#);
        let all = read_permissions(&write_permissions(Permission::ALL)).unwrap();
        assert_eq!(all, Permissions::all());
    }

    #[test]
    fn an_unknown_key_permits_nothing_and_what_is_no_list_is_an_error() {
        let permissions = read_permissions(r#"["root", "users.read"]"#).unwrap();
        assert_eq!(permissions.iter().collect::<Vec<_>>(), [Permission::UsersRead]);
        assert!(matches!(read_permissions("all"), Err(db::Error::Stored(_))));
    }
}
