//! What both faces do with a case, without a window: import, verify, exhibits, the report, export, hand-over, indicator lists,
//! labels and what examiners write. Values in, values out; it keeps no state between two calls.

pub mod bench;
pub mod conclusions;
pub mod config;
pub mod error;
pub mod examiner;
pub mod exhibits;
pub mod export;
pub mod filters;
pub mod handover;
pub mod import;
pub mod index;
pub mod indicators;
pub mod opening;
pub mod owners;
pub mod panics;
pub mod raw;
pub mod report;
pub mod rescued;
pub mod verify;

pub use error::{Message, UserError};
pub use opening::Opening;
