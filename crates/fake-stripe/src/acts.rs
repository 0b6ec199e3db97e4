//! What a customer or the bank does, done by a test: the same code runs that the pages run.

use std::error::Error;
use std::fmt;

use crate::billing::change::Change;
use crate::billing::subscribe::{Behavior, INCOMPLETE_SECONDS, NewSubscription};
use crate::calendar::{Interval, Unit};
use crate::error::Answer;
use crate::handle::FakeStripe;
use crate::state::World;
use crate::state::catalog::{Price, Product};
use crate::state::payment::{Card, Presence};
use crate::state::subscription::Status;
use crate::state::{Metadata, Row};
use crate::view::{self, Customer, Invoice, Subscription};
use crate::{FLAT_MONTHLY, TEAM_MONTHLY, TEAM_PRODUCT, TEAM_YEARLY};

/// The bank said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declined;

impl fmt::Display for Declined {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the card was declined")
    }
}

impl Error for Declined {}

/// A price to make.
#[derive(Debug, Clone)]
pub struct NewPrice {
    /// `price_…`, or any id that is wanted.
    pub id: String,
    /// The product, made with this as its name too if it is not there.
    pub product: String,
    /// Three letters, lower case.
    pub currency: String,
    /// For one, in the smallest unit of the currency.
    pub unit_amount: i64,
    /// `day`, `week`, `month` or `year`.
    pub interval: String,
    /// Every so many of them.
    pub interval_count: i64,
}

/// Gives what came of it; only a declined card is no mistake of the test.
fn or_declined<T>(answer: Answer<T>) -> Result<T, Declined> {
    match answer {
        Ok(value) => Ok(value),
        Err(error) if error.is_declined() => Err(Declined),
        Err(error) => panic!("{}", error.message()),
    }
}

impl FakeStripe {
    /// Makes a customer; gives the id.
    #[must_use]
    pub fn create_customer(&self, email: &str, metadata: &[(&str, &str)]) -> String {
        let metadata = metadata.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let metadata: Metadata = metadata.collect();
        self.with(|world| world.create_customer(Some(email.to_owned()), metadata, None))
    }

    /// Deletes a customer, which ends at once what they subscribed to.
    ///
    /// # Panics
    ///
    /// When there is no such customer.
    pub fn delete_customer(&self, customer_id: &str) {
        self.with(|world| world.delete_customer(customer_id));
    }

    /// Makes a price, and its product if that is not there.
    ///
    /// # Panics
    ///
    /// When the interval is none.
    pub fn create_price(&self, new: &NewPrice) {
        let unit = Unit::parse(&new.interval).expect("day, week, month or year");
        let interval = Interval { unit, count: new.interval_count };
        self.with(|world| {
            if !world.products.has(&new.product) {
                world.seed_product(&new.product, &new.product);
            }
            world.seed_price(&new.id, &new.product, new.unit_amount, interval);
            world.prices.get_mut(&new.id).currency.clone_from(&new.currency);
        });
    }

    /// Pays an open Checkout session; gives the id of the subscription.
    ///
    /// [`Card::LeavesIncomplete`] is `Declined` too, and the customer has a subscription that is incomplete. The
    /// session stays open; paying it again, or the subscription's invoice, completes both.
    ///
    /// # Panics
    ///
    /// When there is no such session, it is no longer open, or its customer is deleted.
    pub fn pay_checkout(&self, session_id: &str, card: Card) -> Result<String, Declined> {
        or_declined(self.with(|world| world.complete_checkout(session_id, Some(card))))
    }

    /// Lets a Checkout session expire.
    ///
    /// # Panics
    ///
    /// When there is no such session, or it is no longer open.
    pub fn expire_checkout(&self, session_id: &str) {
        let expired = self.with(|world| world.expire_session(session_id));
        expired.unwrap_or_else(|error| panic!("{}", error.message()));
    }

    /// Subscribes a customer without Checkout; gives the id of the subscription.
    ///
    /// # Panics
    ///
    /// When there is no such customer or price.
    pub fn subscribe(
        &self,
        customer_id: &str,
        price_id: &str,
        quantity: i64,
        card: Card,
    ) -> Result<String, Declined> {
        or_declined(self.with(|world| {
            world.give_card(customer_id, card);
            let new = NewSubscription::simple(customer_id, price_id, quantity);
            let behavior = Behavior::Refuse;
            world.subscribe(NewSubscription { behavior, presence: Presence::Present, ..new })
        }))
    }

    /// Gives a customer another card, for everything to come.
    ///
    /// # Panics
    ///
    /// When there is no such customer.
    pub fn set_card(&self, customer_id: &str, card: Card) {
        self.with(|world| world.give_card(customer_id, card));
    }

