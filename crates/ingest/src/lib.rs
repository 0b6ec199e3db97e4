//! The hot path: check, parse, validate, normalise, dedupe, commit, answer.
//!
//! ```text
//! http      key, origin, body in, reply out
//! gate      source, active, origin, rate, size       the first check that fails is the outcome
//! validate  bytes → a request, or every fault of it
//! queue     what waits, bounded                      sources take turns
//! writer    everything that waits → one transaction  sessions, events, attempts, counts
//! outcome   what became of it                         the reply and the record are both made from this
//! ```
//!
//! A 200 leaves after the commit that holds what it speaks of.

mod counts;
mod event;
mod faults;
mod forget;
mod gate;
mod hold;
pub mod http;
mod opened;
mod outcome;
mod plan;
mod queue;
mod rate;
mod retention;
mod store;
mod validate;
mod work;
mod writer;

pub use forget::forget_source;
pub use http::{Ingest, readable, router};
pub use opened::{open_attempt, open_unmatched};
pub use rate::forget_old_leases;
pub use retention::forget_old;
pub use writer::{Trouble, Writer, WriterSettings};

/// The protocol's version, in the path and in every body.
pub const INGEST_VERSION: i64 = 2;
/// Most events in one request.
pub const MAX_EVENTS: usize = 500;
/// A bootstrap resumes a session that was active within this time.
pub const RESUME_MS: i64 = 30 * 60_000;
/// Events are taken for a session that was active within this time.
pub const SESSION_MS: i64 = 24 * 60 * 60_000;
