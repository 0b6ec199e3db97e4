//! Buying a plan, in Stripe's Checkout.
//!
//! There is never a second subscription: of one workspace one session of Checkout is open at most, it is made under the
//! lease, and whoever wants another one has the first expired. A session that has been paid meanwhile cannot be expired;
//! then there is a subscription, and that is the answer.

use audit::{Actor, Entry};
use model::ids::OrganizationId;
use serde_json::json;

use crate::{
    Billing, Error, Result,
    account::{Lease, OpenCheckout},
    in_time,
    stripe::{CheckoutCall, CheckoutSession, Fault},
    subscription::{from_seconds, seconds},
};

/// How long a session can be paid; Stripe allows 30 minutes to a day.
const SESSION_LIFE_MS: i64 = 60 * 60 * 1_000;
/// A session asked for again within this time is the same one.
const KEY_LIFE_MS: i64 = 15 * 60 * 1_000;
/// Stripe keeps a key for a day at least.
const CUSTOMER_KEY_LIFE_MS: i64 = 23 * 60 * 60 * 1_000;
/// A session that ends sooner is not shown again.
const WORTH_SHOWING_MS: i64 = 5 * 60 * 1_000;

/// What someone wants to buy, for which workspace.
#[derive(Debug, Clone)]
pub struct Purchase {
    /// The workspace.
    pub organization: OrganizationId,
    /// Its name, for the invoice.
    pub name: String,
    /// Its place in page addresses: there Stripe leads back to.
    pub slug: String,
    /// One of the plans' prices.
    pub price: String,
    /// How many seats; a flat plan has its own number.
    pub seats: i64,
}

/// A session that is to be opened, and for whom.
struct Asked<'a> {
    customer: &'a str,
    quantity: i64,
    request: String,
    by: Actor,
}

impl Billing {
    /// The address of a page of Stripe's on which the plan can be paid for.
    ///
    /// # Errors
    ///
    /// [`Error::NotConfigured`], [`Error::Invalid`], [`Error::AlreadySubscribed`], and when Stripe is not as it should be.
    pub async fn buy(&self, purchase: Purchase, by: Actor) -> Result<String> {
        let turn = self.shop()?.turn;
        let quantity = self.quantity(&purchase.price, purchase.seats)?;
        let mut lease = Lease::take(&self.db, purchase.organization, turn).await?;
        let done = in_time(Box::pin(self.buy_held(&mut lease, &purchase, quantity, by))).await;
        lease.finish(done).await
    }

    /// What so many seats at a price are charged as.
    pub(crate) fn quantity(&self, price: &str, seats: i64) -> Result<i64> {
        let plan = self.shop()?.plans.of_price(price).ok_or_else(|| Error::Invalid {
            field: "priceId",
            message: "This price is not sold here; GET /api/billing lists those that are."
                .to_owned(),
        })?;
        plan.quantity(seats).map_err(|message| Error::Invalid { field: "seats", message })
    }

    async fn buy_held(
        &self,
        lease: &mut Lease<'_>,
        purchase: &Purchase,
        quantity: i64,
        by: Actor,
    ) -> Result<String> {
        self.require_none(lease).await?;
        // A price of another account tells before anything is made in this one.
        self.shop()?.price(&purchase.price).await?;
        let customer = self.customer(lease, &purchase.name).await?;
        let request = format!("checkout {} {quantity} {}", purchase.price, purchase.slug);
        if let Some(open) = lease.checkout.clone() {
            if let Some(url) = self.again(lease, open, &request).await? {
                return Ok(url);
            }
            // It may have been paid between the two looks.
            self.require_none(lease).await?;
        }
        let asked = Asked { customer: &customer, quantity, request, by };
        let session = self.open_session(lease, purchase, asked).await?;
        session.url.ok_or_else(|| Error::Away("a session of Checkout has no address".to_owned()))
    }

    /// Goes on only when Stripe has no subscription for the workspace that goes on.
    async fn require_none(&self, lease: &Lease<'_>) -> Result<()> {
        match self.sync_held(lease).await? {
            Some(subscription) if subscription.status.is_live() => Err(Error::AlreadySubscribed),
            _ => Ok(()),
        }
    }

