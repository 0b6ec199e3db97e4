//! A workspace's plan, its seats, and what they cost. Amounts are in the smallest unit of their currency.

use serde::{Deserialize, Serialize};

use super::team::Seats;
use crate::UnixMs;

/// `GET /api/billing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BillingReply {
    /// Whether this instance sells plans. Where it does not, only `seats` says something.
    pub configured: bool,
    /// What grants the seats at this moment.
    pub plan: Option<PlanName>,
    /// Where the subscription stands, in Stripe's words; null: there never was one.
    pub status: Option<String>,
    /// What was bought; null when nothing goes on.
    pub quantity: Option<i64>,
    /// Seats used, to be had, and pending.
    pub seats: Seats,
    /// When what was paid for ends, and is paid again unless it was cancelled.
    pub period_end: Option<UnixMs>,
    /// When the plan ends because it was cancelled.
    pub cancels_at: Option<UnixMs>,
    /// Until when seats are had though a payment is late.
    pub grace_until: Option<UnixMs>,
    /// What can be bought.
    pub prices: Vec<Price>,
    /// What is not as it should be, the most urgent first.
    pub problems: Vec<Problem>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlanName {
    /// What people call it.
    pub name: String,
    /// Its price at Stripe; null: it costs nothing.
    pub price_id: Option<String>,
}

/// What can be bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Price {
    /// Stripe's id.
    pub price_id: String,
    /// The plan's name.
    pub plan: String,
    /// Whether the amount is for one seat.
    pub per_seat: bool,
    /// The seats of a flat plan; the fewest that are sold of one per seat.
    pub seats: i64,
    /// What it costs each interval; null while Stripe does not say.
    pub amount: Option<i64>,
    /// Three letters, lower case; null while Stripe does not say.
    pub currency: Option<String>,
    /// `day`, `week`, `month` or `year`; null while Stripe does not say.
    pub interval: Option<String>,
    /// How many of them; null while Stripe does not say.
    pub interval_count: Option<i64>,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Which, for programs.
    pub code: String,
    /// What it is and what to do about it, for people.
    pub message: String,
}

/// `POST /api/billing/checkout` and `/portal`: where to send the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UrlReply {
    /// A page of Stripe's, for the person who asked.
    pub url: String,
}

/// `POST /api/billing/seats` with `preview`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PreviewReply {
    /// How many seats there would be.
    pub seats: i64,
    /// Paid at once; negative: set off against the next invoice.
    pub due_now: i64,
    /// Paid each period from the next on; null where Stripe has no single price for a seat.
    pub then: Option<i64>,
    /// Three letters, lower case.
    pub currency: String,
    /// When the next period begins.
    pub period_end: Option<UnixMs>,
    /// The moment that this reckons with; sent back with the change, what is charged is what was shown.
    pub proration_date: UnixMs,
}
