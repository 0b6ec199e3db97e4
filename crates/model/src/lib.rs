//! What everyone may know: ids, permission keys, wire types and the error catalogue.
//!
//! The bottom of the house. No input or output happens here and it compiles to WebAssembly, so that the
//! browser and the server read the same words.

pub mod catalogue;
pub mod exchange;
pub mod ids;
pub mod permission;
pub mod retention;
#[cfg(feature = "openapi")]
mod schema;
pub mod time;
pub mod wire;

pub use catalogue::{Code, IssueCode};
pub use exchange::Exchange;
pub use permission::{Permission, Permissions};
pub use retention::Retention;
pub use time::UnixMs;
