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
        assert_eq!(farewell.owns_alone, std::slice::from_ref(&other.organization));
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

    async fn an_account_takes_its_tokens_along_and_the_workspaces_read_of_it(db: db::Db) {
        let house = House::new(&db).await;
        let (ana, _) = house.joined("ana", Kind::Viewer).await;
        let by_ana = house.actor(&ana);
        let new = token("CI", &[Permission::AnalyticsReport], house.id);
        house.workspaces.create_token(by_ana, &new).await.unwrap();
        house.workspaces.delete_account(by_ana).await.unwrap();
        assert_eq!(house.log().await[..2], ["member.left", "token.revoked"]);
    }

    /// What happens while someone looks at what they would leave, and what they have deleted before.
    async fn an_account_goes_whatever_has_become_of_its_workspaces_meanwhile(db: db::Db) {
        let house = House::new(&db).await;
        let (ana, member) = house.joined("ana", Kind::Viewer).await;
        let by_ana = house.actor(&ana);
        let (workspaces, by_owner) = (&house.workspaces, house.by_owner());
        let (gone, shown_out, left) = tokio::join!(
            workspaces.delete_organization(by_owner, house.id),
            workspaces.remove_member(by_owner, house.id, member.id),
            workspaces.delete_account(by_ana),
        );
        gone.unwrap();
        assert!(matches!(shown_out, Ok(()) | Err(Error::MemberNotFound | Error::Forbidden)));
        left.unwrap();
        assert_eq!(house.accounts.find_user(ana.id).await.unwrap(), None);
    }

    async fn nobody_has_back_a_workspace_whose_owner_is_gone(db: db::Db) {
        let house = House::new(&db).await;
        let by_owner = house.by_owner();
        house.workspaces.delete_organization(by_owner, house.id).await.unwrap();
        let (left, back) = tokio::join!(
            house.workspaces.delete_account(by_owner),
            house.workspaces.restore_organization(by_owner, house.id),
        );
        match (left, back) {
            (Ok(()), Err(Error::Forbidden)) | (Err(Error::LastOwner), Ok(_)) => {}
            other => panic!("{other:?}"),
        }
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

    async fn tokens_that_end_with_something_else_are_noted_by_whom_and_where_they_opened(db: db::Db) {
        let house = House::new(&db).await;
        let other = make(&house.workspaces, &db, &house.owner, "Other").await.organization.id;
        let new = token("CI", &[Permission::UsersRead], house.id);
        house.workspaces.create_token(house.by_owner(), &new).await.unwrap();
        let mut ended = house.accounts.end_everything().await.unwrap();
        let (owner, token) = ended.named.remove(0);
        assert_eq!((owner, &*token.name, ended.named.len()), (house.owner.id, "CI", 0));
        let instance = audit::Actor::instance(db.new_id());
        house.workspaces.note_ended(&mut ended.tx, instance, owner, &[token]).await.unwrap();
        ended.tx.commit().await.unwrap();
        assert_eq!(house.log().await[..2], ["token.revoked", "token.created"]);
        let filter = audit::Filter { limit: 1, ..audit::Filter::default() };
        assert_eq!(audit::list(&db, house.id, &filter).await.unwrap()[0].actor.id, instance.user);
        assert_eq!(audit::list(&db, other, &filter).await.unwrap()[0].action, "organization.created");
    }

    async fn what_people_do_themselves_no_tool_does_however_much_it_permits(db: db::Db) {
        let house = House::new(&db).await;
        let (ana, member) = house.joined("ana", Kind::Admin).await;
        let workspaces = &house.workspaces;
        let own = house.membership(&house.owner).await.unwrap().member_id;
        let tool = house.by_owner().through_tool(Permissions::all());
        let her_tool = house.actor(&ana).through_tool(Permissions::all());
        let denied = |done: Result<(), Error>| assert!(matches!(done, Err(Error::Denied(_))), "{done:?}");
        let forbidden = |done: Result<(), Error>| assert!(matches!(done, Err(Error::Forbidden)), "{done:?}");

        denied(workspaces.remove_member(her_tool, house.id, member.id).await);
        denied(workspaces.remove_member(tool, house.id, own).await);
        denied(workspaces.offer_ownership(tool, house.id, member.id).await.map(drop));
        let raise = MemberChanges { role: Some(house.role(Kind::Owner).await), grants: None };
        denied(workspaces.change_member(tool, house.id, member.id, raise).await.map(drop));
        workspaces.offer_ownership(house.by_owner(), house.id, member.id).await.unwrap();
        denied(workspaces.accept_ownership(her_tool, house.id).await.map(drop));
        denied(workspaces.end_ownership_offer(her_tool, house.id).await);
        denied(workspaces.end_ownership_offer(tool, house.id).await);
        denied(workspaces.delete_organization(tool, house.id).await);
        workspaces.delete_organization(house.by_owner(), house.id).await.unwrap();
        forbidden(workspaces.restore_organization(tool, house.id).await.map(drop));
        forbidden(workspaces.delete_account(her_tool).await);
        let name = ::workspaces::WorkspaceName::parse("Other").unwrap();
        forbidden(workspaces.create_organization(tool, &name, None).await.map(drop));
        let new = NewNamedToken {
            name: TokenName::parse("CI").unwrap(),
            scope: Scope::default(),
            expires_at: None,
        };
        forbidden(workspaces.create_token(tool, &new).await.map(drop));
        forbidden(workspaces.revoke_token(tool, db.new_id()).await);
        assert!(house.accounts.find_user(ana.id).await.unwrap().is_some());
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
        let narrow = house.by_owner().through_tool(scope);
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
        house.workspaces.set_seat_limit(house.by_owner(), house.id, Some(4)).await.unwrap();
        let roles = house.workspaces.list_roles(house.id).await.unwrap();
        let viewer = house.role(Kind::Viewer).await;
        let list = "bob@x.dev, Analyst\nana@example.com\nnobody\ncleo@x.dev\ndan@x.dev";
        let outcomes = async |is_trial| -> Vec<String> {
            let wishes = read_wishes(list, &roles, viewer).unwrap();
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
