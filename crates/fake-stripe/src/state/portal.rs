//! The Customer Portal: what it allows, and visits to it.

use serde_json::{Value, json};

use super::{Metadata, Row, World};

/// What customers may do in the portal.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of Stripe's own")]
pub(crate) struct Configuration {
    pub id: String,
    pub created: i64,
    pub updated: i64,
    pub name: Option<String>,
    pub is_default: bool,
    pub is_active: bool,
    pub headline: Option<String>,
    pub return_url: Option<String>,
    pub can_cancel: bool,
    /// Cancels at once rather than at the end of the period.
    pub cancels_now: bool,
    pub can_change_quantity: bool,
    pub can_change_price: bool,
    pub proration: String,
    pub can_change_card: bool,
    pub shows_invoices: bool,
    pub metadata: Metadata,
}

impl Row for Configuration {
    const OBJECT: &'static str = "billing_portal.configuration";
    const NAME: &'static str = "configuration";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, _: &World) -> Value {
        let switches = [(self.can_change_price, "price"), (self.can_change_quantity, "quantity")];
        let allowed: Vec<&str> =
            switches.into_iter().filter_map(|(is_on, name)| is_on.then_some(name)).collect();
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "active": self.is_active,
            "application": null,
            "business_profile": {
                "headline": self.headline,
                "privacy_policy_url": null,
                "terms_of_service_url": null,
            },
            "created": self.created,
            "default_return_url": self.return_url,
            "features": {
                "customer_update": { "allowed_updates": [], "enabled": false },
                "invoice_history": { "enabled": self.shows_invoices },
                "payment_method_update": {
                    "enabled": self.can_change_card, "payment_method_configuration": null,
                },
                "subscription_cancel": {
                    "cancellation_reason": { "enabled": false, "options": [] },
                    "enabled": self.can_cancel,
                    "mode": if self.cancels_now { "immediately" } else { "at_period_end" },
                    "proration_behavior": "none",
                },
                "subscription_update": {
                    "default_allowed_updates": allowed,
                    "enabled": !allowed.is_empty(),
                    "proration_behavior": self.proration,
                    "products": null,
                    "schedule_at_period_end": { "conditions": [] },
                    "trial_update_behavior": "end_trial",
                },
            },
            "is_default": self.is_default,
            "livemode": false,
            "login_page": { "enabled": false, "url": null },
            "metadata": self.metadata,
            "name": self.name,
            "updated": self.updated,
        })
    }
}

/// A visit of one customer.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub id: String,
    pub created: i64,
    pub customer: String,
    pub configuration: String,
    pub return_url: Option<String>,
    pub locale: Option<String>,
}

impl Row for Visit {
    const OBJECT: &'static str = "billing_portal.session";
    const NAME: &'static str = "portal session";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, world: &World) -> Value {
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "configuration": self.configuration,
            "created": self.created,
            "customer": self.customer,
            "customer_account": null,
            "flow": null,
            "livemode": false,
            "locale": self.locale,
            "on_behalf_of": null,
            "return_url": self.return_url,
            "url": format!("{}/portal/{}", world.base_url, self.id),
        })
    }
}
