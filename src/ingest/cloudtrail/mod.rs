//! CloudTrail: one event as JSON to a row; console and query CSVs.

pub mod event;
pub mod time;
