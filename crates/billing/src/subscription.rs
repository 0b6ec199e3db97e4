//! What a workspace has bought, as Stripe said when it was last asked.

use db::{Db, Tx, on_db};
use model::{UnixMs, ids::OrganizationId};

use crate::{Error, Result, plan::Plans, stripe};

/// How long a late payment is forgiven: 14 days from when its invoice was made.
pub const GRACE_MS: i64 = 14 * 24 * 60 * 60 * 1_000;

/// Where a subscription stands; the words are Stripe's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not charged yet.
    Trialing,
    /// Paid.
    Active,
    /// The last invoice is not paid, and Stripe goes on trying.
    PastDue,
    /// The first payment has not come yet.
    Incomplete,
    /// The first payment never came.
    IncompleteExpired,
    /// Stripe has given up trying.
    Unpaid,
    /// Over.
    Canceled,
    /// Stopped for now.
    Paused,
}

impl Status {
    const ALL: [Self; 8] = [
        Self::Trialing,
        Self::Active,
        Self::PastDue,
        Self::Incomplete,
        Self::IncompleteExpired,
        Self::Unpaid,
        Self::Canceled,
        Self::Paused,
    ];

    /// Stripe's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Incomplete => "incomplete",
            Self::IncompleteExpired => "incomplete_expired",
            Self::Unpaid => "unpaid",
            Self::Canceled => "canceled",
            Self::Paused => "paused",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether there is something that goes on, so that no other may be bought beside it.
    #[must_use]
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Canceled | Self::IncompleteExpired)
    }

    /// Of several subscriptions the one that counts: what grants most first.
    const fn rank(self) -> u8 {
        match self {
            Self::Active => 7,
            Self::Trialing => 6,
            Self::PastDue => 5,
            Self::Paused => 4,
            Self::Unpaid => 3,
            Self::Incomplete => 2,
            Self::Canceled => 1,
            Self::IncompleteExpired => 0,
        }
    }
}

/// A workspace's subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Stripe's id, `sub_…`.
    pub id: String,
    /// Of the one thing in it, `si_…`.
    pub item: String,
    /// Where it stands.
    pub status: Status,
    /// What was bought.
    pub price: String,
    /// How many of it.
    pub quantity: i64,
    /// Three letters, lower case.
    pub currency: String,
    /// For one of it, in the smallest unit of the currency.
    pub unit_amount: Option<i64>,
    /// When what was paid for began.
    pub period_start: Option<UnixMs>,
    /// When what was paid for ends, and is paid again unless it was cancelled.
    pub period_end: Option<UnixMs>,
    /// When it ends because it was cancelled.
    pub cancels_at: Option<UnixMs>,
    /// Since when a payment is late.
    pub past_due_since: Option<UnixMs>,
    /// Stripe's page of the newest invoice, where that waits for a payment.
    pub invoice_url: Option<String>,
    /// Whether a change waits for its payment.
    pub is_update_pending: bool,
    /// Further live ones of the same customer, made outside of Tiny. There should be none.
    pub others: i64,
    /// When Stripe said so.
    pub synced_at: UnixMs,
}

/// Seats that a plan grants, and when it ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Grant {
    pub seats: Option<i64>,
    pub until: Option<UnixMs>,
}

impl Subscription {
    /// Whether its seats are had because they are paid for.
    #[must_use]
    pub const fn is_granting(&self) -> bool {
        matches!(self.status, Status::Active | Status::Trialing)
    }

    /// Until when seats are had though the payment is late.
    #[must_use]
    pub fn grace_until(&self) -> Option<UnixMs> {
        let is_late = self.status == Status::PastDue;
        self.past_due_since.filter(|_| is_late).map(|since| since.plus_ms(GRACE_MS))
    }

    /// What it grants. A price that the configuration does not name grants what was bought, since somebody pays.
    pub(crate) fn grant(&self, plans: &Plans) -> Grant {
        let seats =
            plans.of_price(&self.price).map_or(self.quantity, |plan| plan.grants(self.quantity));
        match self.status {
            Status::Trialing | Status::Active => Grant { seats: Some(seats), until: None },
            Status::PastDue => Grant { seats: Some(seats), until: self.grace_until() },
            _ => Grant::default(),
        }
    }

