//! Subscriptions and their items.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Metadata, Row, World, list};
use crate::calendar::Interval;

/// The states of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The first invoice is not paid yet.
    Incomplete,
    /// It was not paid within 23 hours.
    IncompleteExpired,
    /// Nothing is owed until the trial ends.
    Trialing,
    /// All is paid.
    Active,
    /// The latest invoice could not be collected and is tried again.
    PastDue,
    /// It could not be collected by the last try, and the subscription goes on.
    Unpaid,
    /// Over.
    Canceled,
    /// The trial ended without a card.
    Paused,
}

impl Status {
    pub(crate) const ALL: [Self; 8] = [
        Self::Incomplete,
        Self::IncompleteExpired,
        Self::Trialing,
        Self::Active,
        Self::PastDue,
        Self::Unpaid,
        Self::Canceled,
        Self::Paused,
    ];

    /// As Stripe writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::IncompleteExpired => "incomplete_expired",
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Unpaid => "unpaid",
            Self::Canceled => "canceled",
            Self::Paused => "paused",
        }
    }

    /// Whether nothing will happen to it any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Canceled | Self::IncompleteExpired)
    }
}

/// What happens when a trial ends and there is no card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WithoutCard {
    CreateInvoice,
    Pause,
    Cancel,
}

/// One price of a subscription, and how many of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub id: String,
    pub created: i64,
    pub price: String,
    pub quantity: i64,
    pub metadata: Metadata,
}

/// A change that is made once its invoice is paid, and dropped if that does not happen in time.
#[derive(Debug, Clone)]
pub(crate) struct PendingUpdate {
    pub invoice: String,
    pub expires_at: i64,
    /// The subscription as it would be.
    pub planned: Box<Subscription>,
}

/// A customer's standing order. All its items share one period.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub id: String,
    pub created: i64,
    pub customer: String,
    pub status: Status,
    pub items: Vec<Item>,
    pub currency: String,
    pub interval: Interval,
    pub anchor: i64,
    pub period_start: i64,
    pub period_end: i64,
    pub trial_start: Option<i64>,
    pub trial_end: Option<i64>,
    /// That the end of the trial is near has been told.
    pub has_warned: bool,
    pub without_card: WithoutCard,
    pub cancel_at_period_end: bool,
    pub cancel_at: Option<i64>,
    pub canceled_at: Option<i64>,
    pub cancel_reason: Option<&'static str>,
    pub cancel_comment: Option<String>,
    pub cancel_feedback: Option<String>,
    pub ended_at: Option<i64>,
    pub default_method: Option<String>,
    pub description: Option<String>,
    pub metadata: Metadata,
    pub latest_invoice: Option<String>,
    pub pending_update: Option<PendingUpdate>,
    /// When it is given up, if it is incomplete then.
    pub expires_at: i64,
    /// Its beginning has been told; changes before that are none.
    pub is_announced: bool,
}

impl Subscription {
    /// When it ends, if nothing is changed.
    pub(crate) fn ends_at(&self) -> Option<i64> {
        let at_period_end = self.cancel_at_period_end.then_some(self.period_end);
        [at_period_end, self.cancel_at].into_iter().flatten().min()
    }

    /// Makes the part of a change that can wait for its payment: items, period and trial.
    pub(crate) fn adopt(&mut self, planned: Self) {
        if self.trial_end != planned.trial_end {
            self.status = planned.status;
            self.trial_start = planned.trial_start;
            self.trial_end = planned.trial_end;
            self.has_warned = planned.has_warned;
        }
        self.items = planned.items;
        self.interval = planned.interval;
        self.anchor = planned.anchor;
        self.period_start = planned.period_start;
        self.period_end = planned.period_end;
    }

