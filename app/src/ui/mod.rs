//! The parts that pages are made of, one file each.

pub(crate) mod badge;
pub(crate) mod button;
pub(crate) mod code;
pub(crate) mod confirm;
pub(crate) mod diff;
pub(crate) mod empty;
pub(crate) mod field;
pub mod form;
pub(crate) mod highlight;
pub(crate) mod html;
pub(crate) mod json;
pub mod notice;
pub(crate) mod picker;
pub(crate) mod sparkline;
pub(crate) mod table;
pub(crate) mod tabs;
pub(crate) mod time;
