//! What became of everything that an import found: numbers that add up, to the file and to the line.

use crate::model::{EvidenceId, Format};
use std::path::PathBuf;

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileDone {
    pub path: String,
    /// The file on disk that it is, or that it came out of.
    pub file: PathBuf,
    /// The evidence file that it became, or whose bytes it has.
    pub evidence: Option<EvidenceId>,
    pub format: String,
    /// It came out of another file.
    pub is_member: bool,
    pub records: u64,
    /// Of these, flow records and events; the others are log files that a digest lists.
    pub flows: u64,
    pub events: u64,
    pub duplicates: u64,
    pub warnings: u64,
    /// Notes about the file as a whole.
    pub notes: u64,
    /// The file was already in the case.
    pub known: bool,
    /// The format that it was read in, where another was stated now in vain.
    pub read_as: Option<String>,
    /// Its records need a format to be named.
    pub format_needed: bool,
    /// The one that they seem to have, as AWS writes it.
    pub format_proposal: Option<String>,
}

impl FileDone {
    /// Does its format concern the examiner: because one is needed, or because another was stated?
    pub fn is_about_format(&self) -> bool {
        self.format_needed || self.read_as.is_some()
    }

    /// Is there anything about it that the examiner should look at?
    pub fn is_noteworthy(&self) -> bool {
        let unread = self.format == Format::Unknown.code();
        self.is_about_format() || !self.known && (self.warnings + self.notes > 0 || unread)
    }
}

/// Files found = those read + those not read. Elements (lines, rows, members of a list) read = stored + duplicates + rejected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Files, and links, special files, empty folders and paths that do not exist.
    pub found: u64,
    /// Files whose format was recognised, archives too.
    pub imported: u64,
    /// Files that are kept as evidence, of which nothing is read.
    pub unrecognised: u64,
    /// Files without any content.
    pub empty: u64,
    /// Files with the same bytes as an evidence file: not read again.
    pub copies: u64,
    pub failed: u64,
    /// Links that were not followed, special files, empty folders, the case itself.
    pub left_out: u64,
    /// Files that came out of archives. They are evidence of their own and none of the files found.
    pub members: u64,
    /// Records that are new in the case: flow records, events, and log files that digests list.
    pub flows: u64,
    pub events: u64,
    pub listed: u64,
    /// Records that earlier files hold.
    pub duplicates: u64,
    /// Lines and elements that could not be read: each is a warning.
    pub rejected: u64,
    /// Notes about files as a whole.
    pub notes: u64,
    /// What the evidence files hold whose bytes the copies have.
    pub in_copies: u64,
}

impl Sums {
    pub(super) fn add(&mut self, file: &FileDone) {
        if file.known {
            self.copies += 1;
            self.in_copies += file.duplicates + file.warnings;
            return;
        }
        let kind = match file.is_member {
            true => &mut self.members,
            false if file.format == Format::Unknown.code() => &mut self.unrecognised,
            false if file.format == Format::Empty.code() => &mut self.empty,
            false => &mut self.imported,
        };
        *kind += 1;
        self.flows += file.flows;
        self.events += file.events;
        self.listed += file.records.saturating_sub(file.flows + file.events);
        self.duplicates += file.duplicates;
        self.rejected += file.warnings;
        self.notes += file.notes;
    }

    /// Files that are not read yet, or were not reached before the import was cancelled.
    pub fn waiting(&self) -> u64 {
        let done = self.imported + self.unrecognised + self.empty + self.copies + self.failed + self.left_out;
        self.found.saturating_sub(done)
    }

    /// Evidence files that came into the case.
    pub fn evidence(&self) -> u64 {
        self.imported + self.unrecognised + self.empty + self.members
    }

    /// Records that came into the case.
    pub fn stored(&self) -> u64 {
        self.flows + self.events + self.listed
    }

    /// Everything that was read in the files.
    pub fn read(&self) -> u64 {
        self.stored() + self.duplicates + self.rejected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_in_one_part() {
        let mut sums = Sums { found: 9, failed: 1, left_out: 2, ..Sums::default() };
        let file = |format: Format| FileDone { format: format.code().to_owned(), ..FileDone::default() };
        sums.add(&FileDone { records: 7, flows: 7, duplicates: 2, warnings: 1, notes: 1, ..file(Format::FlowText) });
        sums.add(&FileDone { records: 3, ..file(Format::CloudTrailDigest) });
        sums.add(&FileDone { is_member: true, records: 4, events: 4, ..file(Format::CloudTrailJson) });
        sums.add(&file(Format::Unknown));
        sums.add(&file(Format::Empty));
        sums.add(&FileDone { known: true, duplicates: 9, warnings: 1, ..file(Format::FlowText) });
        assert_eq!((sums.imported, sums.unrecognised, sums.empty, sums.copies, sums.members), (2, 1, 1, 1, 1));
        assert_eq!((sums.waiting(), sums.evidence()), (1, 5));
        assert_eq!((sums.flows, sums.events, sums.listed, sums.stored(), sums.read()), (7, 4, 3, 14, 17));
        assert_eq!((sums.duplicates, sums.rejected, sums.notes, sums.in_copies), (2, 1, 1, 10));
    }
}
