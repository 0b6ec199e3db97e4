//! Who asks, in which workspace, with which permissions.

use accounts::User;
use model::{
    Permission,
    ids::{OrganizationId, UserId},
};

use crate::Membership;

/// A person together with their membership in the workspace that they ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The person.
    pub user: User,
    /// Their membership.
    pub membership: Membership,
}

/// A member asked for what they may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this takes the permission {permission}")]
pub struct Forbidden {
    /// Who.
    pub user: UserId,
    /// In which workspace.
    pub organization: OrganizationId,
    /// What it would take.
    pub permission: Permission,
}

impl Caller {
    /// Goes on only when the caller holds `permission`.
    pub fn require(&self, permission: Permission) -> Result<(), Forbidden> {
        if self.membership.permissions.has(permission) {
            Ok(())
        } else {
            let (user, organization) = (self.user.id, self.organization_id());
            Err(Forbidden { user, organization, permission })
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
            let (user, organization) = (caller.user.id, caller.organization_id());
            let refused = Forbidden { user, organization, permission };
            assert_eq!(caller.require(permission), Err(refused));
        }
    }
}
