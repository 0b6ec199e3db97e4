//! Changes of a subscription: its seats, its end, and Stripe's own page for the rest.

use audit::Actor;
use model::{UnixMs, ids::OrganizationId};

use crate::{
    Billing, Error, Result,
    account::{self, Lease},
    in_time,
    stripe::{Fault, Named, PreviewCall},
    subscription::{self, Status, Subscription, from_seconds, seconds},
};

/// How long a preview can be acted on at its price.
const PREVIEW_LIFE_MS: i64 = 60 * 60 * 1_000;
/// The same change asked for again within this time is the same one.
const KEY_LIFE_MS: i64 = 15 * 60 * 1_000;

/// A number of seats that someone wants.
#[derive(Debug, Clone, Copy)]
pub struct SeatChange {
    /// The workspace.
    pub organization: OrganizationId,
    /// How many it is to have.
    pub seats: i64,
    /// The moment that a preview reckoned with, so that what is charged is what was shown.
    pub at: Option<UnixMs>,
}

/// What a change of the seats costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// How many there would be.
    pub seats: i64,
    /// Paid at once, in the smallest unit of the currency; negative: set off against the next invoice.
    pub due_now: i64,
    /// Each period from the next on, when Stripe says what one seat costs.
    pub then: Option<i64>,
    /// Three letters, lower case.
    pub currency: String,
    /// When the next period begins.
    pub period_end: Option<UnixMs>,
    /// To be given with the change.
    pub at: UnixMs,
}

impl Billing {
    /// What so many seats would cost from now on.
    ///
    /// # Errors
    ///
    /// [`Error::NotConfigured`], [`Error::NotSubscribed`], [`Error::Invalid`], and when Stripe is not as it should be.
    pub async fn preview_seats(&self, change: SeatChange) -> Result<Preview> {
        self.shop()?;
        let customer = account::find_customer(&self.db, change.organization).await?;
        let found = subscription::find(&self.db, change.organization).await?;
        let found = found.filter(|subscription| subscription.status.is_live());
        let (customer, before) = customer.zip(found).ok_or(Error::NotSubscribed)?;
        let quantity = self.quantity_of(&before, change.seats)?;
        if quantity == before.quantity {
            return Err(invalid("seats", "The plan has this number of seats already."));
        }
        let at = self.moment(change.at, &before)?;
        self.reckon(&customer, &before, quantity, at).await
    }

    /// Changes the number of seats, and says what that costs. More are had once Stripe has the money for them; fewer at
    /// once, and nobody is removed. A plan that has this number already is left as it is.
    ///
    /// # Errors
    ///
    /// As [`Billing::preview_seats`], and [`Error::PaymentFailed`].
    pub async fn change_seats(&self, change: SeatChange, by: Actor) -> Result<Preview> {
        let turn = self.shop()?.turn;
        let mut lease = Lease::take(&self.db, change.organization, turn).await?;
        let done = in_time(Box::pin(self.change_seats_held(&mut lease, change, by))).await;
        lease.finish(done).await
    }

    async fn change_seats_held(
        &self,
        lease: &mut Lease<'_>,
        change: SeatChange,
        by: Actor,
    ) -> Result<Preview> {
        let before = self.sync_live(lease).await?;
        let quantity = self.quantity_of(&before, change.seats)?;
        if quantity == before.quantity {
            return Ok(Preview {
                seats: quantity,
                due_now: 0,
                then: each_period(&before, quantity),
                currency: before.currency,
                period_end: before.period_end,
                at: from_seconds(seconds(self.db.now())),
            });
        }
        let customer = lease.customer.clone().ok_or(Error::NotSubscribed)?;
        let kind = format!("seats {} {} {quantity} ", before.id, before.quantity);
        let again = lease.call.as_ref().and_then(|call| call.request.strip_prefix(&kind));
        let again = again.and_then(|at| at.parse().ok()).map(from_seconds);
        let at = self.moment(change.at.or(again), &before)?;
        let preview = self.reckon(&customer, &before, quantity, at).await?;
        lease.by = Some(by);
        let call = lease.begin_call(format!("{kind}{}", seconds(at)), KEY_LIFE_MS).await?;
        let asked = asked(&customer, &before, quantity, at);
        let answer = self.shop()?.stripe.set_quantity(asked, &call.key).await;
        let after = self.settle(lease, answer, |after| after.quantity == quantity).await?;
        match after {
            Outcome::Done(_) => Ok(preview),
            // Stripe keeps the change for 23 hours and makes it once its invoice is paid; until then nothing is different.
            Outcome::Other(after) if after.is_update_pending => Err(Error::PaymentFailed),
            Outcome::Other(_) => Err(Error::Away(UNMOVED.to_owned())),
        }
    }

