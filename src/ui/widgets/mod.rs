//! Widgets that more than one view uses.

pub(crate) mod bars;
pub(crate) mod chain;
pub(crate) mod coverage;
pub(crate) mod elide;
pub(crate) mod empty;
pub(crate) mod exhibit_text;
pub(crate) mod facts;
pub(crate) mod figure;
pub(crate) mod follow;
pub(crate) mod grid;
pub(crate) mod handle;
pub(crate) mod leaves;
pub(crate) mod list;
pub(crate) mod low;
pub(crate) mod named;
pub(crate) mod pages;
pub(crate) mod sign;
pub(crate) mod subject;
pub(crate) mod unsaved;
