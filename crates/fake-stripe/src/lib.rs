//! A stateful Stripe on a local port: the API that Tiny calls, the pages that a customer sees, the webhooks that
//! follow, and a billing engine that knows what is owed.
//!
//! Everything happens in one `World` behind one lock, with a clock and a chance of its own, so that the
//! same seed and the same calls give the same ids, the same events and the same faults. [`FakeStripe`] is the handle to
//! it: tests act and look through it, [`FakeStripe::router`] and [`FakeStripe::start`] put it behind HTTP.
//!
//! Times are Unix seconds and amounts are in the smallest unit of the currency, as with Stripe.

// The objects of the API have up to 70 fields.
#![recursion_limit = "256"]

mod acts;
mod api;
mod billing;
mod calendar;
mod chance;
mod clock;
mod control;
mod error;
mod events;
mod handle;
mod knobs;
mod pages;
mod post;
mod sender;
mod serve;
mod signature;
mod state;
mod view;

pub use acts::{Declined, NewPrice};
pub use handle::{FakeStripe, Options};
pub use knobs::{AfterRetries, Fault, Faults, Knobs, Mode, Scripted};
pub use post::{Delivery, DeliveryState};
pub use serve::Running;
pub use signature::sign;
pub use state::payment::Card;
pub use state::subscription::Status;
pub use view::{Customer, Event, Invoice, Request, Subscription};

/// The version of Stripe's API whose shapes are served, whichever version a client asks for.
pub const API_VERSION: &str = "2026-09-30.endive";

/// The product that every fresh fake has.
pub const TEAM_PRODUCT: &str = "prod_team";
/// Its price of 9.00 USD a seat and month.
pub const TEAM_MONTHLY: &str = "price_team_monthly";
/// Its price of 90.00 USD a seat and year.
pub const TEAM_YEARLY: &str = "price_team_yearly";
/// A product with a price that does not depend on seats: 49.00 USD a month.
pub const FLAT_MONTHLY: &str = "price_business_monthly";
