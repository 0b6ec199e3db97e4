//! Customers.

use serde_json::{Value, json};

use super::{Metadata, Row, World};

/// Who pays.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub id: String,
    pub created: i64,
    pub email: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub phone: Option<String>,
    pub metadata: Metadata,
    /// Negative: credit that lowers the next invoice.
    pub balance: i64,
    pub currency: Option<String>,
    pub default_method: Option<String>,
    pub invoice_prefix: String,
    pub next_invoice: i64,
    pub test_clock: Option<String>,
    pub is_deleted: bool,
}

impl Row for Customer {
    const OBJECT: &'static str = "customer";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, world: &World) -> Value {
        if self.is_deleted {
            return deleted(Self::OBJECT, &self.id);
        }
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "address": null,
            "balance": self.balance,
            "created": self.created,
            "currency": self.currency,
            "customer_account": null,
            "default_source": null,
            "delinquent": world.owes(&self.id),
            "description": self.description,
            "discount": null,
            "email": self.email,
            "invoice_prefix": self.invoice_prefix,
            "invoice_settings": {
                "custom_fields": null,
                "default_payment_method": self.default_method,
                "footer": null,
                "rendering_options": null,
            },
            "livemode": false,
            "metadata": self.metadata,
            "name": self.name,
            "next_invoice_sequence": self.next_invoice,
            "phone": self.phone,
            "preferred_locales": [],
            "shipping": null,
            "tax_exempt": "none",
            "test_clock": self.test_clock,
        })
    }
}

/// What is left of a thing that was deleted.
pub(crate) fn deleted(object: &str, id: &str) -> Value {
    json!({ "id": id, "object": object, "deleted": true })
}

impl World {
    /// Whether a payment of this customer has failed and is still owed.
    fn owes(&self, customer: &str) -> bool {
        self.invoices
            .iter()
            .any(|invoice| invoice.customer == customer && invoice.is_open() && invoice.attempted)
    }
}
