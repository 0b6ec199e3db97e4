//! What tests share: a fresh database of either engine, a clock that can be set, a client without a network, the log.
//!
//! [`both!`] makes one test of the storage's behaviour run on both engines. PostgreSQL is the server that
//! `TINY_TEST_POSTGRES_URL` names (`cargo xtask test` starts one); without it the test fails, it is not skipped.

mod client;
mod database;
mod log;

pub use client::{Call, Client, Reply};
pub use database::{START, TestDb, run};
pub use log::Log;

/// One test, both engines: each gets a fresh, migrated database and a clock standing at [`START`].
///
/// ```text
/// testkit::both! {
///     async fn a_rule_in_words(db: db::Db) { … }
/// }
/// ```
#[macro_export]
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: $type:ty) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn rule($db: $type) $body

            $(#[$meta])*
            #[tokio::test]
            async fn on_sqlite() {
                let database = $crate::TestDb::sqlite().await;
                rule(database.db()).await;
                database.close().await;
            }

            $(#[$meta])*
            #[tokio::test]
            async fn on_postgres() {
                let database = $crate::TestDb::postgres().await;
                rule(database.db()).await;
                database.close().await;
            }
        }
    )*};
}
