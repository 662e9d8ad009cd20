//! Widgets that more than one view uses.

pub mod grid;
