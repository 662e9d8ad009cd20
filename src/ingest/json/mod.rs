//! Splits JSON of any size into its record elements, and recognises what wraps them.

pub mod classify;
pub mod detect;
pub mod flow;
mod lines;
pub mod parser;
pub mod payload;
mod refused;
pub mod resync;
pub mod split;
pub mod stops;
pub mod table;
pub mod text;
pub mod wrap;

#[cfg(test)]
pub(crate) mod corpus_tests;

pub use detect::detect_json;
pub use lines::{detect_lines, is_text_of_cli};
pub use parser::{FlowSinks, JsonParser, emit_inside, fault_of_record};
