//! What every door shares, whoever knocks: a browser page, a tool with a token.
//!
//! Requests pass [`exchange`] (id, address, log line) first. A handler gets its caller from an extractor,
//! [`api::WorkspaceCall`] or [`pages::Member`], and answers a [`Fault`] when something is not as it should be;
//! the door it came through puts that into its own words. Who calls (401), whether the call can be read (400) and whether
//! they are a member (403) is decided here; whether a member may do what they ask is decided by what they hold, and once
//! more by the slice, in the transaction of the change.

pub mod address;
pub mod api;
pub mod cookies;
mod errands;
pub mod exchange;
mod fault;
mod identity;
mod pace;
pub mod pages;
mod protect;
mod services;

pub use errands::{Sent, SignedUp};
pub use fault::Fault;
pub use protect::{catch_panics, protect};
pub use services::{API_RATE_PER_MINUTE, Instance, Services, SignupMode};
