//! Its name, its end, its return.

use ::workspaces::{DELETED_LIFE_MS, Error, Kind, OrganizationChanges, Slug, WorkspaceName};

use crate::{House, make};

fn renamed(name: &str, slug: &str) -> OrganizationChanges {
    OrganizationChanges {
        name: Some(WorkspaceName::parse(name).unwrap()),
        slug: Some(Slug::parse(slug).unwrap()),
    }
}

testkit::both! {
    async fn a_workspace_gets_another_name_and_slug_and_the_log_says_what_they_were(db: db::Db) {
        let house = House::new(&db).await;
        let changed = house
            .workspaces
            .change_organization(house.by_owner(), house.id, renamed("Acme Ltd", "acme-ltd"))
            .await
            .unwrap();
        assert_eq!(changed.organization.name, "Acme Ltd");
        assert_eq!(changed.organization.slug, "acme-ltd");
        assert_eq!(house.log().await[0], "organization.changed");
        let again = renamed("Acme Ltd", "acme-ltd");
        house.workspaces.change_organization(house.by_owner(), house.id, again).await.unwrap();
        assert_eq!(house.log().await.len(), 2);
    }

    async fn the_slug_of_another_workspace_is_taken_also_while_that_one_is_deleted(db: db::Db) {
        let house = House::new(&db).await;
        let other = make(&house.workspaces, &db, &house.owner, "Other").await.organization.id;
        let change = async || {
            let changes = renamed("Acme", "other");
            house.workspaces.change_organization(house.by_owner(), house.id, changes).await
        };
        assert!(matches!(change().await, Err(Error::SlugTaken)));
        house.workspaces.delete_organization(house.by_owner(), other).await.unwrap();
        assert!(matches!(change().await, Err(Error::SlugTaken)));
        let log = house.log().await;
        assert_eq!(log, ["organization.created"]);
    }

    async fn only_an_owner_deletes_and_an_admin_renames(db: db::Db) {
        let house = House::new(&db).await;
        let (admin, _) = house.joined("admin", Kind::Admin).await;
        let (viewer, _) = house.joined("viewer", Kind::Viewer).await;
        for user in [&admin, &viewer] {
            let refused =
                house.workspaces.delete_organization(house.actor(user), house.id).await;
            assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
        }
        let changes = || renamed("Acme Two", "acme-two");
        let by_admin = house.actor(&admin);
        house.workspaces.change_organization(by_admin, house.id, changes()).await.unwrap();
        let by_viewer = house.actor(&viewer);
        let refused = house.workspaces.change_organization(by_viewer, house.id, changes()).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
    }

    async fn a_deleted_workspace_is_nobodys_until_an_owner_has_it_back(db: db::Db) {
        let house = House::new(&db).await;
        let (viewer, _) = house.joined("viewer", Kind::Viewer).await;
        house.workspaces.delete_organization(house.by_owner(), house.id).await.unwrap();
        assert_eq!(house.membership(&house.owner).await, None);
        assert_eq!(house.workspaces.list_organizations(viewer.id).await.unwrap(), []);
        let again = house.workspaces.delete_organization(house.by_owner(), house.id).await;
        assert!(matches!(again, Err(Error::Forbidden)), "{again:?}");
        assert_eq!(house.workspaces.list_deleted(viewer.id).await.unwrap(), []);
        let deleted = house.workspaces.list_deleted(house.owner.id).await.unwrap();
        assert_eq!(deleted[0].until, db.now().plus_ms(DELETED_LIFE_MS));
        let by_viewer = house.workspaces.restore_organization(house.actor(&viewer), house.id);
        assert!(matches!(by_viewer.await, Err(Error::Forbidden)));
        db.clock().advance_ms(DELETED_LIFE_MS - 1);
        house.workspaces.restore_organization(house.by_owner(), house.id).await.unwrap();
        assert!(house.membership(&viewer).await.is_some());
        assert_eq!(house.log().await[..2], ["organization.restored", "organization.deleted"]);
    }

    async fn after_seven_days_its_rows_go(db: db::Db) {
        let house = House::new(&db).await;
        house.joined("viewer", Kind::Viewer).await;
        house.workspaces.delete_organization(house.by_owner(), house.id).await.unwrap();
        db.clock().advance_ms(DELETED_LIFE_MS - 1);
        assert_eq!(house.workspaces.list_overdue().await.unwrap(), []);
        house.workspaces.purge_organization(house.id).await.unwrap();
        assert_eq!(house.workspaces.list_deleted(house.owner.id).await.unwrap().len(), 1);
        db.clock().advance_ms(1);
        let late = house.workspaces.restore_organization(house.by_owner(), house.id).await;
        assert!(matches!(late, Err(Error::Forbidden)), "{late:?}");
        assert_eq!(house.workspaces.list_overdue().await.unwrap(), [house.id]);
        house.workspaces.purge_organization(house.id).await.unwrap();
        assert_eq!(house.workspaces.list_overdue().await.unwrap(), []);
        assert_eq!(house.log().await, [""; 0]);
        let again = make(&house.workspaces, &db, &house.owner, "Acme").await;
        assert_eq!(again.organization.slug, "acme");
    }
}
