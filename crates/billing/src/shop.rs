//! What is needed to sell: the way to Stripe, the plans, and where people come back to.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    plan::Plans,
    stripe::{Fault, Price, Stripe, StripeSettings},
};

/// Prices at Stripe cannot change; only whether they are sold can.
const PRICES_ARE_KEPT: Duration = Duration::from_hours(1);

pub(crate) struct Shop {
    pub stripe: Stripe,
    pub plans: Plans,
    pub base_url: String,
    pub webhook_secrets: Vec<String>,
    /// How long one act waits for another of the same workspace.
    pub turn: Duration,
    /// How long someone waits for an act.
    pub caller: Duration,
    prices: Mutex<HashMap<String, (Instant, Price)>>,
}

impl std::fmt::Debug for Shop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shop").field("plans", &self.plans).finish_non_exhaustive()
    }
}

impl Shop {
    pub(crate) fn new(
        settings: &StripeSettings,
        plans: Plans,
        base_url: &str,
    ) -> Result<Self, String> {
        Ok(Self {
            stripe: Stripe::new(settings)?,
            plans,
            base_url: base_url.to_owned(),
            webhook_secrets: settings.webhook_secrets.clone(),
            turn: settings.pace.turn,
            caller: settings.pace.caller,
            prices: Mutex::default(),
        })
    }

    /// A price as Stripe has it, asked for once an hour.
    pub(crate) async fn price(&self, id: &str) -> Result<Price, Fault> {
        if let Some(price) = self.kept(id) {
            return Ok(price);
        }
        let price = self.stripe.price(id).await?;
        let mut prices = self.prices.lock().unwrap_or_else(PoisonError::into_inner);
        prices.insert(id.to_owned(), (Instant::now(), price.clone()));
        Ok(price)
    }

    fn kept(&self, id: &str) -> Option<Price> {
        let prices = self.prices.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, price) = prices.get(id)?;
        (at.elapsed() < PRICES_ARE_KEPT).then(|| price.clone())
    }

    /// The page of a workspace's plan.
    pub(crate) fn page(&self, slug: &str) -> String {
        format!("{}/{slug}/billing", self.base_url)
    }
}
