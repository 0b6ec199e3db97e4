//! How a subscription begins.

use super::invoicing::Bill;
use crate::calendar::Interval;
use crate::error::{Answer, ApiError};
use crate::state::invoice::Reason;
use crate::state::payment::Presence;
use crate::state::subscription::{Item, Status, Subscription, WithoutCard};
use crate::state::{Metadata, World};

/// How long the first invoice may wait.
pub(crate) const INCOMPLETE_SECONDS: i64 = 23 * 3600;

/// What happens when the first invoice, or that of a change, is not paid at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behavior {
    /// The subscription is incomplete.
    Allow,
    /// It is incomplete until somebody pays; nothing is charged by itself.
    Wait,
    /// There is none.
    Refuse,
    /// A change waits until it is paid. Nothing can begin like that.
    Hold,
}

/// One price of a new subscription.
#[derive(Debug, Clone)]
pub(crate) struct NewItem {
    pub price: String,
    pub quantity: i64,
    pub metadata: Metadata,
}

/// A subscription to begin.
#[derive(Debug, Clone)]
pub(crate) struct NewSubscription {
    pub customer: String,
    pub items: Vec<NewItem>,
    pub metadata: Metadata,
    pub description: Option<String>,
    pub trial_end: Option<i64>,
    pub default_method: Option<String>,
    pub without_card: WithoutCard,
    pub cancel_at_period_end: bool,
    pub cancel_at: Option<i64>,
    pub behavior: Behavior,
    pub presence: Presence,
}

impl NewSubscription {
    /// One price, and nothing out of the ordinary.
    pub(crate) fn simple(customer: &str, price: &str, quantity: i64) -> Self {
        let item = NewItem { price: price.to_owned(), quantity, metadata: Metadata::new() };
        Self {
            customer: customer.to_owned(),
            items: vec![item],
            metadata: Metadata::new(),
            description: None,
            trial_end: None,
            default_method: None,
            without_card: WithoutCard::CreateInvoice,
            cancel_at_period_end: false,
            cancel_at: None,
            behavior: Behavior::Allow,
            presence: Presence::Absent,
        }
    }
}

/// What all prices of a subscription share.
pub(crate) fn common_terms(world: &World, prices: &[String]) -> Answer<(Interval, String)> {
    let mut common: Option<(Interval, String)> = None;
    for (place, id) in prices.iter().enumerate() {
        let param = format!("items[{place}][price]");
        let price = world.prices.find(id).ok_or_else(|| ApiError::no_such("price", id, &param))?;
        if !price.is_active {
            let message = format!(
                "The price specified is inactive. This field only accepts active prices: {id}"
            );
            return Err(ApiError::invalid(message).param(param));
        }
        let Some(interval) = price.interval else {
            let message = format!(
                "The price specified is set to `type=one_time` but this field only accepts prices with \
                 `type=recurring`: {id}"
            );
            return Err(ApiError::invalid(message).param(param));
        };
        let terms = (interval, price.currency.clone());
        if common.get_or_insert_with(|| terms.clone()) != &terms {
            let message =
                "All prices of a subscription must have the same currency and interval here.";
            return Err(ApiError::invalid(message).param(param));
        }
    }
    common.ok_or_else(|| ApiError::missing("items"))
}

impl World {
    /// Begins a subscription and collects its first invoice; gives its id.
    pub(crate) fn subscribe(&mut self, new: NewSubscription) -> Answer<String> {
        let NewSubscription { behavior, presence, .. } = new;
        let before = (behavior == Behavior::Refuse).then(|| self.clone());
        self.require_card(&new)?;
        let id = self.begin(new)?;
        let invoice = self.subscriptions.get(&id).latest_invoice.clone().unwrap_or_default();
        self.finalize(&invoice);
        if behavior != Behavior::Wait {
            let charged = self.charge_automatically(&invoice, presence);
            if let (Err(error), Some(before)) = (charged, before) {
                return self.restore(before, error);
            }
        }
        self.announce(&id);
        Ok(id)
    }

    fn announce(&mut self, id: &str) {
        self.subscriptions.get_mut(id).is_announced = true;
        self.emit("customer.subscription.created", id);
    }

    /// Takes everything back that was done since `before`, except that ids are not given twice.
    pub(crate) fn restore<T>(&mut self, before: Self, error: ApiError) -> Answer<T> {
        let (ids, dice) = (self.ids.clone(), self.dice.clone());
        *self = Self { ids, dice, ..before };
        Err(error)
    }

    /// Refuses what would have to be charged at once without a card to charge.
    fn require_card(&self, new: &NewSubscription) -> Answer<()> {
        let has_card = new.default_method.is_some()
            || self.customers.get(&new.customer).default_method.is_some();
        let amount = |item: &NewItem| {
            self.prices.find(&item.price).map_or(0, |price| price.unit_amount * item.quantity)
        };
        let is_free = new.trial_end.is_some() || new.items.iter().map(amount).sum::<i64>() == 0;
        if has_card || is_free || new.behavior == Behavior::Wait {
            return Ok(());
        }
        let message = "This customer has no attached payment source or default payment method. Please consider \
                       adding a default payment method.";
        Err(ApiError::invalid(message).code("resource_missing"))
    }

    /// Everything up to the draft of the first invoice.
    pub(crate) fn begin(&mut self, new: NewSubscription) -> Answer<String> {
        let prices: Vec<String> = new.items.iter().map(|item| item.price.clone()).collect();
        let (interval, currency) = common_terms(self, &prices)?;
        let now = self.time_of(&new.customer);
        let id = self.ids.id("sub");
        let trial_end = new.trial_end.filter(|end| *end > now);
        let mut make_item = |item: NewItem| Item {
            id: self.ids.id("si"),
            created: now,
            price: item.price,
            quantity: item.quantity,
            metadata: item.metadata,
        };
        let subscription = Subscription {
            id: id.clone(),
            created: now,
            customer: new.customer,
            status: if trial_end.is_some() { Status::Trialing } else { Status::Incomplete },
            items: new.items.into_iter().map(&mut make_item).collect(),
            currency,
            interval,
            anchor: trial_end.unwrap_or(now),
            period_start: now,
            period_end: trial_end.unwrap_or_else(|| interval.boundary_after(now, now)),
            trial_start: trial_end.map(|_| now),
            trial_end,
            has_warned: false,
            without_card: new.without_card,
            cancel_at_period_end: new.cancel_at_period_end,
            cancel_at: new.cancel_at,
            canceled_at: (new.cancel_at_period_end || new.cancel_at.is_some()).then_some(now),
            cancel_reason: None,
            cancel_comment: None,
            cancel_feedback: None,
            ended_at: None,
            default_method: new.default_method,
            description: new.description,
            metadata: new.metadata,
            latest_invoice: None,
            pending_update: None,
            expires_at: now + INCOMPLETE_SECONDS,
            is_announced: false,
        };
        let lines = self.full_lines(&subscription);
        self.subscriptions.insert(subscription);
        let reason = Reason::SubscriptionCreate;
        self.draft(&id, Bill { reason, lines, period: (now, now), proration_date: None });
        Ok(id)
    }
}