    /// The same, late since it was first seen to be: a newer invoice does not begin another grace.
    pub(crate) fn late_as(self, before: Option<&Self>) -> Self {
        let earlier = before.filter(|before| before.id == self.id).and_then(|it| it.past_due_since);
        let past_due_since =
            self.past_due_since.map(|since| earlier.map_or(since, |it| it.min(since)));
        Self { past_due_since, ..self }
    }

    /// Of all that a customer has or had, the one that counts for `organization`; `None`: there is none. What the same
    /// customer buys besides, at a price that is no plan and not through Tiny, is no plan either.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read: it may be live, so that what is known stays.
    pub(crate) fn chosen(
        all: &[stripe::Subscription],
        organization: OrganizationId,
        plans: &Plans,
        now: UnixMs,
    ) -> Result<Option<Self>> {
        let organization = organization.to_string();
        let ours = |one: &&stripe::Subscription| {
            let bought_for = one.metadata.as_ref().and_then(|data| data.organization.as_ref());
            sold_item(one, plans).is_some() || bought_for == Some(&organization)
        };
        let mut known = Vec::new();
        for one in all.iter().filter(ours) {
            let status = Status::parse(&one.status);
            let item = sold_item(one, plans).or(one.items.data.first());
            let (status, item) = status.zip(item).ok_or_else(|| unreadable(one))?;
            known.push((status, one, item));
        }
        let is_sold = |item: &stripe::Item| plans.of_price(&item.price.id).is_some();
        known.sort_by_key(|(status, one, item)| {
            (status.is_live(), is_sold(item), status.rank(), one.created)
        });
        let Some((status, one, item)) = known.pop() else { return Ok(None) };
        let others = known.iter().filter(|(status, ..)| status.is_live()).count();
        let invoice = one.latest_invoice.as_ref();
        let is_open = |invoice: &&stripe::Invoice| invoice.status.as_deref() == Some("open");
        Ok(Some(Self {
            id: one.id.clone(),
            item: item.id.clone(),
            status,
            price: item.price.id.clone(),
            quantity: item.quantity.unwrap_or(1),
            currency: item.price.currency.clone(),
            unit_amount: item.price.unit_amount,
            period_start: item.current_period_start.map(from_seconds),
            period_end: item.current_period_end.map(from_seconds),
            cancels_at: one
                .cancel_at
                .or(item.current_period_end.filter(|_| one.cancel_at_period_end))
                .map(from_seconds),
            past_due_since: (status == Status::PastDue)
                .then(|| invoice.map_or(now, |invoice| from_seconds(invoice.created))),
            invoice_url: invoice
                .filter(is_open)
                .and_then(|invoice| invoice.hosted_invoice_url.clone()),
            is_update_pending: one.pending_update.is_some(),
            others: i64::try_from(others).unwrap_or(i64::MAX),
            synced_at: now,
        }))
    }
}

/// What of a subscription is a plan that is sold here.
fn sold_item<'a>(one: &'a stripe::Subscription, plans: &Plans) -> Option<&'a stripe::Item> {
    one.items.data.iter().find(|item| plans.of_price(&item.price.id).is_some())
}

fn unreadable(one: &stripe::Subscription) -> Error {
    Error::Refused(format!(
        "the subscription {} has the status {:?} and {} items, which this version does not know",
        one.id,
        one.status,
        one.items.data.len()
    ))
}

/// Stripe counts in seconds.
pub(crate) const fn from_seconds(seconds: i64) -> UnixMs {
    UnixMs(seconds.saturating_mul(1_000))
}

/// Stripe counts in seconds.
pub(crate) const fn seconds(at: UnixMs) -> i64 {
    at.0.div_euclid(1_000)
}

