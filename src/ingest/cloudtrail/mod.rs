//! CloudTrail: one event as JSON to a row; console and query CSVs; digests.

mod cells;
pub mod columns;
pub mod csv;
pub mod digest;
pub mod event;
pub mod lookup;
pub mod messages;
mod plain;
pub mod render;
pub mod structs;
pub mod time;

pub use csv::detect_csv;
pub use messages::CloudTrailMessages;
