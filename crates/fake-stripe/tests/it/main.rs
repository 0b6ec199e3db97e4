//! The fake from outside: through its API without a network, and through its handle.

mod api;
mod billing;
mod binary;
mod customers;
mod door;
mod ends;
mod hooks;
mod network;
mod pages;
mod pending;
mod previews;
mod sessions;
mod support;
mod unfinished;
