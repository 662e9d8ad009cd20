//! Splits JSON of any size into its record elements, and recognises what wraps them.

pub(crate) mod classify;
pub(crate) mod detect;
pub(crate) mod flow;
mod lines;
pub(crate) mod parser;
pub(crate) mod payload;
mod refused;
pub(crate) mod resync;
pub(crate) mod split;
pub(crate) mod stops;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod wrap;

#[cfg(test)]
pub(crate) mod corpus_tests;

pub(crate) use detect::detect_json;
pub(crate) use lines::{detect_lines, is_text_of_cli};
pub(crate) use parser::{FlowSinks, JsonParser, emit_inside, fault_of_record};
