//! What takes more than one slice: a change, and the mail that goes with it. Both doors run the same errands.

mod accounts;
mod billing;
mod team;
mod workspaces;

pub use self::accounts::SignedUp;
pub use self::team::Sent;
