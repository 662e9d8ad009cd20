//! Finished files on their way to disk, many in one commit.

use super::write::ImportError;
use super::{FailureKind, FileFailure, FileReport, ImportObserver, ImportSummary, now_utc};
use crate::case::{CaseWriter, Checkpointer, journal};
use crate::ingest::reader;
use crate::model::{Cancel, Received};
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

/// How long a finished file may wait for its commit, while others are read.
const COMMIT_EVERY: Duration = Duration::from_millis(100);

/// Finished files that wait for their commit: each commit costs some milliseconds, which thousands of small files share.
#[derive(Default)]
pub(super) struct Waiting {
    reports: Vec<FileReport>,
    left_out: Vec<FileFailure>,
    files: u64,
    /// When the first of them was finished.
    since: Option<Instant>,
}

impl Waiting {
    pub(super) fn is_due(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() >= COMMIT_EVERY)
    }

    /// A file that is finished, with the reports of it and of its members.
    pub(super) fn add(&mut self, reports: Vec<FileReport>) {
        self.files += 1;
        self.reports.extend(reports);
        self.since.get_or_insert_with(Instant::now);
    }

    /// Writes down what is no evidence, and takes it off the list of what is to be read.
    pub(super) fn leave_out(
        &mut self,
        writer: &mut CaseWriter,
        failure: FileFailure,
        bytes: Option<u64>,
        cancel: &Cancel,
    ) -> Result<(), ImportError> {
        // What was refused can be recognised should it be offered again.
        let hash = match failure.kind {
            FailureKind::Expansion => reader::hash_file(&failure.path, cancel, &AtomicU64::new(0)).ok(),
            _ => None,
        };
        let path = failure.path.to_string_lossy().into_owned();
        writer.begin()?;
        writer.dequeue(&path)?;
        writer.received(&Received {
            state: failure.kind.state(),
            path,
            at_utc: now_utc(),
            file_bytes: bytes,
            file_sha256: hash.map(|hash| journal::hex(&hash)),
            evidence: None,
            reason: failure.reason.clone(),
        })?;
        writer.keep()?;
        self.left_out.push(failure);
        self.since.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// Puts them on disk, then tells of them.
    pub(super) fn commit(
        &mut self,
        writer: &mut CaseWriter,
        checkpointer: &Checkpointer,
        summary: &mut ImportSummary,
        observer: &mut dyn ImportObserver,
    ) -> Result<(), ImportError> {
        if self.commit_all(writer, summary, observer)? {
            checkpointer.committed();
        }
        Ok(())
    }

    /// As `commit`; whether anything waited.
    pub(super) fn commit_all(
        &mut self,
        writer: &mut CaseWriter,
        summary: &mut ImportSummary,
        observer: &mut dyn ImportObserver,
    ) -> Result<bool, ImportError> {
        let Waiting { reports, left_out, files, .. } = std::mem::take(self);
        if !writer.has_kept() {
            return Ok(false);
        }
        writer.begin()?;
        writer.journal_received(&now_utc())?;
        writer.commit()?;
        summary.files += files;
        for report in reports {
            summary.known_files += u64::from(report.known);
            summary.read_otherwise += u64::from(report.read_as.is_some());
            summary.records += report.records;
            summary.duplicates += report.duplicates;
            summary.warnings += report.warnings;
            summary.faults += u64::from(report.faults > 0);
            observer.file_done(&report);
        }
        for failure in left_out {
            summary.failed_files += u64::from(failure.kind.is_failure());
            summary.left_out += u64::from(matches!(failure.kind, FailureKind::Link | FailureKind::Special));
            observer.file_failed(&failure);
        }
        Ok(true)
    }
}
