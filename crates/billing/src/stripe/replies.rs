//! What Stripe answers, as far as it is read. Unknown fields are ignored, and what may be absent is an option.
//!
//! Times are seconds, amounts are in the smallest unit of their currency, as Stripe has them.

use miniserde::Deserialize;

/// A page of a list.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct List<T> {
    pub data: Vec<T>,
    pub has_more: bool,
}

/// A customer, or what is left of one.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Customer {
    pub deleted: Option<bool>,
}

/// Anything of which only the id matters.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Named {
    pub id: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Subscription {
    pub id: String,
    pub status: String,
    pub created: i64,
    pub cancel_at_period_end: bool,
    pub cancel_at: Option<i64>,
    /// Asked for with `expand`.
    pub latest_invoice: Option<Invoice>,
    /// A change that waits for its payment.
    pub pending_update: Option<PendingUpdate>,
    pub metadata: Option<Metadata>,
    pub items: List<Item>,
}

/// What was given with the purchase.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Metadata {
    pub organization: Option<String>,
}

/// Only whether there is one matters.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PendingUpdate {}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Item {
    pub id: String,
    pub quantity: Option<i64>,
    pub price: Price,
    pub current_period_start: Option<i64>,
    pub current_period_end: Option<i64>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Price {
    pub id: String,
    pub currency: String,
    pub unit_amount: Option<i64>,
    pub recurring: Option<Recurring>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Recurring {
    pub interval: String,
    pub interval_count: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct CheckoutSession {
    pub id: String,
    pub url: Option<String>,
    pub status: Option<String>,
    pub expires_at: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PortalSession {
    pub url: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Invoice {
    pub number: Option<String>,
    pub status: Option<String>,
    pub currency: String,
    pub total: i64,
    pub amount_due: i64,
    pub created: i64,
    pub hosted_invoice_url: Option<String>,
    /// Of a preview only the first page is read. It has the newest lines, and a change of the seats makes two.
    pub lines: Option<List<Line>>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Line {
    pub amount: i64,
    pub period: Option<Period>,
    pub parent: Option<Parent>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Period {
    pub start: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Parent {
    pub subscription_item_details: Option<ItemDetails>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ItemDetails {
    pub proration: bool,
}

impl Invoice {
    /// What the prorations of a change at this moment come to: negative when more is given back than taken. Those of
    /// earlier changes wait for the same invoice.
    pub(crate) fn prorated(&self, at: i64) -> i64 {
        let is_proration = |line: &&Line| {
            let details = line.parent.as_ref().and_then(|it| it.subscription_item_details.as_ref());
            details.is_some_and(|details| details.proration)
                && line.period.as_ref().is_some_and(|period| period.start == at)
        };
        let lines = self.lines.as_ref().map(|lines| lines.data.as_slice()).unwrap_or_default();
        lines.iter().filter(is_proration).map(|line| line.amount).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_is_the_sum_of_the_prorations_of_this_change() {
        let text = r#"{"currency": "eur", "total": 3000, "amount_due": 3000, "created": 1, "lines": {"has_more": false,
            "data": [
                {"amount": -2700, "period": {"start": 7}, "parent": {"subscription_item_details": {"proration": true}}},
                {"amount": 1200, "period": {"start": 7}, "parent": {"subscription_item_details": {"proration": true}}},
                {"amount": -900, "period": {"start": 6}, "parent": {"subscription_item_details": {"proration": true}}},
                {"amount": 4500, "period": {"start": 7}, "parent": {"subscription_item_details": {"proration": false}}},
                {"amount": 1}]}}"#;
        let invoice: Invoice = miniserde::json::from_str(text).unwrap();
        assert_eq!(invoice.prorated(7), -1500);
    }

    #[test]
    fn fields_that_are_new_or_gone_do_not_matter() {
        let text = r#"{"id": "sub_1", "status": "active", "created": 1, "cancel_at_period_end": false,
            "brand_new": {"deep": [1]}, "items": {"data": [{"id": "si_1", "quantity": 5, "price":
            {"id": "price_1", "currency": "eur", "unit_amount": 900}}], "has_more": false}}"#;
        let subscription: Subscription = miniserde::json::from_str(text).unwrap();
        assert_eq!(subscription.items.data[0].quantity, Some(5));
        assert!(subscription.latest_invoice.is_none());
    }
}
