//! What leaves the house besides the report: everything that people wrote, as JSON; and a part of the case as a case of
//! its own.

mod discovery;
mod subset;

pub(crate) use discovery::{discovery, write_discovery};
pub(crate) use subset::{Chosen, subset};

use super::import::ImportError;
use super::import::replay::ReplayError;
use super::raw::RawError;
use crate::case::CaseError;
use crate::query::QueryError;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    #[error("{} already exists", .0.display())]
    Exists(PathBuf),
    #[error("{} could not be written: {reason}", path.display())]
    Unwritable { path: PathBuf, reason: String },
    #[error("{0}")]
    Unfit(String),
    #[error("stopped; {} was not written", .0.display())]
    Stopped(PathBuf),
    /// What was read again is not what the case holds: nothing is passed on.
    #[error("evidence {evidence} cannot be copied: {reason}. See: coldtrail verify CASE --replay")]
    Differs { evidence: u32, reason: String },
    #[error(transparent)]
    Raw(#[from] RawError),
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error(transparent)]
    Import(#[from] ImportError),
}
