//! A workspace's account at Stripe, and the lease on it.
//!
//! Whoever changes something at Stripe for a workspace, or stores what Stripe has for it, holds its lease: a person's
//! click, the worker, the hourly run, in whichever process. So a session of Checkout is never made beside another, and what was fetched later is never
//! overwritten by what was fetched before. A lease ends by itself; who lost theirs writes nothing any more.

use std::time::Duration;

use audit::{Actor, Entry};
use db::{Db, Tx, on_db};
use model::{UnixMs, ids::OrganizationId};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::{Error, Result, stripe::Fault};

/// Longer than all calls that are made under one lease, with their retries.
pub(crate) const LEASE_MS: i64 = 2 * 60 * 1_000;
/// Between two looks at a lease that somebody has.
const GLANCE: Duration = Duration::from_millis(50);

/// What is known of the account; only with the lease does it hold.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Row {
    customer_id: Option<String>,
    call_request: Option<String>,
    call_key: Option<String>,
    call_at: Option<i64>,
    checkout_id: Option<String>,
    checkout_request: Option<String>,
    checkout_url: Option<String>,
    checkout_expires_at: Option<i64>,
}

/// A write to Stripe whose answer never came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// What it asks for: its kind and its parameters.
    pub request: String,
    /// The idempotency key it is sent with.
    pub key: String,
    /// When it was first sent.
    pub at: UnixMs,
}

/// A session of Checkout that may still be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenCheckout {
    pub id: String,
    pub request: String,
    pub url: String,
    pub expires_at: UnixMs,
}

/// The lease on one workspace's account.
#[derive(Debug)]
pub(crate) struct Lease<'a> {
    db: &'a Db,
    id: Uuid,
    pub organization: OrganizationId,
    /// Whose act it is that Stripe's answer is about to tell of; none: nobody's here.
    pub by: Option<Actor>,
    pub customer: Option<String>,
    pub call: Option<Call>,
    pub checkout: Option<OpenCheckout>,
}

const ENSURE: &str = "INSERT INTO billing_accounts (organization_id, leased_until) VALUES ($1, 0)
    ON CONFLICT (organization_id) DO NOTHING";

const TAKE: &str = "UPDATE billing_accounts SET lease = $2, leased_until = $3
    WHERE organization_id = $1 AND leased_until <= $4
    RETURNING customer_id, call_request, call_key, call_at, checkout_id, checkout_request, checkout_url,
        checkout_expires_at";

const RELEASE: &str = "UPDATE billing_accounts SET lease = NULL, leased_until = 0
    WHERE organization_id = $1 AND lease = $2";

/// Says that the lease still holds, and lets nobody take it until the transaction ends.
const HOLD: &str = "UPDATE billing_accounts SET synced_at = COALESCE($3, synced_at)
    WHERE organization_id = $1 AND lease = $2";

const LEASED_UNTIL: &str = "SELECT leased_until FROM billing_accounts WHERE organization_id = $1";

const SET_CUSTOMER: &str = "UPDATE billing_accounts
    SET customer_id = $3, call_request = NULL, call_key = NULL, call_at = NULL, checkout_id = NULL,
        checkout_request = NULL, checkout_url = NULL, checkout_expires_at = NULL
    WHERE organization_id = $1 AND lease = $2";

const SET_CALL: &str = "UPDATE billing_accounts SET call_request = $3, call_key = $4, call_at = $5
    WHERE organization_id = $1 AND lease = $2";

const SET_CHECKOUT: &str =
    "UPDATE billing_accounts SET checkout_id = $3, checkout_request = $4, checkout_url = $5,
        checkout_expires_at = $6, call_request = NULL, call_key = NULL, call_at = NULL
    WHERE organization_id = $1 AND lease = $2";

const CHECKOUT: &str = "SELECT checkout_id, checkout_expires_at FROM billing_accounts
    WHERE organization_id = $1 AND checkout_id IS NOT NULL";

const CUSTOMER: &str = "SELECT customer_id FROM billing_accounts WHERE organization_id = $1";

const OF_CUSTOMER: &str = "SELECT organization_id FROM billing_accounts WHERE customer_id = $1";

