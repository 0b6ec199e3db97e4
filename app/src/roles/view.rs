//! The roles' pages.

mod form;
mod list;
mod matrix;

pub use form::page as role_page;
pub use list::page as roles_page;
