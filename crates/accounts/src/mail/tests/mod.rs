//! What is written, and what becomes of it on the way to a real mail server.

mod delivery;
mod letters;
mod post_office;