/// In pages, so that an instance with many workspaces reads few at a time.
const LIST: &str = "SELECT organization_id FROM billing_accounts
    WHERE customer_id IS NOT NULL AND organization_id > $1 ORDER BY organization_id LIMIT $2";

impl<'a> Lease<'a> {
    /// Takes it; waits so long for whoever has it.
    pub(crate) async fn take(
        db: &'a Db,
        organization: OrganizationId,
        patience: Duration,
    ) -> Result<Self> {
        let deadline = Instant::now() + patience;
        loop {
            match Self::try_take(db, organization).await {
                Err(Error::Busy) if Instant::now() < deadline => {}
                other => return other,
            }
            sleep(GLANCE).await;
            // Looking costs the one who writes nothing.
            while Instant::now() < deadline && leased_until(db, organization).await? > db.now() {
                sleep(GLANCE).await;
            }
        }
    }

    /// Takes it if nobody has it; [`Error::Busy`] otherwise.
    pub(crate) async fn try_take(db: &'a Db, organization: OrganizationId) -> Result<Self> {
        let (id, now) = (db.chance().uuid_v7(db.now()), db.now());
        let mut tx = db.begin().await?;
        on_db!(tx.conn()?, c => sqlx::query(ENSURE)
            .bind(organization.uuid())
            .execute(c)
            .await
            .map(|_| ()))?;
        let row = on_db!(tx.conn()?, c => sqlx::query_as::<_, Row>(TAKE)
            .bind(organization.uuid())
            .bind(id)
            .bind(now.plus_ms(LEASE_MS).0)
            .bind(now.0)
            .fetch_optional(c)
            .await)?;
        let row = row.ok_or(Error::Busy)?;
        tx.commit().await?;
        Ok(Self {
            db,
            id,
            organization,
            by: None,
            call: row.call(),
            checkout: row.checkout(),
            customer: row.customer_id,
        })
    }

    /// Gives it back, whatever came of the act; without this it ends by itself.
    pub(crate) async fn finish<T>(self, done: Result<T>) -> Result<T> {
        let released = self.release().await;
        let done = done?;
        released?;
        Ok(done)
    }

    async fn release(self) -> Result<()> {
        let mut tx = self.db.begin().await?;
        on_db!(tx.conn()?, c => sqlx::query(RELEASE)
            .bind(self.organization.uuid())
            .bind(self.id)
            .execute(c)
            .await
            .map(|_| ()))?;
        Ok(tx.commit().await?)
    }