    fn render_update(&self, update: &PendingUpdate, world: &World) -> Value {
        let PendingUpdate { planned, expires_at, .. } = update;
        let restarts = planned.anchor != self.anchor;
        let shifts_trial = planned.trial_end != self.trial_end;
        json!({
            "billing_cycle_anchor": restarts.then_some(planned.anchor),
            "expires_at": expires_at,
            "subscription_items": planned.render_items(world),
            "trial_end": planned.trial_end.filter(|_| shifts_trial),
            "trial_from_plan": null,
        })
    }

    fn item(&self, item: &Item, world: &World) -> Value {
        let price = world.prices.get(&item.price);
        json!({
            "id": item.id,
            "object": "subscription_item",
            "billing_thresholds": null,
            "created": item.created,
            "current_period_end": self.period_end,
            "current_period_start": self.period_start,
            "discounts": [],
            "metadata": item.metadata,
            "plan": price.plan(),
            "price": price.render(world),
            "quantity": item.quantity,
            "subscription": self.id,
            "tax_rates": [],
        })
    }

    /// All items, as the API shows them.
    pub(crate) fn render_items(&self, world: &World) -> Vec<Value> {
        self.items.iter().map(|item| self.item(item, world)).collect()
    }
}

impl Row for Subscription {
    const OBJECT: &'static str = "subscription";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, world: &World) -> Value {
        let items = list(
            &format!("/v1/subscription_items?subscription={}", self.id),
            self.render_items(world),
        );
        let customer = world.customers.get(&self.customer);
        let update = self.pending_update.as_ref().map(|update| self.render_update(update, world));
        let status_details = (self.status == Status::Paused).then(|| {
            json!({ "paused": { "reason": "trial_end_without_payment_method", "subscription": null } })
        });
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "application": null,
            "application_fee_percent": null,
            "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
            "billing_cycle_anchor": self.anchor,
            "billing_cycle_anchor_config": null,
            "billing_mode": {
                "flexible": { "proration_discounts": "included" },
                "type": "flexible",
                "updated_at": null,
            },
            "billing_schedules": [],
            "billing_thresholds": null,
            "cancel_at": self.ends_at(),
            "cancel_at_period_end": self.cancel_at_period_end,
            "canceled_at": self.canceled_at,
            "cancellation_details": {
                "comment": self.cancel_comment,
                "feedback": self.cancel_feedback,
                "reason": self.cancel_reason,
            },
            "collection_method": "charge_automatically",
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "customer_account": null,
            "days_until_due": null,
            "default_payment_method": self.default_method,
            "default_source": null,
            "default_tax_rates": [],
            "description": self.description,
            "discounts": [],
            "ended_at": self.ended_at,
            "invoice_settings": { "account_tax_ids": null, "issuer": { "type": "self" } },
            "items": items,
            "latest_invoice": self.latest_invoice,
            "livemode": false,
            "managed_payments": null,
            "metadata": self.metadata,
            "next_pending_invoice_item_invoice": null,
            "on_behalf_of": null,
            "pause_collection": null,
            "payment_settings": {
                "payment_method_options": null,
                "payment_method_types": null,
                "save_default_payment_method": "off",
            },
            "pending_invoice_item_interval": null,
            "pending_setup_intent": null,
            "pending_update": update,
            "schedule": null,
            "start_date": self.created,
            "status": self.status,
            "status_details": status_details,
            "test_clock": customer.test_clock,
            "transfer_data": null,
            "trial_end": self.trial_end,
            "trial_settings": {
                "end_behavior": { "missing_payment_method": self.without_card },
            },
            "trial_start": self.trial_start,
        })
    }
}

/// The subscription that has this item.
pub(crate) fn owner<'a>(item: &str, world: &'a World) -> Option<&'a Subscription> {
    world.subscriptions.iter().find(|sub| sub.items.iter().any(|own| own.id == item))
}

/// The item that has this id, as the API shows it.
pub(crate) fn render_item(id: &str, world: &World) -> Option<Value> {
    let subscription = owner(id, world)?;
    let item = subscription.items.iter().find(|item| item.id == id)?;
    Some(subscription.item(item, world))
}
