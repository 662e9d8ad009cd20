//! Checking a case: is it what was imported, and what examiners wrote?
//!
//! Every check is told with its verdict as it is made. What cannot be checked (an original that was left out of the case)
//! is told as such; it is no failure.

mod evidence;
mod replay;

use super::exhibits::{self, Again};
use super::index;
use crate::case::{CaseError, CaseReader, journal};
use crate::ingest::reader::CancelToken;
use crate::query::{self, Cancel, QueryError};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What is checked besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Derive every row again from the originals.
    pub replay: bool,
    /// A folder with the original files: compared with what was imported, and read where the case left them out.
    pub originals: Option<PathBuf>,
}

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    /// The file and its tables.
    Structure,
    Journal,
    /// Tags, notes, findings, exhibits and the report's settings, against the journal.
    Conclusions,
    Evidence,
    Originals,
    Index,
    Exhibit,
    Replay,
}

impl Area {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Area::Structure => "structure",
            Area::Journal => "journal",
            Area::Conclusions => "conclusions",
            Area::Evidence => "evidence",
            Area::Originals => "originals",
            Area::Index => "index",
            Area::Exhibit => "exhibit",
            Area::Replay => "replay",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    Good,
    Failed,
    /// It could not be checked, which proves nothing either way.
    Unchecked,
}

impl Verdict {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Good => "good",
            Verdict::Failed => "FAILED",
            Verdict::Unchecked => "unchecked",
        }
    }
}

/// One check and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub area: Area,
    /// What was checked: a number, a path, a name; empty where the area says it.
    pub item: String,
    pub verdict: Verdict,
    /// What was found; English, for the record.
    pub detail: String,
}

/// The checks in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    pub good: u64,
    pub failed: u64,
    pub unchecked: u64,
    /// A stop was asked for before all was checked.
    pub stopped: bool,
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
    told: &'a mut dyn FnMut(&Check),
    sum: Verified,
}

impl Checks<'_> {
    fn tell(&mut self, area: Area, item: impl Into<String>, verdict: Verdict, detail: impl Into<String>) {
        match verdict {
            Verdict::Good => self.sum.good += 1,
            Verdict::Failed => self.sum.failed += 1,
            Verdict::Unchecked => self.sum.unchecked += 1,
        }
        (self.told)(&Check { area, item: item.into(), verdict, detail: detail.into() });
    }

    /// Good, or a failure for each fault.
    fn faults(&mut self, area: Area, good: &str, faults: Vec<String>) {
        if faults.is_empty() {
            self.tell(area, "", Verdict::Good, good);
        }
        for fault in faults {
            self.tell(area, "", Verdict::Failed, fault);
        }
    }
}

/// Checks a case. `told` hears of every check as it is made.
///
/// # Errors
/// The case cannot be opened or read at all. What can be read and is wrong is a failed check.
pub fn verify(
    case: &Path,
    options: &VerifyOptions,
    cancel: &CancelToken,
    told: &mut dyn FnMut(&Check),
) -> Result<Verified, VerifyError> {
    let reader = CaseReader::open(case)?;
    let mut checks = Checks { told, sum: Verified::default() };
    structure(&reader, &mut checks)?;
    journal_chain(&reader, &mut checks)?;
    checks.faults(Area::Evidence, "listed as the journal tells", imports_that_differ(&reader)?);
    checks.faults(Area::Conclusions, "as the journal tells", reader.conclusions_that_differ()?);
    if !cancel.is_cancelled() {
        evidence::check(&reader, options, cancel, &mut checks)?;
    }
    if !cancel.is_cancelled() {
        columns(&reader, &mut checks)?;
    }
    for exhibit in query::exhibits(&reader, false)? {
        if cancel.is_cancelled() {
            break;
        }
        let again = exhibits::ask_again(&reader, &exhibit, &Cancel::default());
        let item = format!("{} {}", exhibit.place, exhibit.text.caption);
        match again {
            Again::Same => {
                let detail = format!("{} rows, digest {}", exhibit.frozen.row_count, exhibit.frozen.digest);
                checks.tell(Area::Exhibit, item, Verdict::Good, detail);
            }
            other => checks.tell(Area::Exhibit, item, Verdict::Failed, other.detail()),
        }
    }
    if options.replay && !cancel.is_cancelled() {
        replay::check(&reader, options, cancel, &mut checks)?;
    }
    checks.sum.stopped = cancel.is_cancelled();
    Ok(checks.sum)
}

fn structure(reader: &CaseReader, checks: &mut Checks<'_>) -> Result<(), VerifyError> {
    let mut faults = query::structure_faults(reader)?;
    let strays = query::rows_of_no_evidence(reader)?;
    faults.extend(strays.iter().map(|(table, rows)| format!("{rows} rows of {table} belong to no evidence file")));
    let miscounted = query::miscounted(reader)?;
    faults.extend(miscounted.iter().map(|(id, what)| format!("evidence {}: {what}", id.0)));
    checks.faults(Area::Structure, "whole", faults);
    Ok(())
}

fn journal_chain(reader: &CaseReader, checks: &mut Checks<'_>) -> Result<(), VerifyError> {
    let entries = reader.journal()?;
    match journal::first_break(&entries) {
        None => {
            let head = entries.last().map_or("none", |entry| entry.hash.as_str());
            checks.tell(Area::Journal, "", Verdict::Good, format!("{} entries, head {head}", entries.len()));
        }
        Some(seq) => {
            let item = format!("entry {seq}");
            checks.tell(Area::Journal, item, Verdict::Failed, "the chain of hashes is broken here");
        }
    }
    Ok(())
}

/// What the list of evidence says and the journal's entries of its import do not.
fn imports_that_differ(reader: &CaseReader) -> Result<Vec<String>, VerifyError> {
    let mut imports: HashMap<u64, (Value, Value)> = HashMap::new();
    for entry in reader.journal()?.iter().filter(|entry| entry.action == "import") {
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let (parameters, counts) = (json(&entry.parameters), json(&entry.counts));
        if let Some(evidence) = parameters.get("evidence").and_then(Value::as_u64) {
            imports.insert(evidence, (parameters, counts));
        }
    }
    let mut faults = Vec::new();
    for evidence in query::evidence_list(reader)? {
        let number = evidence.id.0;
        let Some((parameters, counts)) = imports.remove(&number.into()) else {
            faults.push(format!("the import of evidence {number} is not in the journal"));
            continue;
        };
        let texts = [("path", &evidence.path), ("format", &evidence.format), ("sha256", &evidence.file_sha256)];
        let texts =
            texts.iter().filter(|(name, is)| parameters.get(*name).and_then(Value::as_str) != Some(is.as_str()));
        faults.extend(texts.map(|(name, _)| format!("the {name} of evidence {number} is not what the journal says")));
        let numbers =
            [("records", evidence.records), ("duplicates", evidence.duplicates), ("warnings", evidence.warnings)];
        let numbers = numbers.iter().filter(|(name, is)| counts.get(*name).and_then(Value::as_u64) != Some(*is));
        faults
            .extend(numbers.map(|(name, _)| format!("the {name} of evidence {number} are not what the journal says")));
    }
    Ok(faults)
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
