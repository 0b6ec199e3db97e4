//! The whole application through its doors, in memory.

mod catalogue;
mod house;
mod ingest;
mod pages;
mod workspace;
