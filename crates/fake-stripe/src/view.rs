//! What tests and the control API are told: small, typed, and the truth.

use serde::Serialize;
use serde_json::Value;

use crate::state::subscription::Status;
use crate::state::{Metadata, World, customer, hooks, invoice, subscription};

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Customer {
    /// `cus_…`
    pub id: String,
    /// Where receipts go.
    pub email: Option<String>,
    /// As the client named it.
    pub name: Option<String>,
    /// What the client keeps here.
    pub metadata: Metadata,
    /// Negative: credit, in the smallest unit of the currency.
    pub balance: i64,
    /// The payment method that is charged unless a subscription has its own.
    pub default_payment_method: Option<String>,
    /// Gone, but still known.
    pub is_deleted: bool,
}

/// A subscription. Price and quantity are those of its first item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subscription {
    /// `sub_…`
    pub id: String,
    /// Whose it is.
    pub customer: String,
    /// Where it stands.
    pub status: Status,
    /// `si_…`
    pub item: String,
    /// What is bought.
    pub price: String,
    /// How many of it.
    pub quantity: i64,
    /// Unix seconds.
    pub current_period_start: i64,
    /// Unix seconds.
    pub current_period_end: i64,
    /// Whether it ends with the period.
    pub cancel_at_period_end: bool,
    /// When it will end, if that is known; Unix seconds.
    pub cancel_at: Option<i64>,
    /// When it was decided that it ends; Unix seconds.
    pub canceled_at: Option<i64>,
    /// When it ended; Unix seconds.
    pub ended_at: Option<i64>,
    /// Unix seconds.
    pub trial_end: Option<i64>,
    /// `in_…`
    pub latest_invoice: Option<String>,
    /// What the client keeps here.
    pub metadata: Metadata,
}

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Invoice {
    /// `in_…`
    pub id: String,
    /// Who is billed.
    pub customer: String,
    /// For what.
    pub subscription: String,
    /// `draft`, `open`, `paid` or `void`.
    pub status: String,
    /// As people see it, once finalized.
    pub number: Option<String>,
    /// Of all lines.
    pub total: i64,
    /// After the customer's balance.
    pub amount_due: i64,
    /// So far.
    pub amount_paid: i64,
    /// How often it was charged.
    pub attempt_count: i64,
    /// When it will be charged next; Unix seconds.
    pub next_payment_attempt: Option<i64>,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// `evt_…`
    pub id: String,
    /// Such as `invoice.paid`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Unix seconds.
    pub created: i64,
    /// The object as it was then.
    pub object: Value,
    /// What its changed fields were before.
    pub previous_attributes: Option<Value>,
    /// The key of the call that caused it.
    pub idempotency_key: Option<String>,
}

/// A call of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// `req_…`
    pub id: String,
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// Such as `/v1/customers`.
    pub path: String,
    /// The form as it was sent, in the order it was sent.
    pub params: Vec<(String, String)>,
    /// As sent.
    pub idempotency_key: Option<String>,
    /// The version that the client asked for.
    pub stripe_version: Option<String>,
    /// What was answered, or would have been but for a fault.
    pub status: u16,
    /// Whether the answer was one kept under the key.
    pub is_replayed: bool,
    /// What was made to go wrong.
    pub fault: Option<crate::Fault>,
}

impl From<&customer::Customer> for Customer {
    fn from(row: &customer::Customer) -> Self {
        Self {
            id: row.id.clone(),
            email: row.email.clone(),
            name: row.name.clone(),
            metadata: row.metadata.clone(),
            balance: row.balance,
            default_payment_method: row.default_method.clone(),
            is_deleted: row.is_deleted,
        }
    }
}

impl From<&subscription::Subscription> for Subscription {
    fn from(row: &subscription::Subscription) -> Self {
        let item = &row.items[0];
        Self {
            id: row.id.clone(),
            customer: row.customer.clone(),
            status: row.status,
            item: item.id.clone(),
            price: item.price.clone(),
            quantity: item.quantity,
            current_period_start: row.period_start,
            current_period_end: row.period_end,
            cancel_at_period_end: row.cancel_at_period_end,
            cancel_at: row.ends_at(),
            canceled_at: row.canceled_at,
            ended_at: row.ended_at,
            trial_end: row.trial_end,
            latest_invoice: row.latest_invoice.clone(),
            metadata: row.metadata.clone(),
        }
    }
}

impl From<&invoice::Invoice> for Invoice {
    fn from(row: &invoice::Invoice) -> Self {
        Self {
            id: row.id.clone(),
            customer: row.customer.clone(),
            subscription: row.subscription.clone(),
            status: row.state.name().to_owned(),
            number: row.number.clone(),
            total: row.total(),
            amount_due: row.amount_due(),
            amount_paid: row.amount_paid,
            attempt_count: row.attempt_count,
            next_payment_attempt: row.next_attempt.or(row.finalizes_at),
        }
    }
}

impl From<&hooks::Event> for Event {
    fn from(row: &hooks::Event) -> Self {
        let request = row.request.as_ref();
        Self {
            id: row.id.clone(),
            kind: row.kind.to_owned(),
            created: row.created,
            object: Value::clone(&row.object),
            previous_attributes: row.previous.clone(),
            idempotency_key: request.and_then(|request| request.idempotency_key.clone()),
        }
    }
}

/// The customers, oldest first.
pub(crate) fn customers(world: &World) -> Vec<Customer> {
    world.customers.iter().map(Customer::from).collect()
}

/// The subscriptions of a customer, oldest first.
pub(crate) fn subscriptions(world: &World, customer: &str) -> Vec<Subscription> {
    let own = world.subscriptions.iter().filter(|row| row.customer == customer);
    own.map(Subscription::from).collect()
}

/// The invoices of a customer, oldest first.
pub(crate) fn invoices(world: &World, customer: &str) -> Vec<Invoice> {
    let own = world.invoices.iter().filter(|row| row.customer == customer);
    own.map(Invoice::from).collect()
}
