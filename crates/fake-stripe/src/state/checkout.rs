//! Checkout sessions.

use serde_json::{Value, json};

use super::payment::Card;
use super::subscription::WithoutCard;
use super::{Metadata, Row, World};

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    Complete,
    Expired,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }
}

/// How many the customer may choose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Adjustable {
    pub minimum: i64,
    pub maximum: i64,
}

/// One thing in the basket.
#[derive(Debug, Clone)]
pub(crate) struct LineItem {
    pub id: String,
    pub price: String,
    pub quantity: i64,
    pub adjustable: Option<Adjustable>,
}

/// What the subscription will be given.
#[derive(Debug, Clone)]
pub(crate) struct SubscriptionData {
    pub metadata: Metadata,
    pub description: Option<String>,
    pub trial_end: Option<i64>,
    pub trial_days: Option<i64>,
    pub without_card: WithoutCard,
}

/// A visit to Checkout. Always for a subscription.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub id: String,
    pub created: i64,
    /// As it was asked for, by the clock of whoever asked.
    pub expires_at: i64,
    /// The same by the clock here.
    pub closes_at: i64,
    pub state: State,
    pub customer: Option<String>,
    pub customer_email: Option<String>,
    pub client_reference_id: Option<String>,
    pub currency: String,
    pub line_items: Vec<LineItem>,
    pub data: SubscriptionData,
    pub is_card_optional: bool,
    pub allows_promotion_codes: Option<bool>,
    pub locale: Option<String>,
    pub success_url: String,
    pub cancel_url: Option<String>,
    pub metadata: Metadata,
    pub subscription: Option<String>,
    pub invoice: Option<String>,
    /// The subscription that a payment left incomplete, which the next payment goes on with.
    pub attempt: Option<String>,
    /// The last card, if it did not pay.
    pub refused: Option<Card>,
}

impl Session {
    fn amount(item: &LineItem, world: &World) -> i64 {
        world.prices.get(&item.price).unit_amount * item.quantity
    }

    /// What the basket costs for one interval.
    pub(crate) fn total(&self, world: &World) -> i64 {
        self.line_items.iter().map(|item| Self::amount(item, world)).sum()
    }

    /// Whether the subscription will begin with a trial.
    pub(crate) fn has_trial(&self) -> bool {
        self.data.trial_end.is_some() || self.data.trial_days.is_some()
    }

    /// What is paid at once.
    pub(crate) fn due_now(&self, world: &World) -> i64 {
        if self.has_trial() { 0 } else { self.total(world) }
    }

    /// The basket, as the API shows it.
    pub(crate) fn render_line_items(&self, world: &World) -> Vec<Value> {
        let render = |item: &LineItem| {
            let price = world.prices.get(&item.price);
            let amount = if self.has_trial() { 0 } else { Self::amount(item, world) };
            json!({
                "id": item.id,
                "object": "item",
                "adjustable_quantity": item.adjustable.map(|range| {
                    json!({ "enabled": true, "maximum": range.maximum, "minimum": range.minimum })
                }),
                "amount_discount": 0,
                "amount_subtotal": amount,
                "amount_tax": 0,
                "amount_total": amount,
                "currency": self.currency,
                "description": world.products.get(&price.product).name,
                "metadata": {},
                "price": price.render(world),
                "quantity": item.quantity,
            })
        };
        self.line_items.iter().map(render).collect()
    }

    fn payment_status(&self) -> &'static str {
        match self.state {
            State::Complete if self.has_trial() => "no_payment_required",
            State::Complete => "paid",
            State::Open | State::Expired => "unpaid",
        }
    }
}

impl Row for Session {
    const OBJECT: &'static str = "checkout.session";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, world: &World) -> Value {
        let customer = self.customer.as_deref().and_then(|id| world.customers.find(id));
        let email = customer.and_then(|customer| customer.email.clone());
        let email = email.or_else(|| self.customer_email.clone());
        let is_open = self.state == State::Open;
        let details = (!is_open || email.is_some()).then(|| {
            json!({
                "address": null,
                "business_name": null,
                "email": email,
                "individual_name": null,
                "name": customer.and_then(|customer| customer.name.clone()),
                "phone": null,
                "tax_exempt": "none",
                "tax_ids": if is_open { Value::Null } else { json!([]) },
            })
        });
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "adaptive_pricing": { "enabled": false },
            "after_expiration": null,
            "allow_promotion_codes": self.allows_promotion_codes,
            "amount_subtotal": self.due_now(world),
            "amount_total": self.due_now(world),
            "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
            "billing_address_collection": null,
            "cancel_url": self.cancel_url,
            "client_reference_id": self.client_reference_id,
            "client_secret": null,
            "collected_information": null,
            "consent": null,
            "consent_collection": null,
            "created": self.created,
            "currency": self.currency,
            "currency_conversion": null,
            "custom_fields": [],
            "custom_text": {
                "after_submit": null,
                "shipping_address": null,
                "submit": null,
                "terms_of_service_acceptance": null,
            },
            "customer": self.customer,
            "customer_account": null,
            "customer_creation": "always",
            "customer_details": details,
            "customer_email": self.customer_email,
            "discounts": [],
            "expires_at": self.expires_at,
            "invoice": self.invoice,
            "invoice_creation": null,
            "livemode": false,
            "locale": self.locale,
            "metadata": self.metadata,
            "mode": "subscription",
            "origin_context": null,
            "payment_intent": null,
            "payment_link": null,
            "payment_method_collection": if self.is_card_optional { "if_required" } else { "always" },
            "payment_method_configuration_details": null,
            "payment_method_options": { "card": { "request_three_d_secure": "automatic" } },
            "payment_method_types": ["card"],
            "payment_status": self.payment_status(),
            "permissions": null,
            "phone_number_collection": { "enabled": false },
            "recovered_from": null,
            "saved_payment_method_options": {
                "allow_redisplay_filters": ["always"],
                "payment_method_remove": "disabled",
                "payment_method_save": null,
            },
            "setup_intent": null,
            "shipping_address_collection": null,
            "shipping_cost": null,
            "shipping_options": [],
            "status": self.state.name(),
            "submit_type": null,
            "subscription": self.subscription,
            "success_url": self.success_url,
            "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
            "ui_mode": "hosted_page",
            "url": is_open.then(|| format!("{}/checkout/{}", world.base_url, self.id)),
            "wallet_options": null,
        })
    }
}