    /// Lets the subscription end with its period, or go on after all. One that was never paid ends at once.
    ///
    /// # Errors
    ///
    /// [`Error::NotConfigured`], [`Error::NotSubscribed`], and when Stripe is not as it should be.
    pub async fn set_ending(
        &self,
        organization: OrganizationId,
        is_ending: bool,
        by: Actor,
    ) -> Result<Subscription> {
        let turn = self.shop()?.turn;
        let mut lease = Lease::take(&self.db, organization, turn).await?;
        lease.by = Some(by);
        let done = in_time(Box::pin(async {
            if is_ending {
                self.end_held(&mut lease).await
            } else {
                self.resume_held(&mut lease).await
            }
        }));
        let done = done.await;
        lease.finish(done).await
    }

    async fn end_held(&self, lease: &mut Lease<'_>) -> Result<Subscription> {
        let before = self.sync_live(lease).await?;
        if before.cancels_at.is_some() {
            return Ok(before);
        }
        let stripe = &self.shop()?.stripe;
        let call = lease.begin_call(format!("end {}", before.id), KEY_LIFE_MS).await?;
        let is_unpaid = before.status == Status::Incomplete;
        let answer = if is_unpaid {
            stripe.cancel_now(&before.id, &call.key).await
        } else {
            stripe.set_ending(&before.id, true, &call.key).await
        };
        let is_done = |after: &Subscription| after.cancels_at.is_some() || !after.status.is_live();
        self.settle(lease, answer, is_done).await?.done()
    }

    async fn resume_held(&self, lease: &mut Lease<'_>) -> Result<Subscription> {
        let before = self.sync_live(lease).await?;
        if before.cancels_at.is_none() {
            return Ok(before);
        }
        let stripe = &self.shop()?.stripe;
        let goes_on = |after: &Subscription| after.cancels_at.is_none();
        let call = lease.begin_call(format!("resume {}", before.id), KEY_LIFE_MS).await?;
        let answer = stripe.set_ending(&before.id, false, &call.key).await;
        if let Outcome::Done(after) = self.settle(lease, answer, goes_on).await? {
            return Ok(after);
        }
        // Whoever cancelled in Stripe's portal has a day set, which is another field; the two cannot be sent together.
        let call = lease.begin_call(format!("clear end {}", before.id), KEY_LIFE_MS).await?;
        let answer = stripe.clear_end(&before.id, &call.key).await;
        self.settle(lease, answer, goes_on).await?.done()
    }

    /// Ends what the workspace has, at once: it is about to be removed.
    ///
    /// # Errors
    ///
    /// When Stripe is not as it should be. Then the workspace must stay: somebody would go on paying for it.
    pub async fn close(&self, organization: OrganizationId) -> Result<()> {
        if self.shop.is_none() {
            return self.require_nothing_bought(organization).await;
        }
        let turn = self.shop()?.turn;
        let mut lease = Lease::take(&self.db, organization, turn).await?;
        let done = in_time(Box::pin(self.close_held(&mut lease))).await;
        lease.finish(done).await
    }

    /// Without a way to Stripe nothing can be ended there.
    async fn require_nothing_bought(&self, organization: OrganizationId) -> Result<()> {
        let bought = subscription::find(&self.db, organization).await?;
        let checkout = account::find_checkout(&self.db, organization).await?;
        let is_live = bought.is_some_and(|it| it.status.is_live());
        let can_be_paid = checkout.is_some_and(|(_, expires_at)| expires_at > self.db.now());
        if is_live || can_be_paid { Err(Error::NotConfigured) } else { Ok(()) }
    }

    async fn close_held(&self, lease: &mut Lease<'_>) -> Result<()> {
        let stripe = &self.shop()?.stripe;
        if let Some(open) = lease.checkout.clone() {
            self.expire(lease, &open.id).await?;
            lease.set_checkout(None, None).await?;
        }
        // One after the other until none is left: somebody may have made more than one, outside of Tiny.
        while let Some(subscription) =
            self.sync_held(lease).await?.filter(|subscription| subscription.status.is_live())
        {
            let call = lease.begin_call(format!("close {}", subscription.id), KEY_LIFE_MS).await?;
            let cancelled = stripe.cancel_now(&subscription.id, &call.key).await;
            lease.end_if_failed(&cancelled).await?;
            match cancelled {
                Ok(_) => lease.end_call().await?,
                Err(Fault::NotThere) => {}
                Err(fault) => return Err(fault.into()),
            }
        }
        Ok(())
    }

    /// The address of Stripe's page for invoices, cards and addresses. It leads back to the workspace with this slug.
    ///
    /// # Errors
    ///
    /// [`Error::NotConfigured`], [`Error::NotSubscribed`] when nothing was ever bought, and when Stripe is not as it
    /// should be.
    pub async fn portal(&self, organization: OrganizationId, slug: &str) -> Result<String> {
        let shop = self.shop()?;
        let customer = account::find_customer(&self.db, organization).await?;
        let customer = customer.ok_or(Error::NotSubscribed)?;
        // Each is a new address that works once; nothing else is changed, so its key need not outlive the call.
        let key = format!("tiny-portal-{}", self.db.chance().hex::<16>());
        match shop.stripe.portal(&customer, &shop.page(slug), &key).await {
            Err(fault) if fault.is_missing() => Err(Error::NotSubscribed),
            url => Ok(url?),
        }
    }

