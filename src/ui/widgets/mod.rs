//! Widgets that more than one view uses.

pub mod grid;
pub mod list;
