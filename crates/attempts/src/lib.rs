//! The record of every request to a public endpoint, whatever became of it.
//!
//! `ingest` writes here in the transaction that stores the events, so an answer and its record cannot part.
//! Pages and the API read here: the list, one attempt whole, and the verdict of a source.

mod counted;
mod explain;
mod facts;
mod findings;
mod forget;
mod list;
mod open;
mod partitions;
mod raw;
mod record;
mod recorder;
mod retention;
mod traffic;
mod unmatched;
mod verdict;

pub use counted::{Counted, add as add_counted, counted, lately};
pub use explain::{checks, explain};
pub use facts::{Facts, SessionFault};
pub use findings::findings;
pub use forget::forget_source;
pub use list::{Filter, list};
pub use open::{Stored, find};
pub use partitions::{drop_old as drop_old_partitions, make as make_partitions};
pub use raw::Raw;
pub use record::{Record, insert};
pub use recorder::{KEPT_PER_MINUTE, Recorder};
pub use retention::forget_old;
pub use traffic::{Hour, Totals, Traffic, add as add_traffic, hours};
pub use unmatched::{find_unmatched, list_unmatched};
pub use verdict::{last_accepted_at, verdict};

/// Counts are by calendar minute.
const MINUTE_MS: i64 = 60_000;
