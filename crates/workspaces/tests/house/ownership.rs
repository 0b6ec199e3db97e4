//! Changing hands.

use ::workspaces::{Error, Kind, MemberChanges, OFFER_LIFE_MS};

use crate::House;

testkit::both! {
    async fn a_workspace_changes_hands_when_the_one_it_is_offered_to_accepts(db: db::Db) {
        let house = House::new(&db).await;
        let (ana, member) = house.joined("ana", Kind::Viewer).await;
        let offered =
            house.workspaces.offer_ownership(house.by_owner(), house.id, member.id).await.unwrap();
        let offer = offered.offer;
        assert_eq!((offer.from, offer.to), (house.owner.id, ana.id));
        assert!(house.membership(&house.owner).await.unwrap().is_owner);
        let taken =
            house.workspaces.accept_ownership(house.actor(&ana), house.id).await.unwrap();
        assert!(taken.is_owner);
        let former = house.membership(&house.owner).await.unwrap();
        assert_eq!((former.is_owner, former.role_name.as_str()), (false, "Admin"));
        assert_eq!(house.workspaces.find_offer(house.id).await.unwrap(), None);
        assert_eq!(house.log().await[..2], ["ownership.transferred", "ownership.offered"]);
    }

    async fn nobody_takes_what_was_offered_to_another_or_too_long_ago(db: db::Db) {
        let house = House::new(&db).await;
        let (ana, member) = house.joined("ana", Kind::Viewer).await;
        let (bob, _) = house.joined("bob", Kind::Admin).await;
        house.workspaces.offer_ownership(house.by_owner(), house.id, member.id).await.unwrap();
        let by_bob = house.workspaces.accept_ownership(house.actor(&bob), house.id).await;
        assert!(matches!(by_bob, Err(Error::OfferNotFound)), "{by_bob:?}");
        db.clock().advance_ms(OFFER_LIFE_MS);
        let late = house.workspaces.accept_ownership(house.actor(&ana), house.id).await;
        assert!(matches!(late, Err(Error::OfferNotFound)), "{late:?}");
    }

    async fn only_an_owner_offers_and_not_to_an_owner(db: db::Db) {
        let house = House::new(&db).await;
        let (admin, member) = house.joined("admin", Kind::Admin).await;
        let by_admin =
            house.workspaces.offer_ownership(house.actor(&admin), house.id, member.id).await;
        assert!(matches!(by_admin, Err(Error::Denied(_))), "{by_admin:?}");
        let own = house.membership(&house.owner).await.unwrap().member_id;
        let to_owner = house.workspaces.offer_ownership(house.by_owner(), house.id, own).await;
        assert!(matches!(to_owner, Err(Error::AlreadyOwner)), "{to_owner:?}");
    }

    async fn an_offer_is_taken_back_by_an_owner_and_declined_by_whom_it_is_for(db: db::Db) {
        let house = House::new(&db).await;
        let (ana, member) = house.joined("ana", Kind::Viewer).await;
        let (bob, _) = house.joined("bob", Kind::Admin).await;
        for actor in [house.by_owner(), house.actor(&ana)] {
            let offered = house.workspaces.offer_ownership(house.by_owner(), house.id, member.id);
            offered.await.unwrap();
            let by_bob = house.workspaces.end_ownership_offer(house.actor(&bob), house.id).await;
            assert!(matches!(by_bob, Err(Error::Denied(_))), "{by_bob:?}");
            house.workspaces.end_ownership_offer(actor, house.id).await.unwrap();
            let again = house.workspaces.end_ownership_offer(house.by_owner(), house.id).await;
            assert!(matches!(again, Err(Error::OfferNotFound)), "{again:?}");
        }
    }

    async fn the_offer_of_someone_who_is_no_owner_any_more_is_none(db: db::Db) {
        let house = House::new(&db).await;
        let (ana, member) = house.joined("ana", Kind::Viewer).await;
        let (co, _) = house.joined("co", Kind::Owner).await;
        house.workspaces.offer_ownership(house.by_owner(), house.id, member.id).await.unwrap();
        let own = house.membership(&house.owner).await.unwrap().member_id;
        let changes = MemberChanges { role: Some(house.role(Kind::Viewer).await), grants: None };
        let by_co = house.actor(&co);
        house.workspaces.change_member(by_co, house.id, own, changes).await.unwrap();
        let taken = house.workspaces.accept_ownership(house.actor(&ana), house.id).await;
        assert!(matches!(taken, Err(Error::OfferNotFound)), "{taken:?}");
        let back = MemberChanges { role: Some(house.role(Kind::Owner).await), grants: None };
        house.workspaces.change_member(by_co, house.id, own, back).await.unwrap();
        assert_eq!(house.workspaces.find_offer(house.id).await.unwrap(), None, "it came back");
    }

    async fn an_offer_to_someone_who_became_an_owner_in_another_way_has_ended(db: db::Db) {
        let house = House::new(&db).await;
        let (_, member) = house.joined("ana", Kind::Viewer).await;
        let by_owner = house.by_owner();
        house.workspaces.offer_ownership(by_owner, house.id, member.id).await.unwrap();
        for kind in [Kind::Owner, Kind::Viewer] {
            let changes = MemberChanges { role: Some(house.role(kind).await), grants: None };
            house.workspaces.change_member(by_owner, house.id, member.id, changes).await.unwrap();
            assert_eq!(house.workspaces.find_offer(house.id).await.unwrap(), None);
        }
    }

    async fn the_same_offer_again_stays_as_it_is_and_another_replaces_it(db: db::Db) {
        let house = House::new(&db).await;
        let (_, ana) = house.joined("ana", Kind::Viewer).await;
        let (_, bob) = house.joined("bob", Kind::Viewer).await;
        let offer = async |to| {
            house.workspaces.offer_ownership(house.by_owner(), house.id, to).await.unwrap()
        };
        let first = offer(ana.id).await;
        db.clock().advance_ms(1_000);
        let again = offer(ana.id).await;
        assert!(first.is_new && !again.is_new);
        assert_eq!(first.offer, again.offer);
        assert!(offer(bob.id).await.is_new && offer(ana.id).await.is_new);
        db.clock().advance_ms(OFFER_LIFE_MS);
        assert!(offer(ana.id).await.is_new, "it had expired");
        assert_eq!(house.log().await.iter().filter(|one| *one == "ownership.offered").count(), 4);
    }
}
