//! What the case holds of the files on the list, and what a format that is stated now would change.

use super::list::Listing;
use super::{ImportError, ImportOptions};
use crate::case::{CaseReader, CaseWriter, EvidenceCounts};
use crate::ingest::flow::infer::told_by_shape;
use crate::model::{EvidenceId, Format, Reason};
use crate::query::{self, EvidenceRow, QueryError};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// A file that the case holds.
#[derive(Clone)]
pub(super) struct KnownFile {
    pub counts: EvidenceCounts,
    /// How it was read, where it would be read otherwise with the format that is stated now.
    pub read_as: Option<String>,
}

/// The files on the list that the case holds.
#[derive(Default)]
pub(super) struct Held {
    /// By size and hash: only files of such a size are hashed before they are read.
    pub known: HashMap<u64, HashMap<[u8; 32], KnownFile>>,
    /// Those that are read again, as nothing was read of them, with all that came out of them.
    pub waiting: HashMap<[u8; 32], Vec<EvidenceId>>,
}

impl Held {
    pub(super) fn of(
        writer: &CaseWriter,
        case: &Path,
        listing: &Listing,
        options: &ImportOptions,
    ) -> Result<Self, ImportError> {
        let mut files = match &options.flow_format {
            Some(stated) => files(&CaseReader::open(case)?, stated)?,
            None => HashMap::new(),
        };
        let mut held = Self::default();
        let mut asked = HashSet::new();
        for (_, bytes) in listing.files.iter().filter(|(_, bytes)| asked.insert(*bytes)) {
            let mut same_size = HashMap::new();
            for (hash, known) in writer.evidence_of_size(*bytes)? {
                let file = files.remove(&known.id).unwrap_or_default();
                if file.waits && !file.holds_records {
                    held.waiting.insert(hash, file.evidence);
                } else {
                    same_size.insert(hash, KnownFile { counts: known, read_as: file.refused() });
                }
            }
            if !same_size.is_empty() {
                held.known.insert(*bytes, same_size);
            }
        }
        Ok(held)
    }
}

/// A file with all that came out of it.
#[derive(Default)]
struct File {
    evidence: Vec<EvidenceId>,
    holds_records: bool,
    /// Some of its records were not read, as their format was not known.
    waits: bool,
    /// The format of records that the stated one would have read.
    other_format: Option<String>,
    /// How records were read that need no statement.
    format: Option<String>,
}

impl File {
    fn refused(self) -> Option<String> {
        self.other_format.or(self.format.filter(|_| self.waits))
    }
}

/// Every file of the case by its number; what came out of an archive counts for the archive.
fn files(reader: &CaseReader, stated: &str) -> Result<HashMap<EvidenceId, File>, QueryError> {
    let list = query::evidence_list(reader)?;
    let needing = query::evidence_warned_of(reader, Reason::FormatNeeded)?;
    let containers: HashMap<EvidenceId, EvidenceId> =
        list.iter().filter_map(|evidence| Some((evidence.id, evidence.container?))).collect();
    let mut files: HashMap<EvidenceId, File> = HashMap::new();
    for evidence in list {
        let mut number = evidence.id;
        // What came out of a container has a number above the container's: this ends.
        while let Some(container) = containers.get(&number).filter(|container| **container < number) {
            number = *container;
        }
        let file = files.entry(number).or_default();
        file.evidence.push(evidence.id);
        let waits = waits(&evidence, &needing);
        file.waits |= waits;
        if evidence.records + evidence.duplicates > 0 {
            file.holds_records = true;
            file.format.get_or_insert(evidence.record_format.clone().unwrap_or(evidence.format));
        }
        let Some(format) = evidence.record_format.filter(|format| format != stated) else { continue };
        // Records that tell their format by their shape are read in that one whatever is stated, unless both have as
        // many fields.
        let width = |format: &str| format.split_whitespace().count();
        if waits || !told_by_shape(&format) || width(&format) == width(stated) {
            file.other_format.get_or_insert(format);
        }
    }
    Ok(files)
}

/// Are there elements that were not read because their format was not known? `needing`: evidence with a warning that says
/// so.
fn waits(evidence: &EvidenceRow, needing: &HashSet<EvidenceId>) -> bool {
    // With a format that was stated in vain every line is a warning of another kind.
    let read_in_vain = evidence.format == Format::FlowHeaderless.code() && evidence.records + evidence.duplicates == 0;
    evidence.warnings > 0 && (read_in_vain || needing.contains(&evidence.id))
}
