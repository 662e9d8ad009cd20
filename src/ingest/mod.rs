//! From bytes to records. A reader unpacks and hashes (`reader`), the content says what it is (`detect`), one parser
//! per format turns it into batches and warnings. Parsers are fed bytes and give values: they open no file, know no
//! case and no window.

pub(crate) mod cloudtrail;
pub mod detect;
pub(crate) mod emit;
pub mod flow;
pub(crate) mod foreign;
pub mod head;
pub mod indicators;
pub(crate) mod json;
pub(crate) mod ocsf;
pub(crate) mod parquet;
pub mod paths;
pub mod reader;
pub(crate) mod time;

pub use emit::{
    Emitter, FlowFields, FlowRecordSink, FormatChoice, FormatWanted, MessageSink, Output, Parser, Place, StreamEnd,
};

/// What is between the values of a table. Spreadsheets write semicolons where the comma is the decimal point, and tabs
/// as "Unicode text".
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

#[cfg(test)]
mod first_lines_tests;
