//! What fills the middle of the window.

pub mod evidence;
pub mod records;
pub mod sql;
pub mod start;
