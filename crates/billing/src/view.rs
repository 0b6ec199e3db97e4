//! What a workspace's billing looks like at this moment.

use std::time::Duration;

use model::{UnixMs, ids::OrganizationId};
use tokio::time::timeout;

use crate::{
    Billing, Error, Result, Status, Subscription, account,
    stripe::{Fault, Invoice},
    subscription::{self, from_seconds},
};

/// A page does not wait longer for what Stripe could add to it.
const PATIENCE: Duration = Duration::from_secs(3);
/// Newest invoices that a page shows; the portal has all.
const INVOICES: u32 = 12;

/// How a workspace stands, from what is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The plan's name: what grants its seats at this moment.
    pub plan: String,
    /// Its price at Stripe; none: it costs nothing.
    pub price: Option<String>,
    /// What was bought, whatever it grants now.
    pub subscription: Option<Subscription>,
    /// Whether Stripe knows the workspace, though it may have bought nothing.
    pub has_customer: bool,
    /// What is not as it should be, the most urgent first.
    pub problems: Vec<Problem>,
}

/// What is not as it should be with a workspace's billing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// A payment is late; until then the seats are had all the same.
    PastDue(UnixMs),
    /// A payment was late for too long: the seats of the free plan count.
    GraceOver,
    /// The first payment is not through.
    Incomplete,
    /// Stripe has given up collecting.
    Unpaid,
    /// The subscription is stopped.
    Paused,
    /// More seats wait for their payment.
    UpdatePending,
    /// The customer has further subscriptions at Stripe.
    SeveralSubscriptions(i64),
    /// The price is none of the plans that this instance sells.
    UnknownPrice,
}

impl Problem {
    /// For programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PastDue(_) => "past_due",
            Self::GraceOver => "grace_over",
            Self::Incomplete => "incomplete",
            Self::Unpaid => "unpaid",
            Self::Paused => "paused",
            Self::UpdatePending => "update_pending",
            Self::SeveralSubscriptions(_) => "several_subscriptions",
            Self::UnknownPrice => "unknown_price",
        }
    }

    /// For people: what it is, and what to do about it.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::PastDue(until) => format!(
                "The last payment failed. Seats stay until {until}; choose another card before."
            ),
            Self::GraceOver => {
                "A payment has failed for too long, so the seats of the free plan count. Choose another card.".to_owned()
            }
            Self::Incomplete => "The first payment is not through yet. Finish it at Stripe.".to_owned(),
            Self::Unpaid => "Stripe has given up collecting. Pay the open invoice to have the plan again.".to_owned(),
            Self::Paused => "The plan is stopped at Stripe. Whoever runs the instance can tell why.".to_owned(),
            Self::UpdatePending => {
                "More seats wait for their payment. Confirm it at Stripe, or they are not added.".to_owned()
            }
            Self::SeveralSubscriptions(others) => format!(
                "Stripe has {others} more for this workspace, made outside of Tiny. Cancel there what is too many."
            ),
            Self::UnknownPrice => {
                "The price is none of those that are sold here now. It stays as it is until it is changed.".to_owned()
            }
        }
    }
}

/// What can be bought, with Stripe's price where it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The plan's name.
    pub name: String,
    /// Its price at Stripe.
    pub price: String,
    /// Whether the price is for one seat.
    pub is_per_seat: bool,
    /// The seats of a flat plan; the fewest that are sold of one per seat.
    pub seats: i64,
    /// In the smallest unit of the currency.
    pub amount: Option<i64>,
    /// Three letters, lower case.
    pub currency: Option<String>,
    /// `month` or `year`, and how many of them.
    pub interval: Option<(String, i64)>,
}

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Its number, once it is made out.
    pub number: Option<String>,
    /// `draft`, `open`, `paid`, `uncollectible` or `void`.
    pub status: Option<String>,
    /// In the smallest unit of the currency.
    pub total: i64,
    /// Three letters, lower case.
    pub currency: String,
    /// When it was made.
    pub created_at: UnixMs,
    /// Stripe's page of it.
    pub url: Option<String>,
}

impl From<Invoice> for Charge {
    fn from(invoice: Invoice) -> Self {
        Self {
            number: invoice.number,
            status: invoice.status,
            total: invoice.total,
            currency: invoice.currency,
            created_at: from_seconds(invoice.created),
            url: invoice.hosted_invoice_url,
        }
    }
}

impl Billing {
    /// How a workspace stands, as Stripe was last heard.
    ///
    /// # Errors
    ///
    /// [`Error::NotConfigured`], or when the database fails.
    pub async fn standing(&self, organization: OrganizationId) -> Result<Standing> {
        let plans = &self.shop()?.plans;
        let subscription = subscription::find(&self.db, organization).await?;
        let now = self.db.now();
        let grants = |it: &&Subscription| {
            let grant = it.grant(plans);
            grant.seats.is_some() && grant.until.is_none_or(|until| until > now)
        };
        let bought = subscription.as_ref().filter(grants);
        let plan = bought.map_or_else(
            || plans.free().name.clone(),
            |it| {
                plans.of_price(&it.price).map_or_else(|| it.price.clone(), |plan| plan.name.clone())
            },
        );
        Ok(Standing {
            plan,
            price: bought.map(|it| it.price.clone()),
            has_customer: account::find_customer(&self.db, organization).await?.is_some(),
            problems: subscription
                .as_ref()
                .map(|it| self.problems(it))
                .transpose()?
                .unwrap_or_default(),
            subscription,
        })
    }

