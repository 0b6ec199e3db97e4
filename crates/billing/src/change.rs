//! Changes of a subscription: its seats, its end, and Stripe's own page for the rest.

use audit::Actor;
use model::{UnixMs, ids::OrganizationId};

use crate::{
    Billing, Error, Result,
    account::Lease,
    in_time,
    stripe::{Fault, PreviewCall},
    subscription::{Status, Subscription, from_seconds, seconds},
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
        let shop = self.shop()?;
        let (customer, subscription) = self.live(change.organization).await?;
        let quantity = self.other_quantity(&subscription, change.seats)?;
        let at = self.moment(change.at)?;
        let call = PreviewCall {
            customer: &customer,
            subscription: &subscription.id,
            item: &subscription.item,
            quantity,
            is_more: quantity > subscription.quantity,
            at: seconds(at),
        };
        let invoice = shop.stripe.preview(call).await?;
        let then = subscription.unit_amount.map(|amount| amount.saturating_mul(quantity));
        Ok(Preview {
            seats: change.seats,
            due_now: if call.is_more { invoice.amount_due } else { invoice.prorated() },
            then,
            currency: invoice.currency,
            period_end: subscription.period_end,
            at,
        })
    }

    /// Changes the number of seats. More are had once Stripe has the money for them; fewer at once, and nobody is removed.
    ///
    /// # Errors
    ///
    /// As [`Billing::preview_seats`], and [`Error::PaymentFailed`].
    pub async fn change_seats(&self, change: SeatChange, by: Actor) -> Result<Subscription> {
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
    ) -> Result<Subscription> {
        let before = self.sync_live(lease).await?;
        let quantity = self.other_quantity(&before, change.seats)?;
        let customer = lease.customer.clone().ok_or(Error::NotSubscribed)?;
        let at = seconds(self.moment(change.at)?);
        let request = format!("seats {} {} {quantity} {at}", before.id, before.quantity);
        lease.by = Some(by);
        let call = lease.begin_call(request, KEY_LIFE_MS).await?;
        let asked = PreviewCall {
            customer: &customer,
            subscription: &before.id,
            item: &before.item,
            quantity,
            is_more: quantity > before.quantity,
            at,
        };
        let answer = self.shop()?.stripe.set_quantity(asked, &call.key).await;
        let after = self.settle(lease, answer.map(drop)).await?;
        // Stripe keeps the change for 23 hours and makes it once its invoice is paid; until then nothing is different.
        if after.is_update_pending { Err(Error::PaymentFailed) } else { Ok(after) }
    }

    /// Lets the subscription end with its period, or go on after all.
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
        let done = in_time(Box::pin(self.set_ending_held(&mut lease, is_ending, by))).await;
        lease.finish(done).await
    }

    async fn set_ending_held(
        &self,
        lease: &mut Lease<'_>,
        is_ending: bool,
        by: Actor,
    ) -> Result<Subscription> {
        let before = self.sync_live(lease).await?;
        if before.cancels_at.is_some() == is_ending {
            return Ok(before);
        }
        let request = format!("ending {} {is_ending}", before.id);
        lease.by = Some(by);
        let call = lease.begin_call(request, KEY_LIFE_MS).await?;
        let answer = self.shop()?.stripe.set_ending(&before.id, is_ending, &call.key).await;
        self.settle(lease, answer.map(drop)).await
    }

    /// Ends what the workspace has, at once: it is about to be removed.
    ///
    /// # Errors
    ///
    /// When Stripe is not as it should be. Then the workspace must stay: somebody would go on paying for it.
    pub async fn close(&self, organization: OrganizationId) -> Result<()> {
        if self.shop.is_none() {
            return Ok(());
        }
        let turn = self.shop()?.turn;
        let mut lease = Lease::take(&self.db, organization, turn).await?;
        let done = in_time(Box::pin(self.close_held(&mut lease))).await;
        lease.finish(done).await
    }

    async fn close_held(&self, lease: &mut Lease<'_>) -> Result<()> {
        let stripe = &self.shop()?.stripe;
        if let Some(open) = lease.checkout.clone() {
            let key = format!("tiny-expire-{}", open.id);
            match stripe.expire_checkout(&open.id, &key).await {
                Ok(_) | Err(Fault::Refused { .. } | Fault::NotThere) => {
                    lease.set_checkout(None, None).await?;
                }
                Err(fault) => return Err(fault.into()),
            }
        }
        // One after the other until none is left: somebody may have made more than one, outside of Tiny.
        while let Some(subscription) =
            self.sync_held(lease).await?.filter(|subscription| subscription.status.is_live())
        {
            let call = lease.begin_call(format!("close {}", subscription.id), KEY_LIFE_MS).await?;
            match stripe.cancel_now(&subscription.id, &call.key).await {
                Ok(_) | Err(Fault::NotThere) => lease.end_call().await?,
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
        let customer = crate::account::find_customer(&self.db, organization).await?;
        let customer = customer.ok_or(Error::NotSubscribed)?;
        // Each is a new address that works once; nothing else is changed, so its key need not outlive the call.
        let key = format!("tiny-portal-{}", self.db.chance().hex::<16>());
        Ok(shop.stripe.portal(&customer, &shop.page(slug), &key).await?)
    }

    /// What has come of a change is what Stripe has then. A refused call is over; of one without an answer the key stays.
    async fn settle(
        &self,
        lease: &mut Lease<'_>,
        answer: Result<(), Fault>,
    ) -> Result<Subscription> {
        if !matches!(answer, Err(Fault::Away(_))) {
            lease.end_call().await?;
        }
        let after = self.sync_held(lease).await;
        answer?;
        after?.ok_or(Error::NotSubscribed)
    }

    /// What the workspace has at this moment, when that goes on.
    async fn sync_live(&self, lease: &Lease<'_>) -> Result<Subscription> {
        let found = self.sync_held(lease).await?;
        found.filter(|subscription| subscription.status.is_live()).ok_or(Error::NotSubscribed)
    }

    /// The same as it was last heard.
    async fn live(&self, organization: OrganizationId) -> Result<(String, Subscription)> {
        let customer = crate::account::find_customer(&self.db, organization).await?;
        let found = crate::subscription::find(&self.db, organization).await?;
        let found = found.filter(|subscription| subscription.status.is_live());
        customer.zip(found).ok_or(Error::NotSubscribed)
    }

    fn other_quantity(&self, subscription: &Subscription, seats: i64) -> Result<i64> {
        let invalid =
            |message: &str| Error::Invalid { field: "seats", message: message.to_owned() };
        let plans = &self.shop()?.plans;
        if plans.of_price(&subscription.price).is_some_and(|plan| !plan.per_seat) {
            return Err(invalid("This plan has a fixed number of seats."));
        }
        if matches!(subscription.status, Status::Incomplete | Status::Unpaid | Status::Paused) {
            return Err(invalid("The plan must be paid before its seats can be changed."));
        }
        let quantity = match plans.of_price(&subscription.price) {
            Some(plan) => plan
                .quantity(seats)
                .map_err(|message| Error::Invalid { field: "seats", message })?,
            None => {
                return Err(invalid(
                    "This price is not sold any more; change it in Stripe's portal.",
                ));
            }
        };
        if quantity == subscription.quantity {
            return Err(invalid("The plan has this number of seats already."));
        }
        Ok(quantity)
    }

    /// To the second, as Stripe reckons.
    fn moment(&self, given: Option<UnixMs>) -> Result<UnixMs> {
        match given {
            None => Ok(from_seconds(seconds(self.db.now()))),
            Some(at) if at <= self.db.now() && at.plus_ms(PREVIEW_LIFE_MS) > self.db.now() => {
                Ok(at)
            }
            Some(_) => Err(Error::Invalid {
                field: "prorationDate",
                message: "The preview is too old; make another one.".to_owned(),
            }),
        }
    }
}
