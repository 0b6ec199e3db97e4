//! A new workspace: itself, its roles, its owner and the first line of its audit log, all or nothing.

use audit::{Actor, Entry};
use db::{Db, Tx, on_db};
use model::{
    Permissions, UnixMs,
    ids::{MemberId, OrganizationId, RoleId},
};
use serde_json::json;

use crate::{
    Error, Membership, Organization, Result, Slug, WorkspaceName, Workspaces,
    person::require_person, role::Kind, team::member,
};

const INSERT_ORGANIZATION: &str = "INSERT INTO organizations (id, name, slug, created_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (slug) DO NOTHING";

const INSERT_ROLE: &str =
    "INSERT INTO roles (id, organization_id, name, kind, permissions, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)";

/// A suggested slug is tried as it is, then as `-2` … `-9`.
const LAST_NUMBER: u32 = 9;

impl Workspaces {
    /// Makes a workspace that `actor` owns. Without a `slug` it gets one from its name.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for a tool, [`Error::SlugTaken`] when the given slug is another workspace's.
    pub async fn create_organization(
        &self,
        actor: Actor,
        name: &WorkspaceName,
        slug: Option<Slug>,
    ) -> Result<Membership> {
        require_person(actor)?;
        let id: OrganizationId = self.db.new_id();
        let now = self.db.now();
        let mut tx = self.db.begin().await?;
        let slug = self.insert_organization(&mut tx, id, name, slug, now).await?;
        let role_id = insert_role(&mut tx, &self.db, id, Kind::Owner, now).await?;
        for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Owner) {
            insert_role(&mut tx, &self.db, id, kind, now).await?;
        }
        let member_id: MemberId = self.db.new_id();
        member::insert(&mut tx, member_id, id, actor.user, role_id, now).await?;
        audit::record(
            &mut tx,
            Entry {
                id: self.db.new_id(),
                at: now,
                organization: id,
                actor,
                action: "organization.created",
                subject: id.to_string(),
                before: None,
                after: Some(json!({ "name": name.as_str(), "slug": slug.as_str() })),
            },
        )
        .await?;
        tx.commit().await?;

        let (name, slug) = (name.as_str().to_owned(), slug.to_string());
        Ok(Membership {
            organization: Organization { id, name, slug, created_at: now },
            member_id,
            role_id,
            role_name: Kind::Owner.name().to_owned(),
            is_owner: true,
            permissions: Permissions::all(),
        })
    }

    /// Inserts it under the given slug, or under the first free one that resembles its name.
    async fn insert_organization(
        &self,
        tx: &mut Tx,
        id: OrganizationId,
        name: &WorkspaceName,
        given: Option<Slug>,
        now: UnixMs,
    ) -> Result<Slug> {
        let candidates = match given {
            Some(slug) => vec![slug],
            None => self.suggestions(name),
        };
        for slug in candidates {
            let touched = on_db!(tx.conn()?, c => sqlx::query(INSERT_ORGANIZATION)
                .bind(id.uuid())
                .bind(name.as_str())
                .bind(slug.as_str())
                .bind(now.0)
                .execute(c)
                .await
                .map(|done| done.rows_affected()))?;
            if touched == 1 {
                return Ok(slug);
            }
        }
        Err(Error::SlugTaken)
    }

    fn suggestions(&self, name: &WorkspaceName) -> Vec<Slug> {
        let slug = Slug::suggest(name.as_str());
        let random = format!("{:08x}", u32::from_be_bytes(self.db.chance().bytes()));
        let suffixes = (2..=LAST_NUMBER).map(|number| number.to_string()).chain([random]);
        let mut slugs = vec![slug.clone()];
        slugs.extend(suffixes.map(|suffix| slug.with_suffix(&suffix)));
        slugs
    }
}

