//! Widgets that more than one view uses.

pub(crate) mod bars;
pub(crate) mod coverage;
pub(crate) mod exhibit_text;
pub(crate) mod figure;
pub(crate) mod grid;
pub(crate) mod list;
pub(crate) mod subject;
