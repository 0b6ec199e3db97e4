//! The rules of a team, one by one.

use accounts::{Email, LinkSecret, User};
use audit::Actor;
use db::{Db, on_db};
use model::{
    Permission, Permissions,
    ids::{OrganizationId, RoleId},
};

use super::{INVITATION_LIFE_MS, Invited, MemberChanges, Seats};
use crate::{
    Error, Kind, Membership, Result, Workspaces,
    create::tests::{actor, name, sign_up},
};

/// A workspace with an owner, and others who have accounts.
struct Scene {
    db: Db,
    workspaces: Workspaces,
    owner: User,
    home: Membership,
}

impl Scene {
    async fn of(db: Db, seat_limit: Option<i64>) -> Self {
        let owner = sign_up(&db, "owner@example.com").await;
        let workspaces = Workspaces::new(db.clone()).with_seat_limit(seat_limit);
        let home =
            workspaces.create_organization(actor(&db, &owner), &name("Acme"), None).await.unwrap();
        Self { db, workspaces, owner, home }
    }

    fn id(&self) -> OrganizationId {
        self.home.organization.id
    }

    fn actor(&self, user: &User) -> Actor {
        actor(&self.db, user)
    }

    async fn role(&self, kind: Kind) -> RoleId {
        let roles = self.workspaces.list_roles(self.id()).await.unwrap();
        roles.iter().find(|role| role.kind == Some(kind)).unwrap().id
    }

    async fn invite(&self, by: &User, email: &str, kind: Kind) -> Result<Invited> {
        let (email, role) = (Email::parse(email).unwrap(), self.role(kind).await);
        self.workspaces.invite(self.actor(by), self.id(), &email, role).await
    }

    async fn accept(&self, user: &User, secret: &LinkSecret) -> Result<Membership> {
        self.workspaces.accept_invitation(self.actor(user), user, secret).await
    }

    /// Someone with an account who has joined.
    async fn joined(&self, email: &str, kind: Kind) -> (User, Membership) {
        let user = sign_up(&self.db, email).await;
        let invited = self.invite(&self.owner, email, kind).await.unwrap();
        let membership = self.accept(&user, &invited.secret).await.unwrap();
        (user, membership)
    }

    async fn seats(&self) -> Seats {
        self.workspaces.seats(self.id()).await.unwrap()
    }

    async fn audited(&self) -> Vec<String> {
        const ACTIONS: &str = "SELECT action FROM audit_log ORDER BY action";
        let rows: Vec<(String,)> =
            on_db!(self.db.read(), c => sqlx::query_as(ACTIONS).fetch_all(c).await).unwrap();
        rows.into_iter().map(|row| row.0).collect()
    }
}

const fn used(used: i64, pending: i64, limit: i64) -> Seats {
    Seats { used, pending, limit: Some(limit) }
}

