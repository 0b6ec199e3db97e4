//! Whatever is lost, doubled, late or out of order, and wherever a process dies: after one synchronisation this side
//! says what Stripe has.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on is a red test")]

mod acts;
mod edges;
mod messages;
mod orders;
mod schedules;
mod shop;
mod webhooks;
