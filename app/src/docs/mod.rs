//! The error reference, from the catalogue.

mod routes;
mod view;

pub(crate) use routes::routes;
pub use view::page;
