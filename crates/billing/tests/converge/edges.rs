//! What Stripe's users do beside Tiny, and what Stripe does to them.

use std::time::Duration;

use billing::{Error, SeatChange, Status};
use db::Db;
use fake_stripe::{Card, FLAT_MONTHLY, Fault, NewPrice, Scripted, TEAM_MONTHLY};

use crate::shop::{Shop, session};

fn seats(shop: &Shop, seats: i64) -> SeatChange {
    SeatChange { organization: shop.organization, seats, at: None }
}

fn customer(shop: &Shop) -> String {
    shop.fake.customers()[0].id.clone()
}

testkit::both! {
    async fn whose_customer_was_deleted_has_bought_nothing_and_can_buy_again(db: Db) {
        let shop = Shop::open(&db, 1).await;
        shop.bought(5).await;
        let before = customer(&shop);
        shop.fake.delete_customer(&before);
        let known = shop.billing.sync(shop.organization).await.unwrap();
        assert!(known.is_none_or(|it| it.status == Status::Canceled));
        assert_eq!(shop.seat_limit().await, Some(3));
        let opened = shop.billing.portal(shop.organization, "acme").await;
        assert!(matches!(opened, Err(Error::NotSubscribed)), "{opened:?}");

        assert_eq!(shop.bought(4).await.quantity, 4);
        assert_eq!(shop.seat_limit().await, Some(4));
        shop.close().await;
    }

    async fn a_customer_of_another_account_has_bought_nothing_here_and_can_buy(db: Db) {
        let shop = Shop::open(&db, 2).await;
        shop.bought(5).await;
        shop.fake.reset();
        assert_eq!(shop.billing.sync(shop.organization).await.unwrap(), None);
        assert_eq!(shop.seat_limit().await, Some(3));
        assert_eq!(shop.billing.charges(shop.organization).await.unwrap(), []);
        assert_eq!(shop.bought(4).await.quantity, 4);
        shop.close().await;
    }

    async fn what_was_cancelled_in_the_portal_can_be_resumed(db: Db) {
        let shop = Shop::open(&db, 3).await;
        let bought = shop.bought(5).await;
        shop.fake.cancel(&bought.id, true);
        let ending = shop.billing.sync(shop.organization).await.unwrap().unwrap();
        assert_eq!(ending.cancels_at, bought.period_end);

        let resumed = shop.billing.set_ending(shop.organization, false, shop.by()).await.unwrap();
        assert_eq!(resumed.cancels_at, None);
        shop.advance(Duration::from_hours(32 * 24));
        let renewed = shop.billing.sync(shop.organization).await.unwrap().unwrap();
        assert_eq!(renewed.status, Status::Active);
        shop.close().await;
    }

    async fn what_was_never_paid_is_given_up_at_once_and_bought_anew(db: Db) {
        let shop = Shop::open(&db, 4).await;
        let url = shop.billing.buy(shop.purchase(5), shop.by()).await.unwrap();
        shop.fake.pay_checkout(session(&url), Card::LeavesIncomplete).ok();
        let found = shop.billing.sync(shop.organization).await.unwrap().unwrap();
        assert_eq!((found.status, shop.seat_limit().await), (Status::Incomplete, Some(3)));
        assert!(found.invoice_url.is_some());
        let again = shop.billing.buy(shop.purchase(4), shop.by()).await;
        assert!(matches!(again, Err(Error::AlreadySubscribed)), "{again:?}");

        let given_up = shop.billing.set_ending(shop.organization, true, shop.by()).await.unwrap();
        assert!(!given_up.status.is_live(), "{given_up:?}");
        assert_eq!(shop.bought(4).await.quantity, 4);
        shop.assert_agrees("bought anew").await;
        shop.close().await;
    }

    async fn a_failure_that_stripe_keeps_is_not_repeated_for_ever(db: Db) {
        let shop = Shop::open(&db, 5).await;
        shop.fake.script(Scripted::on(Fault::ServerErrorKept, "POST", "/v1/customers"));
        let away = shop.billing.buy(shop.purchase(5), shop.by()).await;
        assert!(matches!(away, Err(Error::Away(_))), "{away:?}");
        assert_eq!(shop.bought(5).await.quantity, 5);

        shop.fake.script(Scripted::on(Fault::ServerErrorKept, "POST", "/v1/subscriptions"));
        let away = shop.billing.change_seats(seats(&shop, 7), shop.by()).await;
        let done = shop.billing.change_seats(seats(&shop, 7), shop.by()).await.unwrap();
        assert_eq!(done.seats, 7, "after {away:?}");
        shop.assert_agrees("changed").await;
        shop.close().await;
    }

    async fn a_change_whose_answer_was_lost_is_seen_to_be_done(db: Db) {
        let shop = Shop::open(&db, 6).await;
        shop.bought(5).await;
        // Made at the first try, whose answer and those of its repetitions are lost.
        for _ in 0..3 {
            shop.fake.script(Scripted::on(Fault::ResetAfter, "POST", "/v1/subscriptions"));
        }
        let done = shop.billing.change_seats(seats(&shop, 8), shop.by()).await.unwrap();
        assert_eq!((done.seats, shop.seat_limit().await), (8, Some(8)));
        let again = shop.billing.change_seats(seats(&shop, 8), shop.by()).await.unwrap();
        assert_eq!((again.seats, again.due_now), (8, 0));
        shop.close().await;
    }

    async fn what_the_customer_buys_besides_is_no_plan(db: Db) {
        let shop = Shop::open(&db, 7).await;
        shop.bought(5).await;
        let hours = NewPrice {
            id: "price_support".to_owned(),
            product: "prod_support".to_owned(),
            unit_amount: 100,
            currency: "eur".to_owned(),
            interval: "month".to_owned(),
            interval_count: 1,
        };
        shop.fake.create_price(&hours);
        shop.fake.subscribe(&customer(&shop), "price_support", 40, Card::Works).unwrap();
        let known = shop.billing.sync(shop.organization).await.unwrap().unwrap();
        assert_eq!((known.price.as_str(), known.quantity, known.others), (TEAM_MONTHLY, 5, 0));
        assert_eq!(shop.seat_limit().await, Some(5));
        shop.close().await;
    }

    async fn a_price_that_is_sold_no_more_grants_what_was_bought_through_tiny(db: Db) {
        let shop = Shop::open(&db, 8).await;
        shop.bought(5).await;
        let only_business = shop.billing_with(FLAT_MONTHLY);
        let known = only_business.sync(shop.organization).await.unwrap().unwrap();
        assert_eq!((known.quantity, shop.seat_limit().await), (5, Some(5)));
        let refused = only_business.change_seats(seats(&shop, 6), shop.by()).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "seats", .. })), "{refused:?}");
        shop.close().await;
    }

    async fn a_preview_is_of_this_change_alone_and_of_no_moment_before_the_period(db: Db) {
        let shop = Shop::open(&db, 9).await;
        let bought = shop.bought(8).await;
        let too_early = bought.period_start.unwrap().plus_ms(-1_000);
        let early = SeatChange { at: Some(too_early), ..seats(&shop, 6) };
        for refused in [
            shop.billing.preview_seats(early).await,
            shop.billing.change_seats(early, shop.by()).await,
        ] {
            let is_old = matches!(refused, Err(Error::Invalid { field: "prorationDate", .. }));
            assert!(is_old, "{refused:?}");
        }
        shop.advance(Duration::from_hours(10 * 24));
        let two = shop.billing.change_seats(seats(&shop, 6), shop.by()).await.unwrap();
        shop.advance(Duration::from_mins(5));
        let one = shop.billing.preview_seats(seats(&shop, 5)).await.unwrap();
        assert!(one.due_now < 0 && one.due_now > two.due_now, "{one:?} after {two:?}");
        shop.close().await;
    }

    async fn seats_of_a_plan_that_ends_can_be_fewer(db: Db) {
        let shop = Shop::open(&db, 10).await;
        shop.bought(8).await;
        shop.billing.set_ending(shop.organization, true, shop.by()).await.unwrap();
        let preview = shop.billing.preview_seats(seats(&shop, 6)).await.unwrap();
        assert_eq!(preview.then, None);
        shop.billing.change_seats(seats(&shop, 6), shop.by()).await.unwrap();
        assert_eq!(shop.seat_limit().await, Some(6));
        shop.close().await;
    }

    async fn without_a_way_to_stripe_nobody_who_pays_is_removed(db: Db) {
        let shop = Shop::open(&db, 11).await;
        let off = billing::Billing::off(db.clone());
        off.close(shop.organization).await.unwrap();
        shop.bought(5).await;
        let kept = off.close(shop.organization).await;
        assert!(matches!(kept, Err(Error::NotConfigured)), "{kept:?}");
        shop.billing.close(shop.organization).await.unwrap();
        off.close(shop.organization).await.unwrap();
        assert_eq!(shop.live().len(), 0);
        shop.close().await;
    }
}
