//! What the window and the command line do with a case, without a window: import, verify, exhibits, the report, export,
//! handover, indicator lists, labels and what examiners write. Values in, values out; it keeps no state between two
//! calls.

pub mod bench;
pub mod conclusions;
pub(crate) mod config;
pub mod custody;
pub mod decisions;
pub(crate) mod error;
pub(crate) mod examiner;
pub mod exhibits;
pub mod export;
pub(crate) mod failure;
pub mod filters;
pub(crate) mod handover;
pub mod hash_list;
pub(crate) mod import;
pub(crate) mod index;
pub mod indicators;
pub mod journal;
pub mod opening;
pub mod owners;
pub mod raw;
pub mod report;
pub(crate) mod rescued;
pub mod signature;
pub mod supplements;
pub mod timestamp;
pub mod verify;
pub(crate) mod views;

pub use error::{Message, UserError};
pub use failure::Failure;
pub use opening::Opening;
