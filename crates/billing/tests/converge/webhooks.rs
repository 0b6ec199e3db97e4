//! What is kept of what Stripe tells, and what becomes of it.

use std::time::Duration;

use billing::{Error, EventState, webhook::NotSigned};
use fake_stripe::{Faults, sign};

use crate::shop::{SECRET, Shop};

pub fn signature(shop: &Shop, payload: &[u8]) -> String {
    sign(payload, shop.db.now().0 / 1_000, &[SECRET])
}

testkit::both! {
    async fn an_event_is_kept_once_and_one_of_no_use_is_no_work(db: db::Db) {
        let shop = Shop::open(&db, 1).await;
        let payload = br#"{"id": "evt_1", "type": "customer.updated", "data": {"object": {"object": "customer", "id": "cus_x"}}}"#;
        let other = br#"{"id": "evt_2", "type": "payout.paid", "data": {"object": {"object": "payout", "id": "po_1"}}}"#;
        for payload in [&payload[..], payload, other] {
            shop.billing.receive(Some(&signature(&shop, payload)), payload).await.unwrap();
        }
        shop.work_off().await;
        let overview = shop.billing.overview().await.unwrap();
        let states: Vec<(&str, EventState)> =
            overview.events.iter().map(|event| (event.id.as_str(), event.state)).collect();
        assert_eq!(states, [("evt_2", EventState::Unused), ("evt_1", EventState::Unused)]);
    }

    async fn what_is_signed_and_cannot_be_read_is_kept_and_what_is_not_signed_is_not(db: db::Db) {
        let shop = Shop::open(&db, 2).await;
        let garbage = b"\x00\xff no event";
        shop.billing.receive(Some(&signature(&shop, garbage)), garbage).await.unwrap();
        shop.billing.receive(Some(&signature(&shop, garbage)), garbage).await.unwrap();
        let refused = shop.billing.receive(Some("t=1,v1=00"), b"{}").await;
        assert!(matches!(refused, Err(Error::Signature(NotSigned::Wrong))), "{refused:?}");
        let events = shop.billing.overview().await.unwrap().dead;
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].state, events[0].can_retry), (EventState::Dead, false));
        let again = shop.billing.retry_event(&events[0].id).await;
        assert!(matches!(again, Err(Error::EventNotFound)), "{again:?}");
    }

    async fn what_stripe_does_not_answer_is_tried_again_and_given_up_in_the_end(db: db::Db) {
        let shop = Shop::open(&db, 3).await;
        shop.bought(5).await;
        let mut knobs = shop.fake.knobs();
        knobs.faults = Faults { reset_before: 1.0, ..Faults::default() };
        shop.fake.set_knobs(knobs.clone());
        let told = shop.fake.take_deliveries().pop().unwrap();
        shop.billing.receive(Some(&told.signature), &told.payload).await.unwrap();
        for _ in 0..20 {
            shop.work_off().await;
            shop.db.clock().advance_ms(60 * 60 * 1_000);
        }
        let overview = shop.billing.overview().await.unwrap();
        let [event] = &overview.dead[..] else { panic!("{overview:?}") };
        assert_eq!((event.state, event.tries, event.can_retry), (EventState::Dead, 20, true));
        assert!(event.fault.as_deref().is_some_and(|fault| fault.starts_with("Stripe did not answer")), "{event:?}");
        knobs.faults = Faults::default();
        shop.fake.set_knobs(knobs);
        shop.billing.retry_event(&event.id).await.unwrap();
        shop.work_off().await;
        assert_eq!(shop.billing.overview().await.unwrap().events[0].state, EventState::Done);
    }

    async fn a_late_payment_is_forgiven_for_fourteen_days(db: db::Db) {
        let shop = Shop::open(&db, 4).await;
        let bought = shop.bought(5).await;
        shop.fake.set_card(&shop.live()[0].customer, fake_stripe::Card::FailsAtRenewal);
        shop.advance(Duration::from_hours(31 * 24));
        let late = shop.billing.sync(shop.organization).await.unwrap().unwrap();
        assert_eq!((late.id.as_str(), late.status.as_str()), (bought.id.as_str(), "past_due"));
        assert_eq!(shop.seat_limit().await, Some(5));
        let until = late.grace_until().unwrap();
        shop.db.clock().advance_ms(until.0 - shop.db.now().0 - 1);
        assert_eq!(shop.seat_limit().await, Some(5));
        shop.db.clock().advance_ms(1);
        assert_eq!(shop.seat_limit().await, Some(3), "by itself, without anyone asking Stripe");
    }
}
