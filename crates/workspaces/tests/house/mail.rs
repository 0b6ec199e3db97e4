//! Where mail is sent: what an invitation shows of an address, how much one address gets, and who was last here.

use ::accounts::Email;
use ::workspaces::{Error, Kind, Wish, WishOutcome, Workspaces};
use db::Db;

use crate::{House, make};

const HOUR_MS: i64 = 60 * 60 * 1_000;

/// The same house where mail is sent.
fn mailing(house: House) -> House {
    House { workspaces: house.workspaces.with_verified_only(true), ..house }
}

fn guest() -> Email {
    Email::parse("guest@example.com").unwrap()
}

testkit::both! {
    async fn an_invitation_remembers_how_its_link_went_out(db: Db) {
        let (by_hand, by_mail) = (House::new(&db).await, Workspaces::new(db.clone()));
        let by_mail = by_mail.with_verified_only(true);
        let (by_owner, role) = (by_hand.by_owner(), by_hand.role(Kind::Viewer).await);
        let invited = by_hand.workspaces.invite(by_owner, by_hand.id, &guest(), role).await.unwrap();
        assert!(!invited.invitation.is_mailed);
        let id = invited.invitation.id;
        let mailed = by_mail.resend_invitation(by_owner, by_hand.id, id).await.unwrap();
        assert!(by_mail.find_invitation(&mailed.secret).await.unwrap().is_mailed);
        let shown = by_hand.workspaces.resend_invitation(by_owner, by_hand.id, id).await.unwrap();
        assert!(!by_mail.find_invitation(&shown.secret).await.unwrap().is_mailed);
        let again = by_mail.invite(by_owner, by_hand.id, &guest(), role).await.unwrap();
        assert!(again.invitation.is_mailed);
    }

    async fn many_workspaces_together_send_one_address_five_mails_an_hour(db: Db) {
        let house = House::new(&db).await;
        let (_, member) = house.joined("ana", Kind::Viewer).await;
        let house = mailing(house);
        let ana = Email::parse("ana@example.com").unwrap();
        let mut last = house.id;
        for n in 0..4 {
            let made = make(&house.workspaces, &db, &house.owner, &format!("Other {n}")).await;
            last = made.organization.id;
            let roles = house.workspaces.list_roles(last).await.unwrap();
            let by_owner = house.by_owner();
            house.workspaces.invite(by_owner, last, &ana, roles[3].id).await.unwrap();
        }
        let by_owner = house.by_owner();
        house.workspaces.offer_ownership(by_owner, house.id, member.id).await.unwrap();
        // The same offer again is no mail.
        house.workspaces.offer_ownership(by_owner, house.id, member.id).await.unwrap();
        house.workspaces.end_ownership_offer(by_owner, house.id).await.unwrap();
        let offered = house.workspaces.offer_ownership(by_owner, house.id, member.id).await;
        assert!(matches!(offered, Err(Error::TooManyMails { retry_after_s: 3_600 })), "{offered:?}");
        let id = house.workspaces.list_invitations(last).await.unwrap()[0].id;
        let again = house.workspaces.resend_invitation(by_owner, last, id).await;
        assert!(matches!(again, Err(Error::TooManyMails { .. })), "{again:?}");
        let role = house.workspaces.list_roles(last).await.unwrap()[3].id;
        let wish = |email: Email| Wish { typed: email.to_string(), read: Ok((email, role)) };
        let wishes = vec![wish(ana.clone()), wish(guest())];
        let all = house.workspaces.invite_many(by_owner, last, wishes, false).await.unwrap();
        assert!(matches!(all[0].outcome, WishOutcome::TooManyMails), "{:?}", all[0]);
        assert!(matches!(all[1].outcome, WishOutcome::Invited(_)), "{:?}", all[1]);
        db.clock().advance_ms(HOUR_MS);
        house.workspaces.resend_invitation(by_owner, last, id).await.unwrap();
    }

    async fn where_links_are_handed_on_nobody_is_sent_too_much(db: Db) {
        let house = House::new(&db).await;
        let role = house.role(Kind::Viewer).await;
        for _ in 0..10 {
            house.workspaces.invite(house.by_owner(), house.id, &guest(), role).await.unwrap();
        }
    }

    async fn when_a_member_was_last_here_is_for_this_workspace_alone(db: Db) {
        let house = House::new(&db).await;
        let (ana, member) = house.joined("ana", Kind::Viewer).await;
        let elsewhere = make(&house.workspaces, &db, &ana, "Elsewhere").await.organization;
        let seen = async || {
            house.workspaces.get_member(house.id, member.id).await.unwrap().last_seen_at
        };
        house.workspaces.find_membership_by_slug(ana.id, &elsewhere.slug).await.unwrap().unwrap();
        assert_eq!(seen().await, None);
        let first = db.now();
        house.membership(&ana).await.unwrap();
        assert_eq!(seen().await, Some(first));
        db.clock().advance_ms(59_999);
        house.membership(&ana).await.unwrap();
        assert_eq!(seen().await, Some(first), "noted once a minute");
        db.clock().advance_ms(1);
        house.membership(&ana).await.unwrap();
        assert_eq!(seen().await, Some(db.now()));
    }
}