    fn problems(&self, it: &Subscription) -> Result<Vec<Problem>> {
        let mut problems = Vec::new();
        match (it.status, it.grace_until()) {
            (Status::PastDue, Some(until)) if until > self.db.now() => {
                problems.push(Problem::PastDue(until));
            }
            (Status::PastDue, _) => problems.push(Problem::GraceOver),
            (Status::Incomplete, _) => problems.push(Problem::Incomplete),
            (Status::Unpaid, _) => problems.push(Problem::Unpaid),
            (Status::Paused, _) => problems.push(Problem::Paused),
            _ => {}
        }
        if it.is_update_pending {
            problems.push(Problem::UpdatePending);
        }
        if it.others > 0 {
            problems.push(Problem::SeveralSubscriptions(it.others));
        }
        if it.status.is_live() && self.shop()?.plans.of_price(&it.price).is_none() {
            problems.push(Problem::UnknownPrice);
        }
        Ok(problems)
    }

    /// What can be bought, in the order of the configuration. Where Stripe does not say what something costs, the amount
    /// is absent.
    ///
    /// # Errors
    ///
    /// [`Error::NotConfigured`].
    pub async fn offers(&self) -> Result<Vec<Offer>> {
        let shop = self.shop()?;
        let mut offers = Vec::new();
        let mut is_silent = false;
        for plan in shop.plans.paid() {
            let Some(id) = &plan.price else { continue };
            // Nobody waits for one price after the other. One that is refused is told when it is bought.
            let price = if is_silent { None } else { Some(in_passing(shop.price(id)).await) };
            is_silent |= matches!(price, Some(Err(Error::Away(_))));
            let price = price.and_then(Result::ok);
            offers.push(Offer {
                name: plan.name.clone(),
                price: id.clone(),
                is_per_seat: plan.per_seat,
                seats: if plan.per_seat { plan.fewest() } else { plan.grants(1) },
                amount: price.as_ref().and_then(|price| price.unit_amount),
                currency: price.as_ref().map(|price| price.currency.clone()),
                interval: price
                    .and_then(|price| price.recurring)
                    .map(|each| (each.interval, each.interval_count)),
            });
        }
        Ok(offers)
    }

    /// What is charged next, as Stripe reckons now: discounts, taxes and what is given back included. None when nothing
    /// will be.
    ///
    /// # Errors
    ///
    /// [`Error::NotConfigured`], [`Error::Away`] after a short while, [`Error::Refused`].
    pub async fn next_charge(&self, organization: OrganizationId) -> Result<Option<Charge>> {
        let shop = self.shop()?;
        let customer = account::find_customer(&self.db, organization).await?;
        let found = subscription::find(&self.db, organization).await?;
        let goes_on = |it: &Subscription| {
            it.cancels_at.is_none()
                && matches!(it.status, Status::Active | Status::Trialing | Status::PastDue)
        };
        let Some((customer, it)) = customer.zip(found.filter(goes_on)) else { return Ok(None) };
        let upcoming = in_passing(present(shop.stripe.upcoming(&customer, &it.id))).await?;
        let Some(upcoming) = upcoming else { return Ok(None) };
        let created_at = it.period_end.unwrap_or_else(|| from_seconds(upcoming.created));
        Ok(Some(Charge { created_at, total: upcoming.amount_due, ..upcoming.into() }))
    }

    /// The newest invoices.
    ///
    /// # Errors
    ///
    /// As [`Billing::next_charge`].
    pub async fn charges(&self, organization: OrganizationId) -> Result<Vec<Charge>> {
        let shop = self.shop()?;
        let Some(customer) = account::find_customer(&self.db, organization).await? else {
            return Ok(Vec::new());
        };
        let invoices = in_passing(present(shop.stripe.invoices(&customer, INVOICES))).await?;
        Ok(invoices.unwrap_or_default().into_iter().map(Charge::from).collect())
    }
}

/// None when Stripe does not have it.
async fn present<T>(call: impl Future<Output = Result<T, Fault>>) -> Result<Option<T>, Fault> {
    match call.await {
        Err(fault) if fault.is_missing() => Ok(None),
        answer => answer.map(Some),
    }
}

async fn in_passing<T>(call: impl Future<Output = Result<T, Fault>>) -> Result<T> {
    match timeout(PATIENCE, Box::pin(call)).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Error::Away("no answer while a page waited".to_owned())),
    }
}
