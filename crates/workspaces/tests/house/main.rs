//! What happens to a workspace as a whole, through the crate's own door, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is a red test")]

mod accounts;
mod mail;
mod organization;
mod ownership;
mod roles;

use ::accounts::{Accounts, Email, NewAccount, Password, User};
use ::workspaces::{Kind, Member, Membership, WorkspaceName, Workspaces};
use audit::Actor;
use db::Db;
use model::ids::{OrganizationId, RoleId};

/// A workspace and whoever a test brings in.
struct House {
    db: Db,
    accounts: Accounts,
    workspaces: Workspaces,
    owner: User,
    id: OrganizationId,
}

impl House {
    async fn new(db: &Db) -> Self {
        let accounts = Accounts::new(db.clone());
        let workspaces = Workspaces::new(db.clone());
        let owner = person(&accounts, "owner").await;
        let made = make(&workspaces, db, &owner, "Acme").await;
        Self { db: db.clone(), accounts, workspaces, owner, id: made.organization.id }
    }

    fn actor(&self, user: &User) -> Actor {
        Actor::local(user.id, self.db.new_id())
    }

    fn by_owner(&self) -> Actor {
        self.actor(&self.owner)
    }

    async fn role(&self, kind: Kind) -> RoleId {
        let roles = self.workspaces.list_roles(self.id).await.unwrap();
        roles.into_iter().find(|role| role.kind == Some(kind)).unwrap().id
    }

    /// Someone new, in the workspace.
    async fn joined(&self, name: &str, kind: Kind) -> (User, Member) {
        let user = person(&self.accounts, name).await;
        let role = self.role(kind).await;
        let added = self.workspaces.add_member(self.by_owner(), self.id, &user.email, role).await;
        (user, added.unwrap())
    }

    async fn membership(&self, user: &User) -> Option<Membership> {
        self.workspaces.find_membership(user.id, self.id).await.unwrap()
    }

    /// What the audit log says, newest first.
    async fn log(&self) -> Vec<String> {
        let filter = audit::Filter { limit: 100, ..audit::Filter::default() };
        let entries = audit::list(&self.db, self.id, &filter).await.unwrap();
        entries.into_iter().map(|entry| entry.action).collect()
    }
}

async fn person(accounts: &Accounts, name: &str) -> User {
    let new = NewAccount {
        email: Email::parse(&format!("{name}@example.com")).unwrap(),
        password: Password::parse("correct horse battery").unwrap(),
        name: None,
    };
    accounts.sign_up(new).await.unwrap()
}

async fn make(workspaces: &Workspaces, db: &Db, owner: &User, name: &str) -> Membership {
    let actor = Actor::local(owner.id, db.new_id());
    let name = WorkspaceName::parse(name).unwrap();
    workspaces.create_organization(actor, &name, None).await.unwrap()
}