    /// Pays an open invoice as the customer would on its page, with `card` or with the one that is known.
    ///
    /// # Panics
    ///
    /// When there is no such invoice, or it is not open.
    pub fn pay_invoice(&self, invoice_id: &str, card: Option<Card>) -> Result<(), Declined> {
        or_declined(self.with(|world| world.pay_on_page(invoice_id, card)))
    }

    /// Changes a quantity as the customer would in the portal: prorated, on the next invoice.
    ///
    /// # Panics
    ///
    /// When there is no such subscription, or it is over or incomplete.
    pub fn set_quantity(&self, subscription_id: &str, quantity: i64) -> Result<(), Declined> {
        or_declined(self.with(|world| {
            let change = Change::quantity(world, subscription_id, quantity);
            world.change(subscription_id, &change)
        }))
    }

    /// Cancels as the portal does: with the period, which sets `cancel_at` and not `cancel_at_period_end`, or at once.
    ///
    /// # Panics
    ///
    /// When there is no such subscription, it is over, or it is incomplete and was to end with its period.
    pub fn cancel(&self, subscription_id: &str, at_period_end: bool) {
        let done = self.with(|world| world.cancel_from_page(subscription_id, at_period_end));
        done.unwrap_or_else(|error| panic!("{}", error.message()));
    }

    /// Takes every planned end back, as the portal does.
    ///
    /// # Panics
    ///
    /// When there is no such subscription, or it is over or incomplete.
    pub fn uncancel(&self, subscription_id: &str) {
        let change = Change::uncancel();
        let done = self.with(|world| world.change(subscription_id, &change));
        done.unwrap_or_else(|error| panic!("{}", error.message()));
    }

    /// Puts a subscription into any state, whatever led there or did not; the event of the change is told.
    pub fn set_subscription_status(&self, subscription_id: &str, status: Status) {
        self.with(|world| world.set_status(subscription_id, status));
    }

    /// The customers, oldest first.
    #[must_use]
    pub fn customers(&self) -> Vec<Customer> {
        self.with(|world| view::customers(world))
    }

    /// The subscriptions of a customer, oldest first, those that are over too.
    #[must_use]
    pub fn subscriptions(&self, customer_id: &str) -> Vec<Subscription> {
        self.with(|world| view::subscriptions(world, customer_id))
    }

    /// The invoices of a customer, oldest first.
    #[must_use]
    pub fn invoices(&self, customer_id: &str) -> Vec<Invoice> {
        self.with(|world| view::invoices(world, customer_id))
    }
}

impl World {
    /// The prices that every fresh fake has.
    pub(crate) fn seed(&mut self) {
        let month = Interval { unit: Unit::Month, count: 1 };
        let year = Interval { unit: Unit::Year, count: 1 };
        self.seed_product(TEAM_PRODUCT, "Team");
        self.seed_price(TEAM_MONTHLY, TEAM_PRODUCT, 900, month);
        self.seed_price(TEAM_YEARLY, TEAM_PRODUCT, 9000, year);
        self.seed_product("prod_business", "Business");
        self.seed_price(FLAT_MONTHLY, "prod_business", 4900, month);
        self.seed_portal();
    }

    fn seed_product(&mut self, id: &str, name: &str) {
        let now = self.now();
        self.products.insert(Product {
            id: id.to_owned(),
            created: now,
            updated: now,
            name: name.to_owned(),
            description: None,
            is_active: true,
            default_price: None,
            unit_label: None,
            metadata: Metadata::new(),
        });
    }

    fn seed_price(&mut self, id: &str, product: &str, unit_amount: i64, interval: Interval) {
        self.prices.insert(Price {
            id: id.to_owned(),
            created: self.now(),
            product: product.to_owned(),
            currency: "usd".to_owned(),
            unit_amount,
            interval: Some(interval),
            trial_days: None,
            nickname: None,
            lookup_key: None,
            is_active: true,
            metadata: Metadata::new(),
        });
    }

    /// Puts a subscription into any state.
    pub(crate) fn set_status(&mut self, id: &str, status: Status) {
        let before = self.subscriptions.get(id).render(self);
        let now = self.time_of(&self.subscriptions.get(id).customer);
        if status.is_over() {
            self.forget_update(id);
        }
        let subscription = self.subscriptions.get_mut(id);
        subscription.status = status;
        subscription.expires_at = now + INCOMPLETE_SECONDS;
        subscription.ended_at = status.is_over().then_some(now);
        if status == Status::Canceled {
            self.emit("customer.subscription.deleted", id);
        } else {
            self.emit_change("customer.subscription.updated", id, &before);
        }
    }
}
