//! Invoices, their lines, and what waits to become a line.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Metadata, Row, World, list};

/// Where an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Draft,
    Open,
    Paid,
    Void,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Void => "void",
        }
    }
}

/// Why it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    SubscriptionCreate,
    SubscriptionCycle,
    SubscriptionUpdate,
    Upcoming,
}

/// An amount and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub id: String,
    pub amount: i64,
    pub description: String,
    pub period_start: i64,
    pub period_end: i64,
    pub price: String,
    pub quantity: i64,
    pub item: String,
    /// For a change within a period: the id that it had while it waited.
    pub pending: Option<String>,
}

impl Line {
    /// Whether it is for a part of a period, after a change.
    pub(crate) fn is_proration(&self) -> bool {
        self.pending.is_some()
    }
}

/// A bill.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Invoice {
    pub id: String,
    pub created: i64,
    pub customer: String,
    pub subscription: String,
    pub state: State,
    pub reason: Reason,
    pub currency: String,
    pub lines: Vec<Line>,
    pub period_start: i64,
    pub period_end: i64,
    pub number: Option<String>,
    /// The customer's balance that was reckoned in when it was finalized.
    pub starting_balance: i64,
    pub ending_balance: Option<i64>,
    pub amount_paid: i64,
    pub is_out_of_band: bool,
    pub attempt_count: i64,
    pub attempted: bool,
    /// Whether it is finalized, charged and tried again by itself.
    pub is_automatic: bool,
    pub finalizes_at: Option<i64>,
    pub next_attempt: Option<i64>,
    pub finalized_at: Option<i64>,
    pub paid_at: Option<i64>,
    pub voided_at: Option<i64>,
    pub intent: Option<String>,
    pub proration_date: Option<i64>,
    /// An update of the subscription waits for it: unless it is paid it says nothing about the subscription.
    pub holds_update: bool,
    pub metadata: Metadata,
    pub description: Option<String>,
}

