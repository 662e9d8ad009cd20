//! What is concluded from records. An analysis reads through `query` (no SQL here) and gives a table of values; it knows no
//! question, no face and no text. It is one file here and one row of `ALL`: the named query, the subcommand, the kind of
//! exhibit and the table in the window come from the row.

pub mod coverage;
mod definition;
pub mod glance;

pub use definition::{Analysis, Asked, Parameter, ParameterKind};

/// Every analysis.
pub static ALL: &[&Analysis] = &[&coverage::COVERAGE];
