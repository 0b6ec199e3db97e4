//! The one binary `tiny`: it puts the house together and opens its doors.

pub mod accept;
pub mod admin;
mod alone;
pub mod api;
pub mod config;
pub mod demo;
pub mod health;
pub mod keeper;
pub mod openapi;
pub mod router;
pub mod serve;
pub mod telemetry;