testkit::both! {
    async fn an_invitation_takes_a_seat_and_accepting_it_takes_no_other(db: Db) {
        let scene = Scene::of(db, Some(2)).await;
        assert_eq!(scene.seats().await, used(1, 0, 2));
        let ana = sign_up(&scene.db, "ana@example.com").await;
        let invited = scene.invite(&scene.owner, "Ana@Example.com ", Kind::Analyst).await.unwrap();
        assert_eq!(scene.seats().await, used(2, 1, 2));
        let joined = scene.accept(&ana, &invited.secret).await.unwrap();
        assert_eq!(joined.role_name, "Analyst");
        assert_eq!(scene.seats().await, used(2, 0, 2));
        assert_eq!(
            scene.audited().await,
            ["invitation.created", "member.joined", "organization.created"]
        );
    }

    async fn the_seat_after_the_last_is_refused_with_the_count(db: Db) {
        let scene = Scene::of(db, Some(2)).await;
        scene.invite(&scene.owner, "ana@example.com", Kind::Viewer).await.unwrap();
        let refused = scene.invite(&scene.owner, "bo@example.com", Kind::Viewer).await;
        assert!(matches!(refused, Err(Error::SeatLimitReached { used: 2, limit: 2 })), "{refused:?}");
        sign_up(&scene.db, "bo@example.com").await;
        let bo = Email::parse("bo@example.com").unwrap();
        let role = scene.role(Kind::Viewer).await;
        let added =
            scene.workspaces.add_member(scene.actor(&scene.owner), scene.id(), &bo, role).await;
        assert!(matches!(added, Err(Error::SeatLimitReached { .. })), "{added:?}");
        assert_eq!(scene.seats().await, used(2, 1, 2));
    }

    async fn inviting_someone_twice_sends_a_new_link_and_takes_no_other_seat(db: Db) {
        let scene = Scene::of(db, Some(2)).await;
        let ana = sign_up(&scene.db, "ana@example.com").await;
        let first = scene.invite(&scene.owner, "ana@example.com", Kind::Viewer).await.unwrap();
        let second = scene.invite(&scene.owner, "ana@example.com", Kind::Analyst).await.unwrap();
        assert!(first.is_new && !second.is_new);
        assert_eq!(first.invitation.id, second.invitation.id);
        let old = scene.accept(&ana, &first.secret).await;
        assert!(matches!(old, Err(Error::InvitationNotFound)), "{old:?}");
        let joined = scene.accept(&ana, &second.secret).await.unwrap();
        assert_eq!(joined.role_name, "Analyst");
    }

    async fn a_link_opens_only_for_the_address_it_was_sent_to_and_only_once(db: Db) {
        let scene = Scene::of(db, None).await;
        let ana = sign_up(&scene.db, "ana@example.com").await;
        let eve = sign_up(&scene.db, "eve@example.com").await;
        let invited = scene.invite(&scene.owner, "ana@example.com", Kind::Admin).await.unwrap();
        let taken = scene.accept(&eve, &invited.secret).await;
        assert!(matches!(taken, Err(Error::Forbidden)), "{taken:?}");
        scene.accept(&ana, &invited.secret).await.unwrap();
        let again = scene.accept(&ana, &invited.secret).await;
        assert!(matches!(again, Err(Error::InvitationNotPending)), "{again:?}");
    }

    async fn an_expired_invitation_frees_its_seat_and_can_be_sent_again(db: Db) {
        let scene = Scene::of(db, Some(2)).await;
        let ana = sign_up(&scene.db, "ana@example.com").await;
        let invited = scene.invite(&scene.owner, "ana@example.com", Kind::Viewer).await.unwrap();
        scene.db.clock().advance_ms(INVITATION_LIFE_MS);
        assert_eq!(scene.seats().await, used(1, 0, 2));
        let late = scene.accept(&ana, &invited.secret).await;
        assert!(matches!(late, Err(Error::InvitationNotPending)), "{late:?}");
        scene.invite(&scene.owner, "bo@example.com", Kind::Viewer).await.unwrap();
        let (by, id) = (scene.actor(&scene.owner), invited.invitation.id);
        let full = scene.workspaces.resend_invitation(by, scene.id(), id).await;
        assert!(matches!(full, Err(Error::SeatLimitReached { .. })), "{full:?}");
        let bo = scene.workspaces.list_invitations(scene.id()).await.unwrap()[1].id;
        scene.workspaces.revoke_invitation(by, scene.id(), bo).await.unwrap();
        let again = scene.workspaces.resend_invitation(by, scene.id(), id).await.unwrap();
        scene.accept(&ana, &again.secret).await.unwrap();
    }

    async fn a_revoked_invitation_opens_nothing_and_frees_its_seat(db: Db) {
        let scene = Scene::of(db, Some(2)).await;
        let ana = sign_up(&scene.db, "ana@example.com").await;
        let invited = scene.invite(&scene.owner, "ana@example.com", Kind::Viewer).await.unwrap();
        let (by, id) = (scene.actor(&scene.owner), invited.invitation.id);
        scene.workspaces.revoke_invitation(by, scene.id(), id).await.unwrap();
        assert_eq!(scene.seats().await, used(1, 0, 2));
        let revoked = scene.accept(&ana, &invited.secret).await;
        assert!(matches!(revoked, Err(Error::InvitationNotPending)), "{revoked:?}");
        let again = scene.workspaces.revoke_invitation(by, scene.id(), id).await;
        assert!(matches!(again, Err(Error::InvitationNotPending)), "{again:?}");
    }

    async fn a_member_cannot_be_invited_and_a_stranger_cannot_be_added(db: Db) {
        let scene = Scene::of(db, None).await;
        scene.joined("ana@example.com", Kind::Viewer).await;
        let invited = scene.invite(&scene.owner, "ana@example.com", Kind::Viewer).await;
        assert!(matches!(invited, Err(Error::AlreadyMember)), "{invited:?}");
        let role = scene.role(Kind::Viewer).await;
        let add = async |email: &str| {
            let email = Email::parse(email).unwrap();
            scene.workspaces.add_member(scene.actor(&scene.owner), scene.id(), &email, role).await
        };
        let stranger = add("nobody@example.com").await;
        assert!(matches!(stranger, Err(Error::UserNotFound)), "{stranger:?}");
        let twice = add("ana@example.com").await;
        assert!(matches!(twice, Err(Error::AlreadyMember)), "{twice:?}");
    }

    async fn adding_someone_who_is_invited_ends_the_invitation(db: Db) {
        let scene = Scene::of(db, Some(2)).await;
        let ana = sign_up(&scene.db, "ana@example.com").await;
        let invited = scene.invite(&scene.owner, "ana@example.com", Kind::Viewer).await.unwrap();
        let role = scene.role(Kind::Viewer).await;
        let by = scene.actor(&scene.owner);
        scene.workspaces.add_member(by, scene.id(), &ana.email, role).await.unwrap();
        assert_eq!(scene.seats().await, used(2, 0, 2));
        let late = scene.accept(&ana, &invited.secret).await;
        assert!(matches!(late, Err(Error::InvitationNotPending)), "{late:?}");
    }

    async fn nobody_gives_what_they_do_not_hold(db: Db) {
        let scene = Scene::of(db, None).await;
        let (admin, _) = scene.joined("admin@example.com", Kind::Admin).await;
        let (viewer, viewers) = scene.joined("viewer@example.com", Kind::Viewer).await;
        for kind in [Kind::Admin, Kind::Viewer] {
            scene.invite(&admin, &format!("{}@new.example", kind.as_str()), kind).await.unwrap();
        }
        for (by, kind) in [(&admin, Kind::Owner), (&viewer, Kind::Viewer)] {
            let refused = scene.invite(by, "x@new.example", kind).await;
            assert!(matches!(refused, Err(Error::Denied(_))), "{kind:?}: {refused:?}");
        }
        let change = async |by: &User, changes: MemberChanges| {
            scene
                .workspaces
                .change_member(scene.actor(by), scene.id(), viewers.member_id, changes)
                .await
        };
        let to_owner =
            MemberChanges { role: Some(scene.role(Kind::Owner).await), grants: None };
        let refused = change(&admin, to_owner.clone()).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
        assert!(change(&scene.owner, to_owner).await.unwrap().is_owner);
    }

    async fn nobody_changes_someone_above_them(db: Db) {
        let scene = Scene::of(db, None).await;
        let (admin, _) = scene.joined("admin@example.com", Kind::Admin).await;
        let owners = scene.home.member_id;
        let role = Some(scene.role(Kind::Viewer).await);
        let changes = MemberChanges { role, grants: None };
        let by = scene.actor(&admin);
        let demoted = scene.workspaces.change_member(by, scene.id(), owners, changes).await;
        assert!(matches!(demoted, Err(Error::Denied(_))), "{demoted:?}");
        let removed = scene.workspaces.remove_member(by, scene.id(), owners).await;
        assert!(matches!(removed, Err(Error::Denied(_))), "{removed:?}");
    }

    /// Someone whose grants open the doors, and who still is nobody's better.
    async fn a_grant_to_manage_is_no_way_up(db: Db) {
        let scene = Scene::of(db, None).await;
        let (climber, own) = scene.joined("climber@example.com", Kind::Viewer).await;
        let (_, admins) = scene.joined("admin@example.com", Kind::Admin).await;
        let (_, viewers) = scene.joined("viewer@example.com", Kind::Viewer).await;
        let grant = async |keys: &[Permission]| {
            let grants = Some(keys.iter().copied().collect());
            let changes = MemberChanges { role: None, grants };
            let by = scene.actor(&scene.owner);
            scene.workspaces.change_member(by, scene.id(), own.member_id, changes).await.unwrap();
        };
        let change = async |whom: &Membership, role: Option<RoleId>, grants: Option<Permissions>| {
            let changes = MemberChanges { role, grants };
            let by = scene.actor(&climber);
            scene.workspaces.change_member(by, scene.id(), whom.member_id, changes).await
        };
        let denied = |result: Result<crate::Member>| match result {
            Err(Error::Denied(forbidden)) => forbidden.permission,
            other => panic!("{other:?}"),
        };
        let one = |key: Permission| Some(Permissions::from_iter([key]));

        grant(&[Permission::UsersInvite, Permission::UsersManage]).await;
        let refused = change(&viewers, None, one(Permission::AnalyticsReport)).await;
        assert_eq!(denied(refused), Permission::UsersPermissionsManage);

        grant(&[
            Permission::UsersInvite,
            Permission::UsersManage,
            Permission::UsersPermissionsManage,
        ])
        .await;
        let refused = change(&own, None, one(Permission::WorkspaceManage)).await;
        assert_eq!(denied(refused), Permission::WorkspaceManage);
        let analyst = Some(scene.role(Kind::Analyst).await);
        assert_eq!(denied(change(&viewers, analyst, None).await), Permission::AnalyticsManage);
        let viewer = Some(scene.role(Kind::Viewer).await);
        assert_eq!(denied(change(&admins, viewer, None).await), Permission::AnalyticsManage);
        let invited = scene.invite(&climber, "new@example.com", Kind::Admin).await;
        assert!(matches!(invited, Err(Error::Denied(_))), "{invited:?}");
        change(&viewers, None, one(Permission::UsersInvite)).await.unwrap();
    }

    async fn what_someone_above_has_offered_is_not_for_others_to_take_back(db: Db) {
        let scene = Scene::of(db, None).await;
        let (admin, _) = scene.joined("admin@example.com", Kind::Admin).await;
        let offered = scene.invite(&scene.owner, "new@example.com", Kind::Owner).await.unwrap();
        let again = scene.invite(&admin, "new@example.com", Kind::Viewer).await;
        assert!(matches!(again, Err(Error::Denied(_))), "{again:?}");
        let (by, id) = (scene.actor(&admin), offered.invitation.id);
        let revoked = scene.workspaces.revoke_invitation(by, scene.id(), id).await;
        assert!(matches!(revoked, Err(Error::Denied(_))), "{revoked:?}");
        let new = sign_up(&scene.db, "new@example.com").await;
        assert!(scene.accept(&new, &offered.secret).await.unwrap().is_owner);
    }

    async fn whose_link_it_is_comes_before_what_became_of_it(db: Db) {
        let scene = Scene::of(db, None).await;
        let eve = sign_up(&scene.db, "eve@example.com").await;
        let invited = scene.invite(&scene.owner, "ana@example.com", Kind::Viewer).await.unwrap();
        let by = scene.actor(&scene.owner);
        scene.workspaces.revoke_invitation(by, scene.id(), invited.invitation.id).await.unwrap();
        let told = scene.accept(&eve, &invited.secret).await;
        assert!(matches!(told, Err(Error::Forbidden)), "{told:?}");
    }

    async fn a_grant_adds_to_the_role_and_can_be_taken_away(db: Db) {
        let scene = Scene::of(db, None).await;
        let (viewer, membership) = scene.joined("viewer@example.com", Kind::Viewer).await;
        let may_invite = async || {
            let found = scene.workspaces.find_membership(viewer.id, scene.id()).await.unwrap();
            found.unwrap().permissions.has(Permission::UsersInvite)
        };
        for (grants, expected) in [(vec![Permission::UsersInvite], true), (Vec::new(), false)] {
            let changes =
                MemberChanges { role: None, grants: Some(Permissions::from_iter(grants)) };
            let (by, id) = (scene.actor(&scene.owner), membership.member_id);
            scene.workspaces.change_member(by, scene.id(), id, changes).await.unwrap();
            assert_eq!(may_invite().await, expected);
        }
    }

    async fn the_last_owner_stays_one(db: Db) {
        let scene = Scene::of(db, None).await;
        let (id, by) = (scene.home.member_id, scene.actor(&scene.owner));
        let left = scene.workspaces.remove_member(by, scene.id(), id).await;
        assert!(matches!(left, Err(Error::LastOwner)), "{left:?}");
        let role = Some(scene.role(Kind::Admin).await);
        let changes = MemberChanges { role, grants: None };
        let demoted = scene.workspaces.change_member(by, scene.id(), id, changes.clone()).await;
        assert!(matches!(demoted, Err(Error::LastOwner)), "{demoted:?}");
        scene.joined("second@example.com", Kind::Owner).await;
        scene.workspaces.change_member(by, scene.id(), id, changes).await.unwrap();
        scene.workspaces.remove_member(by, scene.id(), id).await.unwrap();
    }

    async fn who_goes_takes_their_invitations_with_them(db: Db) {
        let scene = Scene::of(db, Some(4)).await;
        let (admin, membership) = scene.joined("admin@example.com", Kind::Admin).await;
        let ana = sign_up(&scene.db, "ana@example.com").await;
        let invited = scene.invite(&admin, "ana@example.com", Kind::Viewer).await.unwrap();
        let by = scene.actor(&scene.owner);
        scene.workspaces.remove_member(by, scene.id(), membership.member_id).await.unwrap();
        assert_eq!(scene.seats().await, used(1, 0, 4));
        let late = scene.accept(&ana, &invited.secret).await;
        assert!(matches!(late, Err(Error::InvitationNotPending)), "{late:?}");
        let again = scene.invite(&admin, "bo@example.com", Kind::Viewer).await;
        assert!(matches!(again, Err(Error::Forbidden)), "{again:?}");
    }

    async fn a_smaller_limit_removes_nobody_and_refuses_only_new_seats(db: Db) {
        let scene = Scene::of(db, Some(3)).await;
        let ana = sign_up(&scene.db, "ana@example.com").await;
        let invited = scene.invite(&scene.owner, "ana@example.com", Kind::Viewer).await.unwrap();
        let by = scene.actor(&scene.owner);
        scene.workspaces.set_seat_limit(by, scene.id(), Some(1)).await.unwrap();
        assert_eq!(scene.seats().await, used(2, 1, 1));
        let more = scene.invite(&scene.owner, "bo@example.com", Kind::Viewer).await;
        assert!(matches!(more, Err(Error::SeatLimitReached { used: 2, limit: 1 })), "{more:?}");
        scene.accept(&ana, &invited.secret).await.unwrap();
        assert_eq!(scene.seats().await, used(2, 0, 1));
    }

    async fn a_young_workspace_sends_fifty_invitations_a_day(db: Db) {
        let scene = Scene::of(db, None).await;
        for n in 0..50 {
            let email = format!("n{n}@example.com");
            scene.invite(&scene.owner, &email, Kind::Viewer).await.unwrap();
        }
        let again = scene.invite(&scene.owner, "n0@example.com", Kind::Viewer).await;
        assert!(matches!(again, Err(Error::TooManyInvitations { .. })), "{again:?}");
        let refused = scene.invite(&scene.owner, "more@example.com", Kind::Viewer).await;
        let retry_after_s = 24 * 60 * 60;
        assert!(
            matches!(refused, Err(Error::TooManyInvitations { retry_after_s: s }) if s == retry_after_s),
            "{refused:?}"
        );
        scene.db.clock().advance_ms(24 * 60 * 60 * 1_000);
        scene.invite(&scene.owner, "more@example.com", Kind::Viewer).await.unwrap();
    }

    async fn things_of_another_workspace_are_not_found(db: Db) {
        let scene = Scene::of(db.clone(), None).await;
        let (_, member) = scene.joined("ana@example.com", Kind::Viewer).await;
        let invited = scene.invite(&scene.owner, "bo@example.com", Kind::Viewer).await.unwrap();
        let eve = sign_up(&db, "eve@example.com").await;
        let elsewhere = scene
            .workspaces
            .create_organization(actor(&db, &eve), &name("Evil"), None)
            .await
            .unwrap()
            .organization
            .id;
        let by = actor(&db, &eve);
        let workspaces = &scene.workspaces;
        let removed = workspaces.remove_member(by, elsewhere, member.member_id).await;
        assert!(matches!(removed, Err(Error::MemberNotFound)), "{removed:?}");
        let revoked = workspaces.revoke_invitation(by, elsewhere, invited.invitation.id).await;
        assert!(matches!(revoked, Err(Error::InvitationNotFound)), "{revoked:?}");
        let changes = MemberChanges { role: Some(member.role_id), grants: None };
        let eves = workspaces.list_members(elsewhere).await.unwrap()[0].id;
        let changed = workspaces.change_member(by, elsewhere, eves, changes).await;
        assert!(matches!(changed, Err(Error::RoleNotFound)), "{changed:?}");
        for id in [scene.id(), db.new_id()] {
            let foreign = workspaces.remove_member(by, id, member.member_id).await;
            assert!(matches!(foreign, Err(Error::Forbidden)), "{foreign:?}");
        }
    }
}
