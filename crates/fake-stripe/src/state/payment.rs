//! Cards, payment intents, and the payments of invoices.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Metadata, Row, World};

/// A card, known by how it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Card {
    /// 4242 4242 4242 4242: every payment succeeds.
    Works,
    /// 4000 0000 0000 0002: every payment is declined.
    Declined,
    /// 4000 0000 0000 0341: succeeds while the customer is there (Checkout, the pages), fails at renewal.
    FailsAtRenewal,
    /// 4000 0027 6000 3184: has to be confirmed, which never happens. Checkout leaves an incomplete subscription.
    LeavesIncomplete,
}

impl Card {
    pub(crate) const ALL: [Self; 4] =
        [Self::Works, Self::Declined, Self::FailsAtRenewal, Self::LeavesIncomplete];

    /// The number, as it is typed into a form.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::Works => "4242424242424242",
            Self::Declined => "4000000000000002",
            Self::FailsAtRenewal => "4000000000000341",
            Self::LeavesIncomplete => "4000002760003184",
        }
    }

    /// The name in forms and in the control API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Declined => "declined",
            Self::FailsAtRenewal => "fails_at_renewal",
            Self::LeavesIncomplete => "leaves_incomplete",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|card| card.name() == name)
    }

    /// One of the ids that Stripe has for test cards.
    pub(crate) fn of_test_id(id: &str) -> Option<Self> {
        match id {
            "pm_card_visa" | "pm_card_mastercard" | "pm_card_us" => Some(Self::Works),
            "pm_card_visa_chargeDeclined" | "pm_card_chargeDeclined" => Some(Self::Declined),
            "pm_card_chargeCustomerFail" => Some(Self::FailsAtRenewal),
            "pm_card_authenticationRequired" => Some(Self::LeavesIncomplete),
            _ => None,
        }
    }

    pub(crate) fn last4(self) -> &'static str {
        &self.number()[12..]
    }

    /// Whether a payment succeeds.
    pub(crate) fn pays(self, presence: Presence) -> bool {
        match self {
            Self::Works => true,
            Self::Declined | Self::LeavesIncomplete => false,
            Self::FailsAtRenewal => presence == Presence::Present,
        }
    }
}

/// Whether the customer is there while a payment is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Present,
    Absent,
}

/// A card that was given once and can be charged again.
#[derive(Debug, Clone)]
pub(crate) struct Method {
    pub id: String,
    pub created: i64,
    pub card: Card,
    pub customer: Option<String>,
    pub metadata: Metadata,
}

impl Row for Method {
    const OBJECT: &'static str = "payment_method";
    const NAME: &'static str = "PaymentMethod";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, _: &World) -> Value {
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "allow_redisplay": "unspecified",
            "billing_details": {
                "address": {
                    "city": null,
                    "country": null,
                    "line1": null,
                    "line2": null,
                    "postal_code": null,
                    "state": null,
                },
                "email": null,
                "name": null,
                "phone": null,
                "tax_id": null,
            },
            "card": {
                "brand": "visa",
                "checks": {
                    "address_line1_check": null,
                    "address_postal_code_check": null,
                    "cvc_check": "pass",
                },
                "country": "US",
                "display_brand": "visa",
                "exp_month": 12,
                "exp_year": 2040,
                "fingerprint": format!("card{}", self.card.last4()),
                "funding": "credit",
                "generated_from": null,
                "last4": self.card.last4(),
                "networks": { "available": ["visa"], "preferred": null },
                "regulated_status": "unregulated",
                "three_d_secure_usage": { "supported": true },
                "wallet": null,
            },
            "created": self.created,
            "customer": self.customer,
            "customer_account": null,
            "livemode": false,
            "metadata": self.metadata,
            "type": "card",
        })
    }
}

/// The attempt to collect an invoice, over all its tries.
#[derive(Debug, Clone)]
pub(crate) struct Intent {
    pub id: String,
    pub created: i64,
    pub customer: String,
    pub invoice: String,
    pub amount: i64,
    pub currency: String,
    pub method: Option<String>,
    pub state: IntentState,
    pub has_failed: bool,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IntentState {
    RequiresPaymentMethod,
    Succeeded { at: i64 },
    Canceled { at: i64 },
}

impl IntentState {
    fn name(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::Succeeded { .. } => "succeeded",
            Self::Canceled { .. } => "canceled",
        }
    }
}

impl Row for Intent {
    const OBJECT: &'static str = "payment_intent";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, world: &World) -> Value {
        let is_paid = matches!(self.state, IntentState::Succeeded { .. });
        let error = (self.has_failed && !is_paid).then(|| {
            json!({
                "code": "card_declined",
                "decline_code": "generic_decline",
                "doc_url": "https://stripe.com/docs/error-codes/card-declined",
                "message": "Your card was declined.",
                "payment_method": self.method.as_ref().and_then(|id| world.methods.render(id, world)),
                "type": "card_error",
            })
        });
        let canceled_at = match self.state {
            IntentState::Canceled { at } => Some(at),
            _ => None,
        };
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "amount": self.amount,
            "amount_capturable": 0,
            "amount_details": { "tip": {} },
            "amount_received": if is_paid { self.amount } else { 0 },
            "application": null,
            "application_fee_amount": null,
            "automatic_payment_methods": null,
            "canceled_at": canceled_at,
            "cancellation_reason": canceled_at.map(|_| "void_invoice"),
            "capture_method": "automatic",
            "client_secret": format!("{}_secret_fake", self.id),
            "confirmation_method": "automatic",
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "customer_account": null,
            "description": null,
            "last_payment_error": error,
            "latest_charge": null,
            "livemode": false,
            "metadata": {},
            "next_action": null,
            "on_behalf_of": null,
            "payment_method": self.method.as_ref().filter(|_| is_paid),
            "payment_method_configuration_details": null,
            "payment_method_options": {},
            "payment_method_types": ["card"],
            "processing": null,
            "receipt_email": null,
            "review": null,
            "setup_future_usage": "off_session",
            "shipping": null,
            "source": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": null,
            "status": self.state.name(),
            "transfer_data": null,
            "transfer_group": null,
        })
    }
}

impl Intent {
    /// The id of the payment that ties this intent to its invoice.
    pub(crate) fn invoice_payment_id(&self) -> String {
        self.id.replacen("pi_", "inpay_", 1)
    }

    /// That payment, as the API shows it.
    pub(crate) fn invoice_payment(&self) -> Value {
        let (status, paid_at, canceled_at) = match self.state {
            IntentState::RequiresPaymentMethod => ("open", None, None),
            IntentState::Succeeded { at } => ("paid", Some(at), None),
            IntentState::Canceled { at } => ("canceled", None, Some(at)),
        };
        json!({
            "id": self.invoice_payment_id(),
            "object": "invoice_payment",
            "amount_paid": paid_at.map(|_| self.amount),
            "amount_requested": self.amount,
            "created": self.created,
            "currency": self.currency,
            "invoice": self.invoice,
            "is_default": true,
            "livemode": false,
            "payment": { "payment_intent": self.id, "type": "payment_intent" },
            "status": status,
            "status_transitions": { "canceled_at": canceled_at, "paid_at": paid_at },
        })
    }
}

/// The payment of an invoice that has this id.
pub(crate) fn render_invoice_payment(id: &str, world: &World) -> Option<Value> {
    let intent = world.intents.find(&id.replacen("inpay_", "pi_", 1))?;
    Some(intent.invoice_payment())
}
