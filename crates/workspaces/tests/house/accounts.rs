//! Accounts that go, tokens, several invitations at once, and a scope narrower than the person.

use ::accounts::{AccessToken, NewNamedToken, Scope, TokenName};
use ::workspaces::{Error, Kind, MemberChanges, WishOutcome, Workspaces, read_wishes};
use model::{Permission, Permissions, ids::OrganizationId};

use crate::{House, make};

fn token(name: &str, permissions: &[Permission], organization: OrganizationId) -> NewNamedToken {
    let scope = Scope {
        permissions: Some(permissions.iter().copied().collect()),
        organization: Some(organization),
    };
    NewNamedToken { name: TokenName::parse(name).unwrap(), scope, expires_at: None }
}

testkit::both! {
    async fn an_account_goes_once_no_workspace_is_left_without_an_owner(db: db::Db) {
        let house = House::new(&db).await;
        let other = make(&house.workspaces, &db, &house.owner, "Other").await;
        let (co, _) = house.joined("co", Kind::Owner).await;
        let farewell = house.workspaces.farewell(house.by_owner()).await.unwrap();
        assert_eq!(farewell.owns_alone, [other.organization.clone()]);
        assert_eq!(farewell.leaves.len(), 1);
        let early = house.workspaces.delete_account(house.by_owner()).await;
        assert!(matches!(early, Err(Error::LastOwner)), "{early:?}");
        assert!(house.membership(&house.owner).await.is_some(), "all or nothing");
        house.workspaces.delete_organization(house.by_owner(), other.organization.id).await.unwrap();
        let email = ::accounts::Email::parse("guest@example.com").unwrap();
        let viewer = house.role(Kind::Viewer).await;
        house.workspaces.invite(house.by_owner(), house.id, &email, viewer).await.unwrap();
        house.workspaces.delete_account(house.by_owner()).await.unwrap();
        assert_eq!(house.accounts.find_user(house.owner.id).await.unwrap(), None);
        assert!(house.membership(&co).await.unwrap().is_owner);
        assert_eq!(house.workspaces.list_invitations(house.id).await.unwrap(), []);
        assert_eq!(house.log().await[..2], ["member.left", "invitation.revoked"]);
    }

    async fn each_workspace_that_a_token_opens_reads_of_it(db: db::Db) {
        let house = House::new(&db).await;
        let other = make(&house.workspaces, &db, &house.owner, "Other").await.organization.id;
        let by_owner = house.by_owner();
        let for_other = token("CI", &[Permission::UsersRead], other);
        house.workspaces.create_token(by_owner, &for_other).await.unwrap();
        assert_eq!(house.log().await, ["organization.created"]);
        let for_all = NewNamedToken { scope: Scope::default(), ..for_other };
        let (made, secret) = house.workspaces.create_token(by_owner, &for_all).await.unwrap();
        assert_eq!(house.log().await[0], "token.created");
        house.workspaces.revoke_token(by_owner, made.id).await.unwrap();
        assert_eq!(house.log().await[0], "token.revoked");
        let text = AccessToken::parse(&secret.expose()).unwrap();
        assert_eq!(house.accounts.find_token(&text).await.unwrap(), None);
    }

    async fn a_token_is_not_made_for_what_its_person_may_not_do(db: db::Db) {
        let house = House::new(&db).await;
        let (viewer, _) = house.joined("viewer", Kind::Viewer).await;
        let by_viewer = house.actor(&viewer);
        let above = token("CI", &[Permission::UsersRead], house.id);
        let refused = house.workspaces.create_token(by_viewer, &above).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
        let elsewhere = make(&house.workspaces, &db, &house.owner, "Other").await.organization.id;
        let foreign = token("CI", &[], elsewhere);
        let refused = house.workspaces.create_token(by_viewer, &foreign).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    }

    async fn whoever_acts_within_a_scope_may_do_no_more(db: db::Db) {
        let house = House::new(&db).await;
        let (_, member) = house.joined("ana", Kind::Viewer).await;
        let scope = Permissions::from_iter([Permission::UsersManage, Permission::UsersInvite]);
        let narrow = house.by_owner().within(scope);
        let grants = MemberChanges {
            role: None,
            grants: Some(Permissions::from_iter([Permission::UsersInvite])),
        };
        let refused = house.workspaces.change_member(narrow, house.id, member.id, grants).await;
        let missing = Permission::UsersPermissionsManage;
        assert!(matches!(refused, Err(Error::Denied(no)) if no.permission == missing));
        let admin = house.role(Kind::Admin).await;
        let raise = MemberChanges { role: Some(admin), grants: None };
        let refused = house.workspaces.change_member(narrow, house.id, member.id, raise).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
        let refused = house.workspaces.delete_organization(narrow, house.id).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
    }

    async fn of_a_list_everyone_is_invited_who_can_be_and_a_trial_changes_nothing(db: db::Db) {
        let house = House::new(&db).await;
        house.joined("ana", Kind::Viewer).await;
        house.workspaces.set_seat_limit(house.id, Some(4)).await.unwrap();
        let roles = house.workspaces.list_roles(house.id).await.unwrap();
        let viewer = house.role(Kind::Viewer).await;
        let list = "bob@x.dev, Analyst\nana@example.com\nnobody\ncleo@x.dev\ndan@x.dev";
        let outcomes = async |is_trial| -> Vec<String> {
            let wishes = read_wishes(list, &roles, viewer);
            let all =
                house.workspaces.invite_many(house.by_owner(), house.id, wishes, is_trial).await;
            let word = |outcome: &WishOutcome| match outcome {
                WishOutcome::Invited(invited) => invited.invitation.role_name.clone(),
                WishOutcome::SentAgain(_) => "again".to_owned(),
                other => format!("{other:?}"),
            };
            all.unwrap().iter().map(|wished| word(&wished.outcome)).collect()
        };
        let wanted = ["Analyst", "AlreadyMember", "Fault(NotAnEmail)", "Viewer", "NoSeat"];
        assert_eq!(outcomes(true).await, wanted);
        assert_eq!(house.workspaces.list_invitations(house.id).await.unwrap(), []);
        assert_eq!(outcomes(false).await, wanted);
        assert_eq!(house.workspaces.list_invitations(house.id).await.unwrap().len(), 2);
        assert_eq!(outcomes(true).await[0], "again");
    }

    async fn where_addresses_are_verified_one_that_is_not_is_nobodys(db: db::Db) {
        let house = House::new(&db).await;
        let squatter = crate::person(&house.accounts, "victim").await;
        let verifying = Workspaces::new(db.clone()).with_verified_only(true);
        let viewer = house.role(Kind::Viewer).await;
        let add = async || {
            verifying.add_member(house.by_owner(), house.id, &squatter.email, viewer).await
        };
        assert!(matches!(add().await, Err(Error::UserNotFound)));
        let link = house.accounts.request_verification(&squatter.email).await.unwrap();
        house.accounts.verify(&link.secret).await.unwrap();
        add().await.unwrap();
    }
}
