//! The whole application through its doors, in memory.

mod catalogue;
mod house;
mod ingest;
mod load;
mod pages;
mod workspace;
