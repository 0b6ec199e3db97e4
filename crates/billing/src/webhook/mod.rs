//! What Stripe tells by itself.
//!
//! An event is verified, kept once, and answered; that is all that is done while Stripe waits. Its content is not
//! believed: the worker only reads whom it is about, and asks Stripe what holds now.

mod dead;
mod forget;
mod signature;
mod store;

pub use signature::NotSigned;

pub(crate) use dead::{dismiss, overtake, retry, retry_all};
pub(crate) use store::{done, failed, find_waiting, postpone, take, unused};

use db::on_db;
use serde::Deserialize;

use crate::{Billing, Result, subscription::seconds};

/// A body larger than this is no event; the door refuses it before it is read.
pub const MOST_BYTES: usize = 1 << 20;

/// What is read of an event; all of it may be absent, as nobody but Stripe decides what stands there.
#[derive(Debug, Default, Deserialize)]
struct Told {
    id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    data: Option<Data>,
}

#[derive(Debug, Default, Deserialize)]
struct Data {
    object: Option<Object>,
}

#[derive(Debug, Default, Deserialize)]
struct Object {
    id: Option<String>,
    #[serde(rename = "object")]
    kind: Option<String>,
    /// Its id, or the customer as an object.
    customer: Option<serde_json::Value>,
}

impl Told {
    /// The customer it is about.
    fn customer(&self) -> Option<String> {
        let object = self.data.as_ref()?.object.as_ref()?;
        if object.kind.as_deref() == Some("customer") {
            return object.id.clone();
        }
        match object.customer.as_ref()? {
            serde_json::Value::String(id) => Some(id.clone()),
            whole => whole.get("id")?.as_str().map(str::to_owned),
        }
    }
}

const INSERT: &str = "INSERT INTO stripe_events
    (id, type, customer_id, payload, received_at, state, tries, next_try_at, leased_until, fault)
    VALUES ($1, $2, $3, $4, $5, $6, 0, $5, 0, $7) ON CONFLICT (id) DO NOTHING";

/// Begins the types that say something about a subscription or its payments.
const USED: [&str; 5] =
    ["checkout.session.", "customer.", "invoice.", "payment_intent.", "subscription_schedule."];

impl Billing {
    /// Takes an event: once it is kept, and when it was kept before, all is well.
    ///
    /// # Errors
    ///
    /// [`Error::Signature`](crate::Error::Signature), or when the database fails; then Stripe tells again.
    pub async fn receive(&self, signature: Option<&str>, payload: &[u8]) -> Result<()> {
        // Where nothing is sold no secret is known, and strangers are told no more than that.
        let secrets = self.shop.as_deref().map(|shop| shop.webhook_secrets.as_slice());
        let now = self.db.now();
        signature::verify(signature, payload, secrets.unwrap_or_default(), seconds(now))?;
        let told: Option<Told> = serde_json::from_slice(payload).ok();
        let read = told.as_ref().and_then(|told| Some((told.id.clone()?, told.kind.clone()?)));
        let is_read = read.is_some();
        // Signed and not to be read: kept under a name that the same bytes have again.
        let (id, kind) =
            read.unwrap_or_else(|| (signature::digest(payload), "unreadable".to_owned()));
        let customer = told.as_ref().and_then(Told::customer);
        let is_used = customer.is_some() && USED.iter().any(|start| kind.starts_with(start));
        let (state, fault) = match (is_read, is_used) {
            (false, _) => ("dead", Some("It is signed by Stripe, and no event that can be read.")),
            (true, false) => ("unused", None),
            (true, true) => ("waiting", None),
        };
        let mut tx = self.db.begin().await?;
        let inserted = on_db!(tx.conn()?, c => sqlx::query(INSERT)
            .bind(id.as_str())
            .bind(kind.as_str())
            .bind(customer.as_deref())
            .bind(String::from_utf8_lossy(payload).replace('\0', "\u{fffd}"))
            .bind(now.0)
            .bind(state)
            .bind(fault)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        tx.commit().await?;
        if inserted == 1 && !is_read {
            tracing::error!(
                event = id,
                "a webhook is signed by Stripe and cannot be read; it is kept for the instance owner"
            );
        }
        Ok(())
    }
}
