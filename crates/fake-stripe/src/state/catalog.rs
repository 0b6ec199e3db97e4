//! Products and prices.

use serde_json::{Value, json};

use super::{Metadata, Row, World};
use crate::calendar::Interval;

/// Something to buy.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    pub id: String,
    pub created: i64,
    pub updated: i64,
    pub name: String,
    pub description: Option<String>,
    pub is_active: bool,
    pub default_price: Option<String>,
    pub unit_label: Option<String>,
    pub metadata: Metadata,
}

impl Row for Product {
    const OBJECT: &'static str = "product";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, _: &World) -> Value {
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "active": self.is_active,
            "attributes": [],
            "created": self.created,
            "default_price": self.default_price,
            "description": self.description,
            "images": [],
            "livemode": false,
            "marketing_features": [],
            "metadata": self.metadata,
            "name": self.name,
            "package_dimensions": null,
            "shippable": null,
            "statement_descriptor": null,
            "tax_code": null,
            "type": "service",
            "unit_label": self.unit_label,
            "updated": self.updated,
            "url": null,
        })
    }
}

/// What it costs, per unit and per interval.
#[derive(Debug, Clone)]
pub(crate) struct Price {
    pub id: String,
    pub created: i64,
    pub product: String,
    pub currency: String,
    pub unit_amount: i64,
    /// None for what is paid once.
    pub interval: Option<Interval>,
    pub trial_days: Option<i64>,
    pub nickname: Option<String>,
    pub lookup_key: Option<String>,
    pub is_active: bool,
    pub metadata: Metadata,
}

impl Row for Price {
    const OBJECT: &'static str = "price";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, _: &World) -> Value {
        let recurring = self.interval.map(|interval| {
            json!({
                "interval": interval.unit,
                "interval_count": interval.count,
                "meter": null,
                "trial_period_days": self.trial_days,
                "usage_type": "licensed",
            })
        });
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "active": self.is_active,
            "billing_scheme": "per_unit",
            "created": self.created,
            "currency": self.currency,
            "custom_unit_amount": null,
            "livemode": false,
            "lookup_key": self.lookup_key,
            "metadata": self.metadata,
            "nickname": self.nickname,
            "product": self.product,
            "recurring": recurring,
            "tax_behavior": "unspecified",
            "tiers_mode": null,
            "transform_quantity": null,
            "type": if self.interval.is_some() { "recurring" } else { "one_time" },
            "unit_amount": self.unit_amount,
            "unit_amount_decimal": self.unit_amount.to_string(),
        })
    }
}

impl Price {
    /// The same as the plan it was called before there were prices; items of subscriptions still have one.
    pub(crate) fn plan(&self) -> Option<Value> {
        let interval = self.interval?;
        Some(json!({
            "id": self.id,
            "object": "plan",
            "active": self.is_active,
            "amount": self.unit_amount,
            "amount_decimal": self.unit_amount.to_string(),
            "billing_scheme": "per_unit",
            "created": self.created,
            "currency": self.currency,
            "interval": interval.unit,
            "interval_count": interval.count,
            "livemode": false,
            "metadata": self.metadata,
            "meter": null,
            "nickname": self.nickname,
            "product": self.product,
            "tiers_mode": null,
            "transform_usage": null,
            "trial_period_days": self.trial_days,
            "usage_type": "licensed",
        }))
    }

    /// `$9.00 / month`
    pub(crate) fn label(&self) -> String {
        let amount = money(self.unit_amount, &self.currency);
        match self.interval {
            None => amount,
            Some(Interval { unit, count: 1 }) => format!("{amount} / {}", unit.name()),
            Some(Interval { unit, count }) => format!("{amount} every {count} {}s", unit.name()),
        }
    }
}

/// An amount as people read it: `$9.00`, `-€1.50`, `12.00 CHF`, `500 JPY`.
pub(crate) fn money(amount: i64, currency: &str) -> String {
    let minus = if amount < 0 { "-" } else { "" };
    let units = amount.unsigned_abs();
    let number = match currency {
        "jpy" | "krw" | "clp" | "vnd" => units.to_string(),
        _ => format!("{}.{:02}", units / 100, units % 100),
    };
    match currency {
        "usd" => format!("{minus}${number}"),
        "eur" => format!("{minus}€{number}"),
        "gbp" => format!("{minus}£{number}"),
        other => format!("{minus}{number} {}", other.to_uppercase()),
    }
}
