//! The engine: what is owed, when it is collected, and what becomes of a subscription on the way.
//!
//! Everything is a method of [`World`](crate::state::World) that changes it and emits the events of the change. Time is
//! moved in `cycle`, which does what is due at its moment; the rest is asked for by the API, the pages or a test.

pub(crate) mod cancel;
pub(crate) mod change;
pub(crate) mod checkout;
mod collect;
mod customers;
mod cycle;
mod invoicing;
mod pending;
pub(crate) mod preview;
mod proration;
pub(crate) mod subscribe;
