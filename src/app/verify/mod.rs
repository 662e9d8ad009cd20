//! Checking a case: is it what was imported, and what examiners wrote?
//!
//! Every check is told with its verdict as it is made. What cannot be checked (an original that was left out of the case)
//! is told as such; it is no failure. Nothing in a case ends the run: what cannot be read is a failed check.

mod evidence;
mod exhibit;
mod received;
mod replay;
mod verified;

pub use verified::{Area, Check, MOST_KEPT, Outcome, Progress, Told, Verdict, Verified};

use super::index;
use crate::case::journal::{self, Stored};
use crate::case::{CaseError, CaseReader, Differences};
use crate::ingest::reader::CancelToken;
use crate::query::{self, Cancel, QueryError};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// What is checked besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Derive every row again from the originals.
    pub replay: bool,
    /// A folder with the original files: compared with what was imported, and read where the case left them out.
    pub originals: Option<PathBuf>,
    /// How long a statement of an exhibit may take.
    pub statement_time: Duration,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self { replay: false, originals: None, statement_time: Duration::from_secs(600) }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error("a scratch case could not be made: {0}")]
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
    stop: &'a CancelToken,
    /// Of the queries: it follows `stop`.
    cancel: &'a Cancel,
}

impl Run<'_> {
    /// Checks an area. Whatever cannot be read there is a failure, and the other areas are checked all the same.
    fn area(
        &self,
        area: Area,
        checks: &mut Checks<'_>,
        check: impl FnOnce(&mut Checks<'_>) -> Result<(), VerifyError>,
    ) {
        if self.stop.is_cancelled() {
            return;
        }
        let done = check(checks);
        if let (Err(error), false) = (done, self.stop.is_cancelled()) {
            checks.tell(area, "", Verdict::Failed, format!("it could not be checked to the end: {error}"));
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
    cancel: &CancelToken,
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
    let queries = Cancel::with_statement_time(options.statement_time);
    let run = Run { reader: &reader, options, stop: cancel, cancel: &queries };
    std::thread::scope(|scope| {
        let (end, ended) = mpsc::sync_channel::<()>(0);
        let queries = &queries;
        let watch = move || stop_queries(cancel, queries, &ended);
        let watching = std::thread::Builder::new().name("verify-stop".to_owned()).spawn_scoped(scope, watch);
        all(&run, &mut checks);
        drop(end);
        // Without the thread a query ends before the stop is seen.
        drop(watching);
    });
    checks.sum.stopped = cancel.is_cancelled();
    Ok(checks.sum)
}

/// Hands a stop on to the queries, until `ended` closes.
fn stop_queries(stop: &CancelToken, queries: &Cancel, ended: &mpsc::Receiver<()>) {
    const LOOK_UP: Duration = Duration::from_millis(50);
    while ended.recv_timeout(LOOK_UP) == Err(mpsc::RecvTimeoutError::Timeout) {
        if stop.is_cancelled() {
            queries.cancel();
        }
    }
}

fn all(run: &Run<'_>, checks: &mut Checks<'_>) {
    let reader = run.reader;
    run.area(Area::Structure, checks, |checks| structure(run, checks));
    let mut journal = Vec::new();
    run.area(Area::Journal, checks, |checks| {
        journal = reader.journal()?;
        journal_chain(&journal, checks);
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
        (Area::Conclusions, conclusions),
    ] {
        run.area(area, checks, |checks| {
            checks.differences(area, "as the journal tells", compare(reader, &journal)?);
            Ok(())
        });
    }
    run.area(Area::Evidence, checks, |checks| evidence::check(run, checks));
    if let Some(folder) = &run.options.originals {
        run.area(Area::Originals, checks, |checks| received::check_folder(reader, folder, run.stop, checks));
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
            Err(_) if run.stop.is_cancelled() => return,
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
    if checks.sum.failed == failed && !run.stop.is_cancelled() {
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
            checks.tell(Area::Journal, item, Verdict::Failed, "the chain of hashes is broken here");
        }
    }
}

fn columns(reader: &CaseReader, checks: &mut Checks<'_>) -> Result<(), VerifyError> {
    use index::IndexHealth;
    match index::report(reader)?.health {
        IndexHealth::Missing(why) => checks.tell(Area::Index, "", Verdict::Unchecked, format!("there is none: {why}")),
        IndexHealth::Damaged(why) => checks.tell(Area::Index, "", Verdict::Failed, why),
        IndexHealth::Ready | IndexHealth::Behind { .. } => match index::differences(reader)? {
            None => checks.tell(Area::Index, "", Verdict::Good, "as the rows"),
            Some(fault) => checks.tell(Area::Index, "", Verdict::Failed, format!("it is not as the rows: {fault}")),
        },
    }
    Ok(())
}