    /// The workspace's customer, made when Stripe has none, or has it no more.
    async fn customer(&self, lease: &mut Lease<'_>, name: &str) -> Result<String> {
        let stripe = &self.shop()?.stripe;
        if let Some(customer) = &lease.customer
            && stripe.has_customer(customer).await?
        {
            return Ok(customer.clone());
        }
        let call = lease.begin_call(format!("customer {name}"), CUSTOMER_KEY_LIFE_MS).await?;
        let organization = lease.organization.to_string();
        let made = stripe.create_customer(&organization, name, &call.key).await;
        lease.end_if_failed(&made).await?;
        let customer = made?;
        lease.set_customer(&customer).await?;
        Ok(customer)
    }

    /// The open session's address when it is for the same and can still be paid; otherwise the session is ended.
    async fn again(
        &self,
        lease: &mut Lease<'_>,
        open: OpenCheckout,
        request: &str,
    ) -> Result<Option<String>> {
        let stripe = &self.shop()?.stripe;
        let is_open = is_open(stripe.checkout(&open.id).await)?;
        let is_worth_it = open.expires_at > self.db.now().plus_ms(WORTH_SHOWING_MS);
        if is_open && is_worth_it && open.request == request {
            return Ok(Some(open.url));
        }
        if is_open {
            self.expire(lease, &open.id).await?;
        }
        lease.set_checkout(None, None).await?;
        Ok(None)
    }

    /// After this nobody can pay in the session any more. Whether somebody has is for Stripe's subscriptions to say.
    pub(crate) async fn expire(&self, lease: &mut Lease<'_>, session: &str) -> Result<()> {
        let stripe = &self.shop()?.stripe;
        let call = lease.begin_call(format!("expire {session}"), KEY_LIFE_MS).await?;
        let expired = stripe.expire_checkout(session, &call.key).await;
        lease.end_if_failed(&expired).await?;
        match expired {
            Ok(_) => Ok(()),
            // Paid or ended at this moment; or at this moment it can be neither paid nor ended.
            Err(Fault::Refused { .. } | Fault::NotThere) => {
                let is_open = is_open(stripe.checkout(session).await)?;
                if is_open { Err(Error::Busy) } else { Ok(()) }
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// A session that was made and whose answer never came has an address that nobody was shown; asked for again soon,
    /// the same key brings the same session.
    async fn open_session(
        &self,
        lease: &mut Lease<'_>,
        purchase: &Purchase,
        Asked { customer, quantity, request, by }: Asked<'_>,
    ) -> Result<CheckoutSession> {
        let shop = self.shop()?;
        let call = lease.begin_call(request.clone(), KEY_LIFE_MS).await?;
        let page = shop.page(&purchase.slug);
        let asked = CheckoutCall {
            customer,
            organization: &purchase.organization.to_string(),
            price: &purchase.price,
            quantity,
            success_url: &format!("{page}?checkout={{CHECKOUT_SESSION_ID}}"),
            cancel_url: &page,
            expires_at: seconds(call.at.plus_ms(SESSION_LIFE_MS)),
        };
        let made = shop.stripe.create_checkout(asked, &call.key).await;
        lease.end_if_failed(&made).await?;
        let session = made?;
        let open = OpenCheckout {
            id: session.id.clone(),
            request,
            url: session.url.clone().unwrap_or_default(),
            expires_at: from_seconds(session.expires_at),
        };
        let made = Entry {
            id: self.db.new_id(),
            at: self.db.now(),
            organization: lease.organization,
            actor: by,
            action: "plan.checkout_opened",
            subject: lease.organization.to_string(),
            before: None,
            after: Some(json!({ "price": purchase.price, "quantity": quantity })),
        };
        lease.set_checkout(Some(open), Some(made)).await?;
        Ok(session)
    }
}

/// Whether a session can be paid.
fn is_open(session: Result<CheckoutSession, Fault>) -> Result<bool> {
    match session {
        Err(Fault::NotThere) => Ok(false),
        session => Ok(session?.status.as_deref() == Some("open")),
    }
}
