//! The verdict on the case, for the report: the checks of `verify`, as the report's values.

use super::ExportReportError;
use crate::app::verify::{self, Check, Outcome, VerifyOptions};
use crate::case::CaseReader;
use crate::query::Cancel;
use crate::report::ReportError;
use crate::report::document::{CaseChecks, CheckNote, Report, Verdict, Verification};
use std::path::Path;

/// What is checked for a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Checking {
    /// Nothing, and the report says so.
    Skip,
    /// A preview leaves out what takes long: cases above `PREVIEWED_BYTES`.
    Preview,
    /// All of a plain `verify`.
    #[default]
    Plain,
    /// Every row is derived again from the originals, too.
    Replay,
}

/// A preview follows every change; checking a case of this size takes about a second.
const PREVIEWED_BYTES: u64 = 64 << 20;

/// Checks the case that a document was made of.
///
/// # Errors
/// The case cannot be opened; it was stopped.
pub(super) fn verification(
    case: &Path,
    checking: Checking,
    cancel: &Cancel,
    report: &Report,
) -> Result<Verification, ExportReportError> {
    let verdict = match checking {
        Checking::Skip => Some(Verdict::Unverified),
        Checking::Preview if std::fs::metadata(case).is_ok_and(|file| file.len() > PREVIEWED_BYTES) => {
            Some(Verdict::Later)
        }
        _ => None,
    };
    if let Some(verdict) = verdict {
        return Ok(Verification { verdict, ..Verification::default() });
    }
    let options = VerifyOptions { replay: checking == Checking::Replay, ..VerifyOptions::default() };
    let done = verify::verify(case, &options, cancel, &mut |_| {})?;
    if cancel.is_cancelled() || done.stopped {
        return Err(ReportError::Cancelled.into());
    }
    let journal = CaseReader::open(case)?.journal()?;
    let head = journal.last().map(|entry| entry.hash.as_str()).unwrap_or_default();
    let verdict = match done.outcome() {
        _ if head != report.appendix.journal_head => Verdict::Changed,
        Outcome::Failed | Outcome::Stopped => Verdict::Failed,
        Outcome::Outdated => Verdict::Outdated,
        // The report checks no folder with originals.
        Outcome::Good | Outcome::Missing => Verdict::Good,
    };
    let kind = |count: u64, first: Vec<Check>| CaseChecks { count, first: first.into_iter().map(note).collect() };
    Ok(Verification {
        verdict,
        tool_version: done.tool_version,
        entries: journal.len() as u64,
        replayed: done.replayed,
        good: done.good,
        failed: kind(done.failed, done.failed_checks),
        outdated: kind(done.outdated, done.outdated_checks),
        unchecked: kind(done.unchecked, done.unchecked_checks),
    })
}

fn note(check: Check) -> CheckNote {
    CheckNote { area: check.area.name().to_owned(), item: check.item, detail: check.detail }
}
