//! Splits JSON of any size into its record elements, and recognises what wraps them.

pub mod classify;
pub mod detect;
pub mod flow;
pub mod parser;
pub mod resync;
pub mod split;
pub mod stops;
pub mod text;

#[cfg(test)]
pub(crate) mod corpus_tests;

pub use detect::detect_json;
pub use parser::{FlowSinks, JsonParser};
