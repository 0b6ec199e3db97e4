//! The whole application through its doors, in memory.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on is a red test"
)]

mod access;
mod account;
mod audit_pages;
mod billing;
mod bounds;
mod catalogue;
mod clock;
mod connections;
mod flood;
mod gate;
mod gzip;
mod house;
mod ingest;
mod keeper;
mod load;
mod mail;
mod messages;
mod mixes;
mod openapi;
mod overload;
mod pages;
mod processes;
mod processes_gate;
mod processes_ingest;
mod processes_rate;
mod processes_sqlite;
mod readiness;
mod retention;
mod settings;
mod store;
mod team;
mod team_pages;
mod unmatched;
mod upgrade;
mod validate;
mod walk;
mod workspace;
