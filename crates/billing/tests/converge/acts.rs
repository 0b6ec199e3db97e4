//! What people do, here and at Stripe.

use billing::{Error, SeatChange};
use fake_stripe::{Card, Status};

use crate::{
    schedules::{Dice, perhaps_dying},
    shop::{Shop, session},
};

/// One of them, at random. What Stripe refuses, and what fails because it is away, is well; no more must be lost by it
/// than the click.
pub async fn act(shop: &Shop, dice: &Dice) {
    let seats = 1 + i64::try_from(dice.below(9)).unwrap();
    let done = match dice.below(8) {
        0..=2 => {
            let buying = shop.billing.buy(shop.purchase(seats), shop.by());
            match perhaps_dying(dice, buying).await {
                Some(Ok(url)) => {
                    pay(shop, dice, session(&url));
                    Ok(())
                }
                Some(Err(error)) => Err(error),
                None => Ok(()),
            }
        }
        3 | 4 => {
            let change = SeatChange { organization: shop.organization, seats, at: None };
            perhaps_dying(dice, shop.billing.change_seats(change, shop.by()))
                .await
                .map_or(Ok(()), |it| it.map(drop))
        }
        5 => {
            let ending = shop.billing.set_ending(shop.organization, dice.is(60), shop.by());
            perhaps_dying(dice, ending).await.map_or(Ok(()), |it| it.map(drop))
        }
        6 => {
            // In the portal or the dashboard, or on the page of an invoice.
            if let Some(live) = shop.live().first() {
                match dice.below(4) {
                    _ if live.status == Status::Incomplete => pay_invoice(shop, &live.customer),
                    0 => shop.fake.cancel(&live.id, dice.is(50)),
                    1 => drop(shop.fake.set_quantity(&live.id, seats)),
                    2 => shop.fake.set_card(&live.customer, Card::FailsAtRenewal),
                    _ => shop.fake.set_card(&live.customer, Card::Works),
                }
            }
            Ok(())
        }
        _ => perhaps_dying(dice, shop.billing.sync(shop.organization))
            .await
            .map_or(Ok(()), |it| it.map(drop)),
    };
    match done {
        Ok(())
        | Err(
            Error::AlreadySubscribed
            | Error::NotSubscribed
            | Error::Invalid { .. }
            | Error::Busy
            | Error::Away(_)
            | Error::PaymentFailed,
        ) => {}
        Err(error) => panic!("{error}"),
    }
}

fn pay_invoice(shop: &Shop, customer: &str) {
    let invoices = shop.fake.invoices(customer);
    if let Some(open) = invoices.iter().find(|invoice| invoice.status == "open") {
        shop.fake.pay_invoice(&open.id, Some(Card::Works)).unwrap();
    }
}

/// Most pay, some later and some never.
fn pay(shop: &Shop, dice: &Dice, session: &str) {
    match dice.below(7) {
        0 => {}
        1 => drop(shop.fake.pay_checkout(session, Card::Declined)),
        2 => drop(shop.fake.pay_checkout(session, Card::LeavesIncomplete)),
        3 => drop(shop.fake.pay_checkout(session, Card::FailsAtRenewal)),
        _ => drop(shop.fake.pay_checkout(session, Card::Works)),
    }
}
