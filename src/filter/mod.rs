//! Filter text to a typed value, with errors that name the place. Pure: no SQL, no files.
//!
//! `parse` makes a `Filter` (tree.rs) out of tokens (lexer.rs, parser.rs, predicate.rs); names are looked up in the one
//! table of fields (target.rs) and values read by the field's type (literal.rs, value.rs). The `Display` of a filter is
//! canonical text. `eval` is what a filter means, in memory; the SQL in `query::filter_sql` has to agree with it.

pub mod clause;
pub mod complete;
mod display;
pub(crate) mod error;
pub mod eval;
mod functions;
pub(crate) mod help;
pub(crate) mod json;
mod lexer;
mod literal;
pub(crate) mod names;
mod parser;
pub(crate) mod path;
pub(crate) mod pattern;
pub(crate) mod pipeline;
mod predicate;
mod rules;
mod target;
pub(crate) mod tree;
pub(crate) mod value;

pub use error::FilterError;
pub use parser::parse;
pub use path::{JsonPath, Step};
pub use rules::{Burst, Rule, rule_named, rules};
pub use target::{extra_named, field_named, target_named};
pub use tree::{Check, Filter, Partition, Relation, Target, Test, Type};
pub use value::{Literal, Network};

#[cfg(test)]
mod tests;
