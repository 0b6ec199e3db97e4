//! Five messages in all their orders, each of them also doubled, dropped or late.

use billing::Billing;
use fake_stripe::{Card, Delivery};

use crate::shop::{Shop, session};

const KINDS: [&str; 5] = [
    "checkout.session.completed",
    "customer.subscription.created",
    "customer.subscription.updated",
    "invoice.paid",
    "invoice.payment_failed",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Once,
    Doubled,
    Dropped,
    Late,
}

/// All orders of five things (Heap's algorithm).
fn orders() -> Vec<[usize; 5]> {
    fn heap(size: usize, items: &mut [usize; 5], all: &mut Vec<[usize; 5]>) {
        if size == 1 {
            return all.push(*items);
        }
        for i in 0..size {
            heap(size - 1, items, all);
            items.swap(if size.is_multiple_of(2) { i } else { 0 }, size - 1);
        }
    }
    let mut all = Vec::new();
    heap(5, &mut [0, 1, 2, 3, 4], &mut all);
    all
}

/// A subscription was bought, a payment failed at its renewal, and this is what Stripe tells of it.
async fn told(shop: &Shop) -> Vec<Delivery> {
    let url = shop.billing.buy(shop.purchase(5), shop.by()).await.unwrap();
    shop.fake.pay_checkout(session(&url), Card::FailsAtRenewal).unwrap();
    shop.advance(std::time::Duration::from_hours(31 * 24));
    let all = shop.fake.take_deliveries();
    let first = |kind: &&str| all.iter().find(|it| it.event_type == **kind).cloned();
    KINDS.iter().map(|kind| first(kind).unwrap_or_else(|| panic!("{kind} was told"))).collect()
}

async fn deliver(billing: &Billing, delivery: &Delivery) {
    billing.receive(Some(&delivery.signature), &delivery.payload).await.unwrap();
}

testkit::both! {
    async fn in_every_order_doubled_dropped_or_late_the_end_is_what_stripe_has(db: db::Db) {
        let shop = Shop::open(&db, 7).await;
        let told = told(&shop).await;
        let all = orders();
        assert_eq!(all.len(), 120);
        for order in all {
            for fate in [Fate::Once, Fate::Doubled, Fate::Dropped, Fate::Late] {
                // The last message is the one with a fate: dropped, others have said whose state is old.
                for (place, at) in order.iter().enumerate() {
                    let is_fated = place == 4;
                    match fate {
                        Fate::Dropped if is_fated => continue,
                        Fate::Doubled => deliver(&shop.billing, &told[*at]).await,
                        Fate::Late if is_fated => shop.work_off().await,
                        _ => {}
                    }
                    deliver(&shop.billing, &told[*at]).await;
                }
                shop.work_off().await;
                shop.assert_agrees(&format!("{order:?} {fate:?}")).await;
                shop.forget().await;
            }
        }
    }
}
