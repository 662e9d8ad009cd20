//! CloudTrail: one event as JSON to a row; console and query CSVs; digests.

pub mod digest;
pub mod event;
pub mod lookup;
pub mod messages;
pub mod render;
pub mod time;

pub use messages::CloudTrailMessages;
