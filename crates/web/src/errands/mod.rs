//! What takes more than one slice: a change, and the mail that goes with it. Both doors run the same errands.

mod accounts;
mod team;

pub use self::accounts::SignedUp;
pub use self::team::Sent;
