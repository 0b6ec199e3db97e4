//! The references: of errors, from the catalogue, and of the API, from its description.

mod api;
mod errors;
mod routes;

pub use api::{Reference, page as api_page};
pub use errors::page;
pub(crate) use routes::routes;
