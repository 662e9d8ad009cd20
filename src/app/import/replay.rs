//! Originals out of a case read again into another one, where every record keeps its name: for comparing with what the
//! case holds, and for handing over a part of it.

use super::list::Listing;
use super::read::Job;
use super::{ImportError, ImportOptions, ImportRequest, write};
use crate::case::{CaseError, CaseWriter};
use crate::ingest::reader::ReadError;
use crate::model::Cancel;
use crate::query::EvidenceRow;
use std::io::{Read, Seek};
use std::path::Path;

#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error(transparent)]
    Read(ReadError),
    #[error(transparent)]
    Import(#[from] ImportError),
}

/// A top-level evidence file with all that came out of it, in order of their numbers.
pub(crate) fn families(list: &[EvidenceRow]) -> Vec<Vec<&EvidenceRow>> {
    let mut families: Vec<Vec<&EvidenceRow>> = Vec::new();
    for evidence in list {
        // Members follow their container, before any other file.
        match families.last_mut() {
            Some(family) if evidence.container.is_some() => family.push(evidence),
            _ => families.push(vec![evidence]),
        }
    }
    families
}

/// Reads one original again: `family` is the file and its members as they were read the first time. It comes into the
/// case whole or not at all.
///
/// # Errors
/// The original cannot be read, or the case cannot be written.
pub(crate) fn read_again(
    writer: &mut CaseWriter,
    case: &Path,
    source: &mut (impl Read + Seek),
    family: &[&EvidenceRow],
    keep_raw: bool,
    cancel: &Cancel,
) -> Result<(), ReplayError> {
    let options = ImportOptions { keep_raw, flow_format: None, any_expansion: true };
    let request = ImportRequest { paths: Vec::new(), options, cancel: cancel.clone() };
    let job = Job::new(writer, case, &Listing::default(), &request)?;
    write::again(writer, &job, source, family)
}
