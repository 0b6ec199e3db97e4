//! Plans and Stripe: what a workspace has bought, and the seats that it gets for it.
//!
//! The only crate that knows Stripe. What Stripe has is the truth; here is a copy that [`Billing::sync`] renews, and
//! nothing else. A webhook only says whose copy is old ([`webhook`]); a worker and an hourly run see to it that it is
//! renewed. Everything that changes something at Stripe for a workspace, and everything that renews its copy, holds the
//! lease on its account.

mod account;
mod change;
mod checkout;
mod error;
mod instance;
mod plan;
mod shop;
mod stripe;
mod subscription;
mod sync;
mod view;
pub mod webhook;
mod worker;

use std::{sync::Arc, time::Duration};

use db::Db;
use tokio::time::timeout;

pub use change::{Preview, SeatChange};
pub use checkout::Purchase;
pub use error::{Error, Result};
pub use instance::{Event, EventState, Overview};
pub use plan::{FREE_SEATS, MOST_SEATS, NotPlans, Plan, Plans};
pub use stripe::{Pace, StripeSettings};
pub use subscription::{GRACE_MS, Status, Subscription};
pub use view::{Charge, Offer, Problem, Standing};
pub use worker::work;

use shop::Shop;

/// All calls of one act, with their retries; shorter than a lease.
const PATIENCE: Duration = Duration::from_secs(90);

/// Everything that can be done with plans. Clones share everything.
///
/// Whoever goes away in the middle of an act leaves its lease behind until that ends by itself; a door that may lose its
/// caller runs acts on tasks of their own.
#[derive(Debug, Clone)]
pub struct Billing {
    db: Db,
    /// None: nothing is sold here.
    shop: Option<Arc<Shop>>,
}

impl Billing {
    /// Sells nothing; every act answers [`Error::NotConfigured`].
    #[must_use]
    pub const fn off(db: Db) -> Self {
        Self { db, shop: None }
    }

    /// Sells `plans` through Stripe, to people who see this instance at `base_url`.
    ///
    /// # Errors
    ///
    /// When the settings can be no settings of Stripe's: which part is wrong, without its value.
    pub fn new(
        db: Db,
        settings: &StripeSettings,
        plans: Plans,
        base_url: &str,
    ) -> std::result::Result<Self, String> {
        Ok(Self { db, shop: Some(Arc::new(Shop::new(settings, plans, base_url)?)) })
    }

    /// Whether anything is sold here.
    #[must_use]
    pub const fn is_configured(&self) -> bool {
        self.shop.is_some()
    }

    /// The plans, where anything is sold.
    #[must_use]
    pub fn plans(&self) -> Option<&Plans> {
        self.shop.as_deref().map(|shop| &shop.plans)
    }

    /// Waits for an act as long as whoever asked for it does. What runs on a task of its own goes on afterwards.
    ///
    /// # Errors
    ///
    /// [`Error::Away`] when it takes longer, else those of the act.
    pub async fn within_patience<T>(&self, act: impl Future<Output = Result<T>>) -> Result<T> {
        let late = || Error::Away("it takes longer than its caller waits".to_owned());
        let patience = self.shop()?.caller;
        timeout(patience, act).await.unwrap_or_else(|_| Err(late()))
    }

    pub(crate) fn shop(&self) -> Result<&Shop> {
        self.shop.as_deref().ok_or(Error::NotConfigured)
    }
}

/// What is done under a lease must be over before it ends.
pub(crate) async fn in_time<T>(act: impl Future<Output = Result<T>>) -> Result<T> {
    let late = || Error::Away("the whole took too long".to_owned());
    timeout(PATIENCE, act).await.unwrap_or_else(|_| Err(late()))
}
