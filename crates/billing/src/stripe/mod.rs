//! Stripe's API, as far as it is used here. Nothing outside this folder knows the library that speaks to it.
//!
//! What is sent and what is read are small structs of our own: the library's typed replies refuse an object that lacks
//! any field they know, and Stripe's objects gain and lose fields.

use std::time::Duration;

mod calls;
mod client;
mod replies;

pub(crate) use calls::{CheckoutCall, PreviewCall};
pub(crate) use client::{Fault, Stripe};
pub(crate) use replies::{CheckoutSession, Invoice, Item, Named, Price, Subscription};

/// How to reach Stripe.
#[derive(Clone)]
pub struct StripeSettings {
    /// `sk_…` or `rk_…`.
    pub secret_key: String,
    /// Where its API is, when it is not Stripe's own; without a slash at the end.
    pub api_base: Option<String>,
    /// The secrets that webhooks are signed with, `whsec_…`: two while one replaces the other.
    pub webhook_secrets: Vec<String>,
    /// How long a call is waited for and when it is tried again.
    pub pace: Pace,
}

/// How patient calls are.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// For one try.
    pub patience: Duration,
    /// Between tries; so there is one more try than waits.
    pub waits: [Duration; 2],
    /// For whoever else acts for the same workspace.
    pub turn: Duration,
    /// For a whole act, by whoever asked for it. The act itself goes on.
    pub caller: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(10),
            waits: [Duration::from_millis(250), Duration::from_secs(1)],
            turn: Duration::from_secs(10),
            caller: Duration::from_secs(25),
        }
    }
}

impl std::fmt::Debug for StripeSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { secret_key: _, api_base, webhook_secrets, pace: _ } = self;
        f.debug_struct("StripeSettings")
            .field("api_base", api_base)
            .field("webhook_secrets", &webhook_secrets.len())
            .finish_non_exhaustive()
    }
}
