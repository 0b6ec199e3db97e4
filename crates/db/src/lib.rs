//! One database, two engines.
//!
//! [`Db`] hands out connections, transactions, the time and new ids. It knows no table: each slice keeps its
//! own statements as `const`s and runs the one text on both engines through [`on_db!`].

mod bulk;
mod by_source;
mod chance;
mod clock;
mod engine;
mod error;
mod lane;
mod note;
mod notify;
mod only;
mod open;
mod steps;
mod wal;

pub use bulk::{bulk, column, filled};
pub use by_source::{BySource, forget_by_source};
pub use chance::{Chance, lowest_id};
pub use clock::Clock;
pub use engine::{Conn, Db, Engine, Pools, Tx};
pub use error::{Error, Result, expect_one};
pub use note::note;
pub use notify::{listen, notify};
pub use only::{Only, only};
pub use open::{Settings, is_migrated, migrate, open};
pub use steps::{Value, delete_in_steps, in_gentle_steps, in_steps};
pub use wal::keep_log_short;

/// Runs the same chain on whichever engine is there.
///
/// ```text
/// on_db!(db.read(), c => sqlx::query_as::<_, Row>(LIST).bind(id).fetch_all(c).await)
/// ```
#[macro_export]
macro_rules! on_db {
    ($on:expr, $c:ident => $chain:expr) => {
        match $on {
            $crate::Engine::Sqlite($c) => $chain,
            $crate::Engine::Postgres($c) => $chain,
        }
    };
}
