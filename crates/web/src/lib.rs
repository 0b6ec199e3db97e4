//! What every door shares, whoever knocks: a browser page, a tool with a token.
//!
//! Requests pass [`exchange`] (id, address, log line) first. A handler gets its caller from an extractor,
//! [`api::WorkspaceCall`] or [`pages::Member`], and answers a [`Fault`] when something is not as it should be;
//! the door it came through puts that into its own words. 401, 400 and 403 are decided here and nowhere else.

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
