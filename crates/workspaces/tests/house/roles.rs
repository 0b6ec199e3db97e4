//! Roles of a workspace's own.

use ::workspaces::{Error, Kind, MemberChanges, RoleChanges, RoleName};
use model::{Permission, Permissions};

use crate::House;

fn name(text: &str) -> RoleName {
    RoleName::parse(text).unwrap()
}

fn of(keys: &[Permission]) -> Permissions {
    keys.iter().copied().collect()
}

testkit::both! {
    async fn a_role_is_made_changed_given_and_deleted_once_nobody_has_it(db: db::Db) {
        let house = House::new(&db).await;
        let (ana, member) = house.joined("ana", Kind::Viewer).await;
        let can_read = of(&[Permission::UsersRead]);
        let by_owner = house.by_owner();
        let role =
            house.workspaces.create_role(by_owner, house.id, &name("Auditor"), can_read).await;
        let role = role.unwrap();
        assert_eq!((role.kind, role.permissions), (None, can_read));
        let give = MemberChanges { role: Some(role.id), grants: None };
        house.workspaces.change_member(by_owner, house.id, member.id, give).await.unwrap();
        let wider = of(&[Permission::UsersRead, Permission::AuditRead]);
        let changes = RoleChanges { name: Some(name("Reviewer")), permissions: Some(wider) };
        house.workspaces.change_role(by_owner, house.id, role.id, changes).await.unwrap();
        let of_ana = house.membership(&ana).await.unwrap();
        assert_eq!((of_ana.role_name.as_str(), of_ana.permissions), ("Reviewer", wider));
        let in_use = house.workspaces.delete_role(by_owner, house.id, role.id).await;
        assert!(matches!(in_use, Err(Error::RoleInUse)), "{in_use:?}");
        let back = MemberChanges { role: Some(house.role(Kind::Viewer).await), grants: None };
        house.workspaces.change_member(by_owner, house.id, member.id, back).await.unwrap();
        house.workspaces.delete_role(by_owner, house.id, role.id).await.unwrap();
        assert_eq!(house.workspaces.list_roles(house.id).await.unwrap().len(), 5);
        assert_eq!(house.log().await[0], "role.deleted");
    }

    async fn an_open_invitation_holds_its_role_and_an_ended_one_does_not(db: db::Db) {
        let house = House::new(&db).await;
        let by_owner = house.by_owner();
        let none = Permissions::default();
        let role =
            house.workspaces.create_role(by_owner, house.id, &name("Guest"), none).await.unwrap();
        let email = ::accounts::Email::parse("guest@example.com").unwrap();
        let invited =
            house.workspaces.invite(by_owner, house.id, &email, role.id).await.unwrap();
        let in_use = house.workspaces.delete_role(by_owner, house.id, role.id).await;
        assert!(matches!(in_use, Err(Error::RoleInUse)), "{in_use:?}");
        let id = invited.invitation.id;
        house.workspaces.revoke_invitation(by_owner, house.id, id).await.unwrap();
        house.workspaces.delete_role(by_owner, house.id, role.id).await.unwrap();
    }

    async fn starter_roles_stay_and_names_are_taken_once(db: db::Db) {
        let house = House::new(&db).await;
        let by_owner = house.by_owner();
        let viewer = house.role(Kind::Viewer).await;
        let changes = RoleChanges { name: Some(name("Reader")), permissions: None };
        let fixed = house.workspaces.change_role(by_owner, house.id, viewer, changes).await;
        assert!(matches!(fixed, Err(Error::RoleIsFixed)), "{fixed:?}");
        let fixed = house.workspaces.delete_role(by_owner, house.id, viewer).await;
        assert!(matches!(fixed, Err(Error::RoleIsFixed)), "{fixed:?}");
        let none = Permissions::default();
        let taken = house.workspaces.create_role(by_owner, house.id, &name("Viewer"), none).await;
        assert!(matches!(taken, Err(Error::RoleNameTaken)), "{taken:?}");
    }

    async fn two_names_that_people_would_take_for_one_are_one(db: db::Db) {
        let house = House::new(&db).await;
        let by_owner = house.by_owner();
        let make = async |text: &str| {
            let none = Permissions::default();
            house.workspaces.create_role(by_owner, house.id, &name(text), none).await
        };
        let cafe = make("Café").await.unwrap();
        for alike in ["CAFE\u{301}", "café", "VIEWER"] {
            let taken = make(alike).await;
            assert!(matches!(taken, Err(Error::RoleNameTaken)), "{alike}: {taken:?}");
        }
        let bar = make("Bar").await.unwrap();
        let rename = async |id, text: &str| {
            let changes = RoleChanges { name: Some(name(text)), permissions: None };
            house.workspaces.change_role(by_owner, house.id, id, changes).await
        };
        let taken = rename(bar.id, "cafe\u{301}").await;
        assert!(matches!(taken, Err(Error::RoleNameTaken)), "{taken:?}");
        assert_eq!(rename(cafe.id, "CAFÉ").await.unwrap().name, "CAFÉ");
    }

    async fn nobody_makes_or_touches_a_role_that_may_do_more_than_they(db: db::Db) {
        let house = House::new(&db).await;
        let (ana, member) = house.joined("ana", Kind::Viewer).await;
        let grants = of(&[Permission::UsersPermissionsManage]);
        let granted = MemberChanges { role: None, grants: Some(grants) };
        let by_owner = house.by_owner();
        house.workspaces.change_member(by_owner, house.id, member.id, granted).await.unwrap();
        let by_ana = house.actor(&ana);
        let above = of(&[Permission::BillingManage]);
        let made = house.workspaces.create_role(by_ana, house.id, &name("Rich"), above).await;
        assert!(matches!(made, Err(Error::Denied(no)) if no.permission == Permission::BillingManage));
        let rich =
            house.workspaces.create_role(by_owner, house.id, &name("Rich"), above).await.unwrap();
        let lower = RoleChanges { name: None, permissions: Some(Permissions::default()) };
        let changed = house.workspaces.change_role(by_ana, house.id, rich.id, lower).await;
        assert!(matches!(changed, Err(Error::Denied(_))), "{changed:?}");
        let own = of(&[Permission::AnalyticsReport]);
        let poor =
            house.workspaces.create_role(by_ana, house.id, &name("Poor"), own).await.unwrap();
        let raise = RoleChanges { name: None, permissions: Some(above) };
        let raised = house.workspaces.change_role(by_ana, house.id, poor.id, raise).await;
        assert!(matches!(raised, Err(Error::Denied(_))), "{raised:?}");
    }
}
