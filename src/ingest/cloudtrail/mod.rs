//! CloudTrail: one event as JSON to a row; console and query CSVs; digests.

pub(crate) mod by_column;
mod cells;
pub(crate) mod columns;
pub(crate) mod csv;
mod derived;
pub(crate) mod digest;
pub(crate) mod event;
pub(crate) mod lookup;
pub(crate) mod messages;
pub(crate) mod plain;
pub(crate) mod render;
pub(crate) mod structs;
pub(crate) mod time;

pub(crate) use csv::detect_csv;
pub(crate) use messages::CloudTrailMessages;
