//! The fake from outside: through its API without a network, and through its handle.

mod api;
mod billing;
mod binary;
mod customers;
mod door;
mod hooks;
mod network;
mod pages;
mod pending;
mod sessions;
mod support;
