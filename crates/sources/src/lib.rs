//! Tracking sources: what may send events, with which key, from which origins, within which limits.
//!
//! [`Sources`] changes and reads them for people, each change with its audit row in one transaction.
//! [`Sources::gate_lookup`] reads them for ingest, from a cache that no change of this process outlives and
//! no change of another process for more than a second; where a change is told ([`CHANGES`]), for hardly a moment. [`AllowedOrigins`] holds the rule of who may send, and
//! [`install`] writes what a person pastes.

mod allowed;
mod change;
mod create;
mod error;
mod fault;
mod gate;
mod gate_cache;
mod install;
mod key;
mod origin;
mod origins;
mod read;
mod rotate;
mod row;
mod settings;
mod slug;

pub use allowed::{AllowedOrigin, AllowedOrigins, OriginCheck};
pub use error::{Error, Result};
pub use fault::OriginFault;
pub use gate::{GateSource, Lookup};
pub use install::install;
pub use key::PublicKey;
pub use origin::Origin;
pub use settings::{Changes, NewSource};

use std::sync::Arc;

/// Where a process tells the others that it has changed a source, see [`db::listen`]. Who hears it calls
/// [`Sources::forget`].
pub const CHANGES: &str = "tiny_sources";

/// The tracking sources of every workspace.
#[derive(Debug, Clone)]
pub struct Sources {
    db: db::Db,
    /// The same for the gate, which must not wait for those who read for long.
    gate_db: db::Db,
    cache: Arc<gate_cache::GateCache>,
}

impl Sources {
    /// Sources in `db`. Clones share one cache; two of these in one process would not see each other's
    /// changes at once.
    #[must_use]
    pub fn new(db: db::Db) -> Self {
        Self { gate_db: db.apart(), db, cache: Arc::default() }
    }

    /// To be called after a change outside this slice or this process that opens or closes sources: the gate looks
    /// again.
    pub fn forget(&self) {
        self.cache.forget();
    }
}
