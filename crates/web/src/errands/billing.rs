//! A workspace's plan. Every act runs on a task of its own: who hangs up in the middle of it, or waits no longer, leaves
//! nothing half done and nobody waiting.

use std::panic::resume_unwind;

use ::billing::{Billing, Error, Preview, Purchase, SeatChange, Subscription};
use audit::Actor;
use model::{Code, ids::OrganizationId};
use workspaces::Caller;

use crate::{Fault, Services};

impl Services {
    /// The address of the page at Stripe on which a plan is paid for.
    pub async fn buy_plan(
        &self,
        caller: &Caller,
        by: Actor,
        price: &str,
        seats: i64,
    ) -> Result<String, Fault> {
        let organization = &caller.membership.organization;
        let purchase = Purchase {
            organization: caller.organization_id(),
            name: organization.name.clone(),
            slug: organization.slug.clone(),
            price: price.to_owned(),
            seats,
        };
        self.detached(|billing| async move { billing.buy(purchase, by).await }).await
    }

    /// What so many seats would cost.
    pub async fn preview_seats(&self, change: SeatChange) -> Result<Preview, Fault> {
        Ok(self.billing.within_patience(self.billing.preview_seats(change)).await?)
    }

    /// Changes the number of seats, and says what it costs.
    pub async fn change_seats(&self, by: Actor, change: SeatChange) -> Result<Preview, Fault> {
        self.detached(move |billing| async move { billing.change_seats(change, by).await }).await
    }

    /// Lets the plan end with its period, or go on after all.
    pub async fn set_plan_ending(
        &self,
        by: Actor,
        organization: OrganizationId,
        is_ending: bool,
    ) -> Result<Subscription, Fault> {
        self.detached(move |billing| async move {
            billing.set_ending(organization, is_ending, by).await
        })
        .await
    }

    /// Asks Stripe what the workspace has.
    pub async fn sync_plan(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<Subscription>, Fault> {
        self.detached(|billing| async move { billing.sync(organization).await }).await
    }

    /// Asks Stripe what came of a session of Checkout, when it is the workspace's newest.
    pub async fn sync_checkout(
        &self,
        organization: OrganizationId,
        session: String,
    ) -> Result<Option<Subscription>, Fault> {
        self.detached(
            move |billing| async move { billing.sync_checkout(organization, &session).await },
        )
        .await
    }

    /// The address of the page at Stripe with invoices and cards.
    pub async fn open_portal(&self, caller: &Caller) -> Result<String, Fault> {
        let slug = &caller.membership.organization.slug;
        let opening = self.billing.portal(caller.organization_id(), slug);
        Ok(self.billing.within_patience(opening).await?)
    }

    async fn detached<T, F>(&self, act: impl FnOnce(Billing) -> F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let act = self.tasks.spawn(act(self.billing.clone()));
        let done = async {
            act.await.unwrap_or_else(|error| match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => Err(Error::Away("this process ends".to_owned())),
            })
        };
        Ok(self.billing.within_patience(done).await?)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let later = |code, cause: Error| Self {
            retry_after_s: Some(1),
            cause: Some(std::sync::Arc::new(cause)),
            ..Self::of(code)
        };
        match error {
            Error::Db(error) => error.into(),
            Error::NotConfigured => Self::of(Code::BillingNotConfigured),
            Error::AlreadySubscribed => Self::of(Code::AlreadySubscribed),
            Error::NotSubscribed => Self::of(Code::NotSubscribed),
            Error::Invalid { field, message } => Self::invalid(field, message),
            Error::PaymentFailed => Self::of(Code::PaymentFailed),
            Error::Signature(_) => {
                Self { cause: Some(std::sync::Arc::new(error)), ..Self::of(Code::SignatureInvalid) }
            }
            Error::EventNotFound => Self::of(Code::NotFound),
            Error::Busy => Self {
                message: Some(
                    "Another change of this plan is under way; wait until it is done.".to_owned(),
                ),
                ..later(Code::StripeUnavailable, error)
            },
            Error::Away(_) => later(Code::StripeUnavailable, error),
            Error::Refused(_) => {
                Self { cause: Some(std::sync::Arc::new(error)), ..Self::of(Code::StripeRefused) }
            }
        }
    }
}
