//! Widgets that more than one view uses.

pub mod bars;
pub mod coverage;
pub mod figure;
pub mod grid;
pub mod list;
pub mod subject;
