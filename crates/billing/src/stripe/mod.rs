//! Stripe's API, as far as it is used here. Nothing outside this folder knows the library that speaks to it.
//!
//! What is sent and what is read are small structs of our own: the library's typed replies refuse an object that lacks
//! any field they know, and Stripe's objects gain and lose fields.

mod calls;
mod client;
mod replies;

pub(crate) use calls::{CheckoutCall, PreviewCall};
pub(crate) use client::{Fault, Stripe};
pub(crate) use replies::{CheckoutSession, Invoice, Price, Subscription};

/// How to reach Stripe.
#[derive(Clone)]
pub struct StripeSettings {
    /// `sk_…` or `rk_…`.
    pub secret_key: String,
    /// Where its API is, when it is not Stripe's own; without a slash at the end.
    pub api_base: Option<String>,
    /// The secrets that webhooks are signed with, `whsec_…`: two while one replaces the other.
    pub webhook_secrets: Vec<String>,
}

impl std::fmt::Debug for StripeSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { secret_key: _, api_base, webhook_secrets } = self;
        f.debug_struct("StripeSettings")
            .field("api_base", api_base)
            .field("webhook_secrets", &webhook_secrets.len())
            .finish_non_exhaustive()
    }
}
