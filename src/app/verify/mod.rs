//! Checking a case: is it what was imported, and what examiners wrote?
//!
//! Every check is reported with its verdict as it is made. What cannot be checked (an original that was left out of the
//! case) is reported as such; it is no failure. Nothing in a case ends the run: what cannot be read is a failed check.

mod evidence;
mod exhibit;
mod originals;
mod replay;
mod verified;

pub use verified::{Area, Check, MOST_KEPT, Outcome, Progress, Told, Verdict, Verified};

use super::index;
use crate::case::journal::{self, Stored};
use crate::case::{CaseError, CaseReader, Differences};
use crate::query::{self, Cancel, QueryError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is checked besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Derive every row again from the originals.
    pub replay: bool,
    /// A folder with the original files: compared with what was imported, and read where the case left them out.
    pub originals: Option<PathBuf>,
    /// A head of the journal that was kept outside the case, 64 lowercase hexadecimal digits: the journal must still hold it.
    pub head: Option<String>,
    /// How long a statement of an exhibit may take.
    pub statement_time: Duration,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self { replay: false, originals: None, head: None, statement_time: Duration::from_secs(600) }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error("a temporary case could not be created: {0}")]
    Scratch(String),
}

impl From<CaseError> for VerifyError {
    fn from(error: CaseError) -> Self {
        VerifyError::Query(error.into())
    }
}

/// A check under way: where verdicts go.
struct Checks<'a> {
    told: &'a mut dyn FnMut(Told<'_>),
    sum: Verified,
}

impl Checks<'_> {
    fn tell(&mut self, area: Area, item: impl Into<String>, verdict: Verdict, detail: impl Into<String>) {
        let check = Check { area, item: item.into(), verdict, detail: detail.into() };
        (self.told)(Told::Check(&check));
        self.sum.add(check);
    }

    fn progress(&mut self, area: Area, done: u64, total: u64) {
        (self.told)(Told::Progress(Progress { area, done, total }));
    }

    /// Good, or a failure for each difference.
    fn differences(&mut self, area: Area, good: &str, found: Differences) {
        if found.failed.is_empty() {
            self.tell(area, "", Verdict::Good, good);
        }
        for fault in found.failed {
            self.tell(area, "", Verdict::Failed, fault);
        }
        for what in found.unchecked {
            self.tell(area, "", Verdict::Unchecked, what);
        }
    }
}

/// A check under way, and what it is made on.
struct Run<'a> {
    reader: &'a CaseReader,
    options: &'a VerifyOptions,
    cancel: &'a Cancel,
    /// The folder with originals, where one was named.
    originals: Option<originals::Originals>,
}

impl Run<'_> {
    /// Checks an area. Whatever cannot be read there is a failure, and the other areas are checked all the same.
    fn area(
        &self,
        area: Area,
        checks: &mut Checks<'_>,
        check: impl FnOnce(&mut Checks<'_>) -> Result<(), VerifyError>,
    ) {
        if self.cancel.is_cancelled() {
            return;
        }
        let done = check(checks);
        if let (Err(error), false) = (done, self.cancel.is_cancelled()) {
            checks.tell(area, "", Verdict::Failed, format!("the check could not be completed: {error}"));
        }
    }
}