    /// What has come of a change is what Stripe has then, whatever it answered: a call without an answer may have been
    /// done, and its key stays for as long as it is not seen to be.
    async fn settle(
        &self,
        lease: &mut Lease<'_>,
        answer: Result<Named, Fault>,
        is_done: impl Fn(&Subscription) -> bool,
    ) -> Result<Outcome> {
        lease.end_if_failed(&answer).await?;
        let after = self.sync_held(lease).await;
        let is_done = matches!(&after, Ok(Some(after)) if is_done(after));
        if is_done || answer.is_ok() {
            lease.end_call().await?;
        }
        if !is_done {
            answer?;
        }
        let after = after?.ok_or(Error::NotSubscribed)?;
        Ok(if is_done { Outcome::Done(after) } else { Outcome::Other(after) })
    }

    /// What a change costs, as Stripe reckons.
    async fn reckon(
        &self,
        customer: &str,
        before: &Subscription,
        quantity: i64,
        at: UnixMs,
    ) -> Result<Preview> {
        let call = asked(customer, before, quantity, at);
        let (due_now, currency) = match self.shop()?.stripe.preview(call).await {
            Ok(it) if call.is_more => (it.amount_due, it.currency),
            Ok(it) => (it.prorated(call.at), it.currency),
            // It ends with its period: no invoice comes that anything could be set off against.
            Err(fault) if fault.is_missing() && before.cancels_at.is_some() => {
                (0, before.currency.clone())
            }
            Err(fault) if fault.is_about("proration_date") => return Err(too_old()),
            Err(fault) => return Err(fault.into()),
        };
        let then = each_period(before, quantity);
        Ok(Preview { seats: quantity, due_now, then, currency, period_end: before.period_end, at })
    }

    /// What the workspace has at this moment, when that goes on.
    async fn sync_live(&self, lease: &Lease<'_>) -> Result<Subscription> {
        let found = self.sync_held(lease).await?;
        found.filter(|subscription| subscription.status.is_live()).ok_or(Error::NotSubscribed)
    }

    /// What so many seats of the plan are charged as.
    fn quantity_of(&self, subscription: &Subscription, seats: i64) -> Result<i64> {
        let unsold = "This price is not sold any more; change the plan in Stripe's portal.";
        let plan = self.shop()?.plans.of_price(&subscription.price);
        let plan = plan.ok_or_else(|| invalid("seats", unsold))?;
        if !plan.per_seat {
            return Err(invalid("seats", "This plan has a fixed number of seats."));
        }
        if matches!(subscription.status, Status::Incomplete | Status::Unpaid | Status::Paused) {
            return Err(invalid("seats", "The plan must be paid before its seats can be changed."));
        }
        plan.quantity(seats).map_err(|message| Error::Invalid { field: "seats", message })
    }

    /// From when on a change is reckoned, to the second, as Stripe does. Nothing before the present period can be; by the
    /// clock here that may have begun a moment from now.
    fn moment(&self, given: Option<UnixMs>, before: &Subscription) -> Result<UnixMs> {
        let began = before.period_start.unwrap_or(UnixMs(0));
        let latest = from_seconds(seconds(self.db.now())).max(began);
        let at = given.unwrap_or(latest);
        let is_young = at.plus_ms(PREVIEW_LIFE_MS) > self.db.now();
        if at >= began && at <= latest && is_young { Ok(at) } else { Err(too_old()) }
    }
}

/// What has come of a change.
enum Outcome {
    /// What was asked for.
    Done(Subscription),
    /// Something else, though Stripe took the call.
    Other(Subscription),
}

impl Outcome {
    fn done(self) -> Result<Subscription> {
        match self {
            Self::Done(after) => Ok(after),
            Self::Other(_) => Err(Error::Away(UNMOVED.to_owned())),
        }
    }
}

const UNMOVED: &str =
    "Stripe took the call and has something else; asked for again it gets a new key";

/// Each period from the next on; of a plan that ends there is none.
fn each_period(subscription: &Subscription, quantity: i64) -> Option<i64> {
    let amount = subscription.unit_amount.filter(|_| subscription.cancels_at.is_none())?;
    Some(amount.saturating_mul(quantity))
}

fn asked<'a>(
    customer: &'a str,
    before: &'a Subscription,
    quantity: i64,
    at: UnixMs,
) -> PreviewCall<'a> {
    PreviewCall {
        customer,
        subscription: &before.id,
        item: &before.item,
        quantity,
        is_more: quantity > before.quantity,
        at: seconds(at),
    }
}

fn invalid(field: &'static str, message: &str) -> Error {
    Error::Invalid { field, message: message.to_owned() }
}

fn too_old() -> Error {
    invalid("prorationDate", "The preview is too old; make another one.")
}