async fn insert_role(
    tx: &mut Tx,
    db: &Db,
    organization: OrganizationId,
    kind: Kind,
    now: UnixMs,
) -> Result<RoleId> {
    let id: RoleId = db.new_id();
    let touched = on_db!(tx.conn()?, c => sqlx::query(INSERT_ROLE)
        .bind(id.uuid())
        .bind(organization.uuid())
        .bind(kind.name())
        .bind(kind.as_str())
        .bind(kind.permissions().iter().copied().collect::<Permissions>().stored())
        .bind(now.0)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    db::expect_one(touched)?;
    Ok(id)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use accounts::{Accounts, Email, NewAccount, Password, User};
    use tokio::task::JoinSet;

    use super::*;

    pub(crate) async fn sign_up(db: &Db, email: &str) -> User {
        let new = NewAccount {
            email: Email::parse(email).unwrap(),
            password: Password::parse("correct horse battery").unwrap(),
            name: None,
        };
        Accounts::new(db.clone()).sign_up(new).await.unwrap()
    }

    pub(crate) fn actor(db: &Db, user: &User) -> Actor {
        Actor::local(user.id, db.new_id())
    }

    pub(crate) fn name(text: &str) -> WorkspaceName {
        WorkspaceName::parse(text).unwrap()
    }

    fn slug(text: &str) -> Slug {
        Slug::parse(text).unwrap()
    }

    async fn count_organizations(db: &Db) -> i64 {
        const COUNT: &str = "SELECT COUNT(*) FROM organizations";
        on_db!(db.read(), c => sqlx::query_scalar(COUNT).fetch_one(c).await).unwrap()
    }

    testkit::both! {
        async fn whoever_makes_a_workspace_owns_it_and_may_do_everything(db: Db) {
            let ada = sign_up(&db, "ada@example.com").await;
            let made = Workspaces::new(db.clone())
                .create_organization(actor(&db, &ada), &name("Acme Events"), None)
                .await
                .unwrap();
            assert_eq!(made.organization.name, "Acme Events");
            assert_eq!(made.organization.slug, "acme-events");
            assert_eq!(made.organization.created_at, db.now());
            assert_eq!(made.role_name, "Owner");
            assert_eq!(made.permissions, Permissions::all());
        }

        async fn a_new_workspace_has_the_five_starter_roles(db: Db) {
            const ROLES: &str = "SELECT name, permissions FROM roles";
            let ada = sign_up(&db, "ada@example.com").await;
            Workspaces::new(db.clone())
                .create_organization(actor(&db, &ada), &name("Acme"), None)
                .await
                .unwrap();
            let roles: Vec<(String, String)> =
                on_db!(db.read(), c => sqlx::query_as(ROLES).fetch_all(c).await).unwrap();
            let roles: BTreeMap<_, _> = roles.into_iter().collect();
            assert_eq!(roles.len(), 5);
            assert_eq!(roles["Owner"], Permissions::all().stored());
            assert_eq!(roles["Admin"], roles["Owner"]);
            assert_eq!(
                roles["Analyst"],
                r#"["analytics.report","analytics.manage","users.read"]"#
            );
            assert_eq!(roles["Viewer"], r#"["analytics.report"]"#);
            assert_eq!(roles["Billing"], r#"["billing.read","billing.manage"]"#);
        }

        async fn a_new_workspace_is_the_first_entry_of_its_audit_log(db: Db) {
            const ENTRIES: &str = "SELECT action, subject, before, after, request_id FROM audit_log";
            type Line = (String, String, Option<String>, Option<String>, String);
            let ada = sign_up(&db, "ada@example.com").await;
            let actor = actor(&db, &ada);
            let made = Workspaces::new(db.clone())
                .create_organization(actor, &name("Acme"), None)
                .await
                .unwrap();
            let entries: Vec<Line> =
                on_db!(db.read(), c => sqlx::query_as(ENTRIES).fetch_all(c).await).unwrap();
            assert_eq!(entries, [(
                "organization.created".to_owned(),
                made.organization.id.to_string(),
                None,
                Some(r#"{"name":"Acme","slug":"acme"}"#.to_owned()),
                actor.request.to_string(),
            )]);
        }

        async fn a_given_slug_that_is_taken_is_refused_and_nothing_is_made(db: Db) {
            let workspaces = Workspaces::new(db.clone());
            let ada = sign_up(&db, "ada@example.com").await;
            let given = Some(slug("acme"));
            let actor = actor(&db, &ada);
            workspaces.create_organization(actor, &name("One"), given.clone()).await.unwrap();
            let again = workspaces.create_organization(actor, &name("Other"), given).await;
            assert!(matches!(again, Err(Error::SlugTaken)), "{again:?}");
            assert_eq!(count_organizations(&db).await, 1);
        }

        async fn a_suggested_slug_that_is_taken_gets_a_number_and_then_chance(db: Db) {
            let workspaces = Workspaces::new(db.clone());
            let ada = sign_up(&db, "ada@example.com").await;
            let mut slugs = Vec::new();
            for _ in 0..11 {
                let made =
                    workspaces.create_organization(actor(&db, &ada), &name("Acme"), None).await;
                slugs.push(made.unwrap().organization.slug);
            }
            assert_eq!(slugs[..3], ["acme", "acme-2", "acme-3"]);
            assert_eq!(slugs[8], "acme-9");
            assert_eq!(slugs[10].len(), "acme-".len() + 8);
            assert_ne!(slugs[9], slugs[10]);
        }

        async fn workspaces_made_at_once_with_one_name_get_slugs_of_their_own(db: Db) {
            let ada = sign_up(&db, "ada@example.com").await;
            let mut all = JoinSet::new();
            for _ in 0..4 {
                let workspaces = Workspaces::new(db.clone());
                let actor = actor(&db, &ada);
                all.spawn(async move {
                    workspaces.create_organization(actor, &name("Acme"), None).await
                });
            }
            let made = all.join_all().await;
            let mut slugs: Vec<_> =
                made.into_iter().map(|made| made.unwrap().organization.slug).collect();
            slugs.sort();
            assert_eq!(slugs, ["acme", "acme-2", "acme-3", "acme-4"]);
        }

        async fn a_workspace_of_nobody_is_not_made_at_all(db: Db) {
            let nobody = Actor::local(db.new_id(), db.new_id());
            let made = Workspaces::new(db.clone())
                .create_organization(nobody, &name("Acme"), None)
                .await;
            assert!(matches!(made, Err(Error::Db(_))), "{made:?}");
            assert_eq!(count_organizations(&db).await, 0);
        }
    }
}
