//! The ingest door with everything behind it, for inputs that nobody would send: `cargo xtask fuzz` makes them up from
//! those in `corpus/`, and guides itself by which code of the house they reach. A panic anywhere ends the run, and so
//! does an answer that breaks the contract.
//!
//! Nothing is replaced: an input goes through the real router, gate, validation and writer into `SQLite`, and what was
//! recorded of it is opened as the debug view does.

mod check;
mod doors;
mod input;

pub use doors::Doors;