impl Invoice {
    pub(crate) fn total(&self) -> i64 {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// The total after the customer's balance, never below 0.
    pub(crate) fn amount_due(&self) -> i64 {
        (self.total() + self.starting_balance).max(0)
    }

    pub(crate) fn amount_remaining(&self) -> i64 {
        if self.state == State::Void { 0 } else { self.amount_due() - self.amount_paid }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.state == State::Open
    }

    fn line(&self, line: &Line, world: &World) -> Value {
        let price = world.prices.get(&line.price);
        json!({
            "id": line.id,
            "object": "line_item",
            "amount": line.amount,
            "currency": self.currency,
            "description": line.description,
            "discount_amounts": [],
            "discountable": !line.is_proration(),
            "discounts": [],
            "invoice": self.id,
            "livemode": false,
            "metadata": {},
            "parent": {
                "invoice_item_details": null,
                "subscription_item_details": {
                    "invoice_item": line.pending,
                    "proration": line.is_proration(),
                    "proration_details": { "credited_items": null },
                    "subscription": self.subscription,
                    "subscription_item": line.item,
                },
                "type": "subscription_item_details",
            },
            "period": { "end": line.period_end, "start": line.period_start },
            "pretax_credit_amounts": [],
            "pricing": {
                "price_details": { "price": line.price, "product": price.product },
                "type": "price_details",
                "unit_amount_decimal": price.unit_amount.to_string(),
            },
            "quantity": line.quantity,
            "quantity_decimal": line.quantity.to_string(),
            "subtotal": line.amount,
            "taxes": [],
        })
    }

    /// All lines, as the API shows them.
    pub(crate) fn render_lines(&self, world: &World) -> Vec<Value> {
        self.lines.iter().map(|line| self.line(line, world)).collect()
    }

    /// How it is paid, once that has begun: the property `payments`, which clients expand.
    pub(crate) fn render_payments(&self, world: &World) -> Value {
        let payments = self.intent.iter().map(|id| world.intents.get(id).invoice_payment());
        list("/v1/invoice_payments", payments.collect())
    }
}

impl Row for Invoice {
    const OBJECT: &'static str = "invoice";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, world: &World) -> Value {
        let customer = world.customers.get(&self.customer);
        let subscription = world.subscriptions.get(&self.subscription);
        let lines = list(&format!("/v1/invoices/{}/lines", self.id), self.render_lines(world));
        let hosted = self.finalized_at.map(|_| format!("{}/invoice/{}", world.base_url, self.id));
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "account_country": "US",
            "account_name": "Fake Stripe",
            "account_tax_ids": null,
            "amount_due": self.amount_due(),
            "amount_overpaid": 0,
            "amount_paid": self.amount_paid,
            "amount_paid_off_stripe": if self.is_out_of_band { self.amount_paid } else { 0 },
            "amount_remaining": self.amount_remaining(),
            "amount_shipping": 0,
            "application": null,
            "attempt_count": self.attempt_count,
            "attempted": self.attempted,
            "auto_advance": self.is_automatic,
            "automatic_tax": {
                "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null,
            },
            "automatically_finalizes_at": self.finalizes_at,
            "billing_reason": self.reason,
            "collection_method": "charge_automatically",
            "created": self.created,
            "currency": self.currency,
            "custom_fields": null,
            "customer": self.customer,
            "customer_account": null,
            "customer_address": null,
            "customer_email": customer.email,
            "customer_name": customer.name,
            "customer_phone": customer.phone,
            "customer_shipping": null,
            "customer_tax_exempt": "none",
            "customer_tax_ids": [],
            "default_payment_method": null,
            "default_source": null,
            "default_tax_rates": [],
            "description": self.description,
            "discounts": [],
            "due_date": null,
            "effective_at": self.finalized_at,
            "ending_balance": self.ending_balance,
            "footer": null,
            "from_invoice": null,
            "hosted_invoice_url": hosted,
            "invoice_pdf": hosted.as_ref().map(|url| format!("{url}/pdf")),
            "issuer": { "type": "self" },
            "last_finalization_error": null,
            "latest_revision": null,
            "lines": lines,
            "livemode": false,
            "metadata": self.metadata,
            "next_payment_attempt": self.next_attempt.or(self.finalizes_at),
            "number": self.number,
            "on_behalf_of": null,
            "parent": {
                "quote_details": null,
                "subscription_details": {
                    "metadata": subscription.metadata,
                    "subscription": self.subscription,
                    "subscription_proration_date": self.proration_date,
                },
                "type": "subscription_details",
            },
            "payment_settings": {
                "default_mandate": null, "payment_method_options": null, "payment_method_types": null,
            },
            "period_end": self.period_end,
            "period_start": self.period_start,
            "post_payment_credit_notes_amount": 0,
            "pre_payment_credit_notes_amount": 0,
            "receipt_number": null,
            "rendering": null,
            "shipping_cost": null,
            "shipping_details": null,
            "starting_balance": self.starting_balance,
            "statement_descriptor": null,
            "status": self.state,
            "status_transitions": {
                "finalized_at": self.finalized_at,
                "marked_uncollectible_at": null,
                "paid_at": self.paid_at,
                "voided_at": self.voided_at,
            },
            "subtotal": self.total(),
            "subtotal_excluding_tax": self.total(),
            "test_clock": customer.test_clock,
            "total": self.total(),
            "total_discount_amounts": [],
            "total_excluding_tax": self.total(),
            "total_pretax_credit_amounts": [],
            "total_taxes": [],
            "webhooks_delivered_at": self.finalized_at,
        })
    }
}

/// A proration that waits for the next invoice.
#[derive(Debug, Clone)]
pub(crate) struct PendingItem {
    pub id: String,
    pub created: i64,
    pub customer: String,
    pub subscription: String,
    pub currency: String,
    /// The line that it will be, or is.
    pub line: Line,
    pub invoice: Option<String>,
}

impl Row for PendingItem {
    const OBJECT: &'static str = "invoiceitem";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, world: &World) -> Value {
        let price = world.prices.get(&self.line.price);
        let customer = world.customers.get(&self.customer);
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "amount": self.line.amount,
            "currency": self.currency,
            "customer": self.customer,
            "customer_account": null,
            "date": self.created,
            "description": self.line.description,
            "discountable": false,
            "discounts": [],
            "invoice": self.invoice,
            "livemode": false,
            "metadata": {},
            "net_amount": self.line.amount,
            "parent": {
                "subscription_details": {
                    "subscription": self.subscription,
                    "subscription_item": self.line.item,
                },
                "type": "subscription_details",
            },
            "period": { "end": self.line.period_end, "start": self.line.period_start },
            "pricing": {
                "price_details": { "price": self.line.price, "product": price.product },
                "type": "price_details",
                "unit_amount_decimal": price.unit_amount.to_string(),
            },
            "proration": true,
            "proration_details": { "discount_amounts": [] },
            "quantity": self.line.quantity,
            "quantity_decimal": self.line.quantity.to_string(),
            "tax_rates": [],
            "test_clock": customer.test_clock,
        })
    }
}
