//! What crosses the doors as JSON, one file per area. Keys are camelCase, times RFC 3339 in UTC.

pub mod accounts;
pub mod attempts;
pub mod audit;
pub mod billing;
pub mod errors;
pub mod ingest;
pub mod sources;
pub mod team;
pub mod workspaces;
