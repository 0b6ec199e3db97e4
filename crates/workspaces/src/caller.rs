//! Who asks, in which workspace, with which permissions.

use accounts::User;
use model::{Permission, ids::OrganizationId};

use crate::Membership;

/// A person together with their membership in the workspace that they ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The person.
    pub user: User,
    /// Their membership.
    pub membership: Membership,
}

/// The caller's role does not permit it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this takes the permission {permission}")]
pub struct Forbidden {
    /// What it would take.
    pub permission: Permission,
}

impl Caller {
    /// Goes on only when the caller holds `permission`.
    pub fn require(&self, permission: Permission) -> Result<(), Forbidden> {
        if self.membership.permissions.has(permission) {
            Ok(())
        } else {
            Err(Forbidden { permission })
        }
    }

    /// The workspace that they ask about.
    #[must_use]
    pub const fn organization_id(&self) -> OrganizationId {
        self.membership.organization.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Workspaces,
        create::tests::{actor, name, sign_up},
    };

    testkit::both! {
        async fn a_caller_may_do_what_their_role_permits_and_nothing_else(db: db::Db) {
            let user = sign_up(&db, "ada@example.com").await;
            let membership = Workspaces::new(db.clone())
                .create_organization(actor(&db, &user), &name("Acme"), None)
                .await
                .unwrap();
            let mut caller = Caller { user, membership };
            assert_eq!(caller.require(Permission::WorkspaceManage), Ok(()));
            caller.membership.permissions = [Permission::AnalyticsReport].into_iter().collect();
            assert_eq!(caller.require(Permission::AnalyticsReport), Ok(()));
            let permission = Permission::AnalyticsManage;
            assert_eq!(caller.require(permission), Err(Forbidden { permission }));
        }
    }
}