#[derive(sqlx::FromRow)]
struct Row {
    subscription_id: String,
    item_id: String,
    status: String,
    price_id: String,
    quantity: i64,
    currency: String,
    unit_amount: Option<i64>,
    period_start: Option<i64>,
    period_end: Option<i64>,
    cancels_at: Option<i64>,
    past_due_since: Option<i64>,
    invoice_url: Option<String>,
    is_update_pending: bool,
    others: i64,
    synced_at: i64,
}

impl From<Row> for Subscription {
    fn from(row: Row) -> Self {
        Self {
            id: row.subscription_id,
            item: row.item_id,
            // The column's CHECK leaves no other word.
            status: Status::parse(&row.status).unwrap_or(Status::Canceled),
            price: row.price_id,
            quantity: row.quantity,
            currency: row.currency,
            unit_amount: row.unit_amount,
            period_start: row.period_start.map(UnixMs),
            period_end: row.period_end.map(UnixMs),
            cancels_at: row.cancels_at.map(UnixMs),
            past_due_since: row.past_due_since.map(UnixMs),
            invoice_url: row.invoice_url,
            is_update_pending: row.is_update_pending,
            others: row.others,
            synced_at: UnixMs(row.synced_at),
        }
    }
}

const FIND: &str = "SELECT subscription_id, item_id, status, price_id, quantity, currency, unit_amount,
        period_start, period_end, cancels_at, past_due_since, invoice_url, is_update_pending, others, synced_at
    FROM subscriptions WHERE organization_id = $1";

const UPSERT: &str = "INSERT INTO subscriptions
    (organization_id, subscription_id, item_id, status, price_id, quantity, currency, unit_amount,
        period_start, period_end, cancels_at, past_due_since, invoice_url, is_update_pending, others, synced_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    ON CONFLICT (organization_id) DO UPDATE SET subscription_id = excluded.subscription_id,
        item_id = excluded.item_id, status = excluded.status, price_id = excluded.price_id,
        quantity = excluded.quantity, currency = excluded.currency, unit_amount = excluded.unit_amount,
        period_start = excluded.period_start, period_end = excluded.period_end, cancels_at = excluded.cancels_at,
        past_due_since = excluded.past_due_since, invoice_url = excluded.invoice_url,
        is_update_pending = excluded.is_update_pending, others = excluded.others, synced_at = excluded.synced_at";

const DELETE: &str = "DELETE FROM subscriptions WHERE organization_id = $1";

/// What the workspace has, as it was last heard.
pub(crate) async fn find(db: &Db, organization: OrganizationId) -> Result<Option<Subscription>> {
    let row = on_db!(db.read(), c => sqlx::query_as::<_, Row>(FIND)
        .bind(organization.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(Subscription::from))
}

/// The same within a transaction.
pub(crate) async fn find_in(
    tx: &mut Tx,
    organization: OrganizationId,
) -> Result<Option<Subscription>> {
    let row = on_db!(tx.conn()?, c => sqlx::query_as::<_, Row>(FIND)
        .bind(organization.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(Subscription::from))
}

/// Keeps what Stripe said; none: the customer never had one.
pub(crate) async fn store(
    tx: &mut Tx,
    organization: OrganizationId,
    subscription: Option<&Subscription>,
) -> Result<()> {
    let Some(it) = subscription else {
        on_db!(tx.conn()?, c => sqlx::query(DELETE)
            .bind(organization.uuid())
            .execute(c)
            .await
            .map(|_| ()))?;
        return Ok(());
    };
    let touched = on_db!(tx.conn()?, c => sqlx::query(UPSERT)
        .bind(organization.uuid())
        .bind(it.id.as_str())
        .bind(it.item.as_str())
        .bind(it.status.as_str())
        .bind(it.price.as_str())
        .bind(it.quantity)
        .bind(it.currency.as_str())
        .bind(it.unit_amount)
        .bind(it.period_start.map(|at| at.0))
        .bind(it.period_end.map(|at| at.0))
        .bind(it.cancels_at.map(|at| at.0))
        .bind(it.past_due_since.map(|at| at.0))
        .bind(it.invoice_url.as_deref())
        .bind(it.is_update_pending)
        .bind(it.others)
        .bind(it.synced_at.0)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(db::expect_one(touched)?)
}
