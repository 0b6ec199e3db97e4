//! The pages of Tiny.
//!
//! A page is a function of plain data ([`model::wire`]) that gives a whole HTML document: no database, no
//! clock and no HTTP in here. Handlers load the data, call the function and answer with the text. Every
//! change is an HTML form, so a page works without JavaScript; the few parts that come alive in the browser
//! are [`islands`], which alone are compiled for both sides.

// The type of a view holds the types of all views inside it.
#![recursion_limit = "256"]
#![expect(
    clippy::needless_pass_by_value,
    reason = "what a component is given is its own: views outlive the function that makes them"
)]
#![cfg_attr(
    feature = "ssr",
    expect(clippy::must_use_candidate, reason = "a component is only called by the view macro")
)]

pub mod format;
pub mod islands;

#[cfg(feature = "ssr")]
pub mod account;
#[cfg(feature = "ssr")]
pub mod assets;
#[cfg(feature = "ssr")]
pub mod audit_log;
#[cfg(feature = "ssr")]
pub mod auth;
#[cfg(feature = "ssr")]
pub mod billing;
#[cfg(feature = "ssr")]
pub mod chrome;
#[cfg(feature = "ssr")]
mod counted;
#[cfg(feature = "ssr")]
mod curl;
#[cfg(feature = "ssr")]
pub mod debug;
#[cfg(feature = "ssr")]
pub mod docs;
#[cfg(feature = "ssr")]
mod document;
#[cfg(feature = "ssr")]
mod files;
#[cfg(feature = "ssr")]
pub mod id;
#[cfg(feature = "ssr")]
pub mod instance;
#[cfg(feature = "ssr")]
pub mod invitations;
#[cfg(feature = "ssr")]
pub mod invite_many;
#[cfg(feature = "ssr")]
pub mod links;
#[cfg(feature = "ssr")]
pub mod overview;
#[cfg(feature = "ssr")]
mod posted;
#[cfg(feature = "ssr")]
pub mod problem;
#[cfg(feature = "ssr")]
mod reopened;
#[cfg(feature = "ssr")]
pub mod roles;
#[cfg(feature = "ssr")]
mod serving;
#[cfg(feature = "ssr")]
pub mod settings;
#[cfg(feature = "ssr")]
pub mod setup;
#[cfg(feature = "ssr")]
pub mod team;
#[cfg(feature = "ssr")]
pub mod ui;
#[cfg(feature = "ssr")]
pub mod unmatched;
#[cfg(feature = "ssr")]
pub mod workspaces;

#[cfg(feature = "ssr")]
pub use serving::router;
