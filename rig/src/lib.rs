//! What `bench` and `trial` share: `tiny serve` as a child over a database of its own, connections to it, what
//! browsers send, and the machine below.
//!
//! It knows the server from outside only: its command line, its doors and its tables.

pub mod api;
pub mod connection;
pub mod database;
pub mod machine;
pub mod payload;
pub mod premises;
pub mod process;
pub mod server;
pub mod table;
pub mod target;