/// Checks a case. `told` hears of every check as it is made, and how far it is.
///
/// # Errors
/// The case cannot be opened. What can be opened and is wrong is a failed check.
pub fn verify(
    case: &Path,
    options: &VerifyOptions,
    cancel: &Cancel,
    told: &mut dyn FnMut(Told<'_>),
) -> Result<Verified, VerifyError> {
    let mut reader = CaseReader::open(case)?;
    let sum = Verified {
        replayed: options.replay,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        ..Verified::default()
    };
    let mut checks = Checks { told, sum };
    let stop = cancel.clone();
    query::stop_when(&mut reader, move || stop.is_cancelled())?;
    let cancel = cancel.with_statement_time(options.statement_time);
    let originals = options.originals.as_ref().map(|folder| originals::Originals::below(folder, case));
    all(&Run { reader: &reader, options, cancel: &cancel, originals }, &mut checks);
    checks.sum.stopped = cancel.is_cancelled();
    Ok(checks.sum)
}

fn all(run: &Run<'_>, checks: &mut Checks<'_>) {
    let reader = run.reader;
    run.area(Area::Structure, checks, |checks| structure(run, checks));
    let mut journal = Vec::new();
    run.area(Area::Journal, checks, |checks| {
        journal = reader.journal()?;
        journal_chain(&journal, checks);
        if let Some(head) = &run.options.head {
            kept_head(&journal, head, checks);
        }
        Ok(())
    });
    type Compared = fn(&CaseReader, &[Stored]) -> Result<Differences, CaseError>;
    let received: Compared =
        |reader, _| Ok(Differences { failed: reader.received_that_differ()?, unchecked: Vec::new() });
    let conclusions: Compared =
        |reader, _| Ok(Differences { failed: reader.conclusions_that_differ()?, unchecked: Vec::new() });
    for (area, compare) in [
        (Area::Case, CaseReader::facts_that_differ as Compared),
        (Area::Evidence, CaseReader::imports_that_differ),
        (Area::Received, received),
        (Area::Indicators, CaseReader::indicators_that_differ),
        (Area::Supplements, CaseReader::supplements_that_differ),
        (Area::Conclusions, conclusions),
    ] {
        run.area(area, checks, |checks| {
            checks.differences(area, "matches the journal", compare(reader, &journal)?);
            Ok(())
        });
    }
    run.area(Area::Evidence, checks, |checks| evidence::check(run, checks));
    if let Some(originals) = &run.originals {
        run.area(Area::Originals, checks, |checks| originals.check_lacking(reader, run.cancel, checks));
    }
    run.area(Area::Index, checks, |checks| columns(reader, checks));
    run.area(Area::Exhibit, checks, |checks| exhibit::check(reader, &journal, run.cancel, checks));
    if run.options.replay {
        run.area(Area::Replay, checks, |checks| replay::check(run, checks));
    }
}

/// The file, every cell, and what the rows say of each other.
fn structure(run: &Run<'_>, checks: &mut Checks<'_>) -> Result<(), VerifyError> {
    let failed = checks.sum.failed;
    let tables = query::table_names(run.reader)?;
    let steps = (1 + tables.len() + query::CONSISTENCIES.len()) as u64;
    let mut done = 0;
    checks.progress(Area::Structure, done, steps);
    let mut step = |checks: &mut Checks<'_>, item: &str, found: Result<Vec<String>, QueryError>| {
        done += 1;
        checks.progress(Area::Structure, done, steps);
        let faults = match found {
            Ok(faults) => faults,
            Err(_) if run.cancel.is_cancelled() => return,
            Err(error) => vec![format!("it could not be checked: {error}")],
        };
        for fault in faults {
            checks.tell(Area::Structure, item, Verdict::Failed, fault);
        }
    };
    step(checks, "file", query::structure_faults(run.reader));
    for table in &tables {
        let found = query::malformed_cells(run.reader, table).map(|bad| {
            let mut told: Vec<String> = bad.first.iter().map(ToString::to_string).collect();
            let more = bad.count - bad.first.len() as u64;
            told.extend((more > 0).then(|| format!("{table}: and {more} more malformed cells")));
            told
        });
        step(checks, table, found);
    }
    for (item, check) in query::CONSISTENCIES {
        step(checks, item, check(run.reader));
    }
    if checks.sum.failed == failed && !run.cancel.is_cancelled() {
        checks.tell(Area::Structure, "", Verdict::Good, "whole");
    }
    Ok(())
}

fn journal_chain(entries: &[Stored], checks: &mut Checks<'_>) {
    match journal::first_break(entries) {
        None => {
            let head = entries.last().map_or("none", |entry| entry.hash.as_str());
            checks.tell(Area::Journal, "", Verdict::Good, format!("{} entries, head {head}", entries.len()));
        }
        Some(seq) => {
            let item = format!("entry {seq}");
            checks.tell(Area::Journal, item, Verdict::Failed, "the hash chain is broken here");
        }
    }
}

/// Whether the journal is the one that had this head, or continues it. A chain that was built again does not hold it.
fn kept_head(entries: &[Stored], head: &str, checks: &mut Checks<'_>) {
    let (verdict, detail) = match entries.iter().position(|entry| entry.hash == head) {
        Some(place) if place + 1 == entries.len() => (Verdict::Good, "it is the head of the journal".to_owned()),
        Some(place) => {
            let (seq, later) = (place + 1, entries.len() - place - 1);
            (Verdict::Good, format!("it is entry {seq} of the journal; entries added since: {later}"))
        }
        None => {
            let why = "no entry of the journal has this hash: its end was removed, it was rewritten, or the head is that of another case";
            (Verdict::Failed, why.to_owned())
        }
    };
    checks.tell(Area::Journal, format!("head {head}"), verdict, detail);
}

fn columns(reader: &CaseReader, checks: &mut Checks<'_>) -> Result<(), VerifyError> {
    use index::IndexHealth;
    match index::report(reader)?.health {
        IndexHealth::Missing(why) => checks.tell(Area::Index, "", Verdict::Unchecked, format!("there is none: {why}")),
        IndexHealth::Damaged(why) => checks.tell(Area::Index, "", Verdict::Failed, why),
        IndexHealth::Ready | IndexHealth::Behind { .. } => match index::differences(reader)? {
            None => checks.tell(Area::Index, "", Verdict::Good, "matches the rows"),
            Some(fault) => {
                checks.tell(Area::Index, "", Verdict::Failed, format!("it does not match the rows: {fault}"))
            }
        },
    }
    Ok(())
}
