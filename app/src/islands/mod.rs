//! The parts of a page that come alive in the browser; everything else is plain HTML.
//!
//! This module is compiled twice: for the server, which renders an island as it is at first, and for the
//! browser, which finds it there and goes on. Both must render the same, so nothing in a view may depend on a
//! clock or on which side it runs.

#[cfg(feature = "hydrate")]
mod browser;
mod copy;
mod find;
mod live;
mod sentence;

pub use copy::Copy;
pub use find::FindShortcut;
pub use live::{LiveDebug, data};
#[cfg(feature = "ssr")]
pub(crate) use live::{sign, tone};
pub use sentence::{Breakable, Sentence};

/// Does nothing; calling it keeps the linker from dropping the islands' exports.
pub const fn keep() {}