    /// Goes on in `tx` only while the lease holds; notes when Stripe was heard, if it was.
    pub(crate) async fn hold(&self, tx: &mut Tx, synced_at: Option<UnixMs>) -> Result<()> {
        let held = on_db!(tx.conn()?, c => sqlx::query(HOLD)
            .bind(self.organization.uuid())
            .bind(self.id)
            .bind(synced_at.map(|at| at.0))
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        if held == 1 { Ok(()) } else { Err(Error::Busy) }
    }

    /// The key for a write, stored before it is sent. The same request whose answer never came keeps its key for
    /// `life_ms`.
    pub(crate) async fn begin_call(&mut self, request: String, life_ms: i64) -> Result<Call> {
        let now = self.db.now();
        let is_same = |call: &&Call| call.request == request && call.at.plus_ms(life_ms) > now;
        if let Some(call) = self.call.as_ref().filter(is_same) {
            return Ok(call.clone());
        }
        let key = format!("tiny-{}", self.db.chance().uuid_v7(now).simple());
        let call = Call { request, key, at: now };
        self.set_call(Some(call.clone())).await?;
        Ok(call)
    }

    /// A fault that Stripe answered ends the call: its key would bring the same again. One without an answer keeps its key,
    /// and one that went well until it is stored what came of it.
    pub(crate) async fn end_if_failed<T>(&mut self, answer: &Result<T, Fault>) -> Result<()> {
        match answer {
            Ok(_) | Err(Fault::Away(_)) => Ok(()),
            Err(_) => self.end_call().await,
        }
    }

    /// The write was answered.
    pub(crate) async fn end_call(&mut self) -> Result<()> {
        self.set_call(None).await
    }

    async fn set_call(&mut self, call: Option<Call>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let touched = on_db!(tx.conn()?, c => sqlx::query(SET_CALL)
            .bind(self.organization.uuid())
            .bind(self.id)
            .bind(call.as_ref().map(|call| call.request.as_str()))
            .bind(call.as_ref().map(|call| call.key.as_str()))
            .bind(call.as_ref().map(|call| call.at.0))
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        still_held(touched)?;
        tx.commit().await?;
        self.call = call;
        Ok(())
    }

    /// Keeps the customer that was made; of one before nothing is left.
    pub(crate) async fn set_customer(&mut self, customer: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let touched = on_db!(tx.conn()?, c => sqlx::query(SET_CUSTOMER)
            .bind(self.organization.uuid())
            .bind(self.id)
            .bind(customer)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        still_held(touched)?;
        tx.commit().await?;
        self.customer = Some(customer.to_owned());
        self.checkout = None;
        self.call = None;
        Ok(())
    }

    /// Keeps the session that was made, and who made it; none: there is none any more. The call that made it is answered.
    pub(crate) async fn set_checkout(
        &mut self,
        checkout: Option<OpenCheckout>,
        made: Option<Entry<'_>>,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let touched = on_db!(tx.conn()?, c => sqlx::query(SET_CHECKOUT)
            .bind(self.organization.uuid())
            .bind(self.id)
            .bind(checkout.as_ref().map(|open| open.id.as_str()))
            .bind(checkout.as_ref().map(|open| open.request.as_str()))
            .bind(checkout.as_ref().map(|open| open.url.as_str()))
            .bind(checkout.as_ref().map(|open| open.expires_at.0))
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        still_held(touched)?;
        if let Some(entry) = made {
            audit::record(&mut tx, entry).await?;
        }
        tx.commit().await?;
        self.checkout = checkout;
        self.call = None;
        Ok(())
    }
}

impl Row {
    fn call(&self) -> Option<Call> {
        let (request, key) = (self.call_request.clone()?, self.call_key.clone()?);
        Some(Call { request, key, at: UnixMs(self.call_at?) })
    }

    fn checkout(&self) -> Option<OpenCheckout> {
        Some(OpenCheckout {
            id: self.checkout_id.clone()?,
            request: self.checkout_request.clone()?,
            url: self.checkout_url.clone()?,
            expires_at: UnixMs(self.checkout_expires_at?),
        })
    }
}

const fn still_held(touched: u64) -> Result<()> {
    if touched == 1 { Ok(()) } else { Err(Error::Busy) }
}

async fn leased_until(db: &Db, organization: OrganizationId) -> Result<UnixMs> {
    let row = on_db!(db.read(), c => sqlx::query_as::<_, (i64,)>(LEASED_UNTIL)
        .bind(organization.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(row.map_or(UnixMs(0), |(until,)| UnixMs(until)))
}

/// The session of Checkout that was opened last, and when it can be paid no more.
pub(crate) async fn find_checkout(
    db: &Db,
    organization: OrganizationId,
) -> Result<Option<(String, UnixMs)>> {
    let row = on_db!(db.read(), c => sqlx::query_as::<_, (String, i64)>(CHECKOUT)
        .bind(organization.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(|(id, expires_at)| (id, UnixMs(expires_at))))
}

/// The workspace's customer at Stripe.
pub(crate) async fn find_customer(db: &Db, organization: OrganizationId) -> Result<Option<String>> {
    let row = on_db!(db.read(), c => sqlx::query_as::<_, (Option<String>,)>(CUSTOMER)
        .bind(organization.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(row.and_then(|(customer,)| customer))
}

/// The workspace of a customer at Stripe.
pub(crate) async fn of_customer(db: &Db, customer: &str) -> Result<Option<OrganizationId>> {
    let row = on_db!(db.read(), c => sqlx::query_as::<_, (Uuid,)>(OF_CUSTOMER)
        .bind(customer)
        .fetch_optional(c)
        .await)?;
    Ok(row.map(|(id,)| id.into()))
}

/// So many workspaces that have a customer, in order of their ids, from after `last` on.
pub(crate) async fn list(db: &Db, last: Uuid, count: i64) -> Result<Vec<OrganizationId>> {
    let rows = on_db!(db.read(), c => sqlx::query_as::<_, (Uuid,)>(LIST)
        .bind(last)
        .bind(count)
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}
