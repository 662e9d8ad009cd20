//! A report of a case: what its examiners concluded, put together into a document and written. Nothing in it depends on
//! when or where it is made, but for the time of export where that is asked for.

mod appendix;
mod bodies;
mod question;
mod rows;
mod verification;

pub use verification::Checking;

use super::exhibits::{self, Facts, Frozen};
use super::import::now_utc;
use super::verify::VerifyError;
use crate::analysis::ALL;
use crate::analysis::coverage::LeftOut;
use crate::case::{CaseError, CaseReader};
use crate::filter::value::parse_time;
use crate::model::{Dataset, RecordId, Timestamp};
use crate::model::{
    Value,
    conclusions::{self, ReportField},
};
use crate::present::{Language, Zone, display};
use crate::query::{self, Cancel, QueryError};
use crate::questions::AskError;
use crate::report::document::{
    CitedRecord, Exhibit, Fact, FactValue, Finding, Report, Stamp, TitlePage, Verdict, Verification,
};
use crate::report::{self, Formats, ReportError, Words, Written};
use std::collections::HashMap;
use std::path::Path;

/// How a report is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    pub language: Language,
    pub zone: Zone,
    pub formats: Formats,
    /// The time of export on the first page: the only thing that differs between two exports of the same case.
    pub with_time: bool,
    /// Rows of a table in the body at most.
    pub shown_rows: u64,
    pub checking: Checking,
}

impl Default for Order {
    fn default() -> Self {
        let (language, zone, formats) = (Language::default(), Zone::default(), Formats::default());
        Self { language, zone, formats, with_time: false, shown_rows: 50, checking: Checking::default() }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ExportReportError {
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error("the case could not be verified: {0}")]
    Verify(#[from] VerifyError),
}

/// What was written, and what it says of the case.
#[derive(Clone, Debug)]
pub struct Exported {
    pub written: Written,
    pub verification: Verification,
    /// A check failed, or the chain of the journal is broken.
    pub differs: bool,
}

impl From<CaseError> for ExportReportError {
    fn from(error: CaseError) -> Self {
        ExportReportError::Query(error.into())
    }
}

/// Puts the report of a case together and writes it as the folder `folder`. `progress` is given how many steps of how
/// many are done; first the exhibits are read, then the files are written.
///
/// # Errors
/// The case cannot be read; the folder holds what is not of a report, or cannot be written; it was stopped. Then
/// nothing of it is left.
pub fn export(
    case: &Path,
    folder: &Path,
    order: &Order,
    cancel: &Cancel,
    progress: report::Progress<'_>,
) -> Result<Exported, ExportReportError> {
    let reader = CaseReader::open(case)?;
    let document = assemble(&reader, order, cancel, progress)?;
    let words = Words::new(order.language, order.zone);
    let written = report::write(&document, &words, order.formats, folder, cancel, progress)?;
    let differs = document.verification.verdict == Verdict::Failed || document.appendix.journal_break.is_some();
    Ok(Exported { written, verification: document.verification, differs })
}

/// The document.
///
/// # Errors
/// The case cannot be read; it was stopped.
pub fn assemble(
    reader: &CaseReader,
    order: &Order,
    cancel: &Cancel,
    progress: report::Progress<'_>,
) -> Result<Report, ExportReportError> {
    let exhibits = query::exhibits(reader, false)?;
    let findings = query::findings(reader, false)?;
    let numbers: HashMap<i64, u32> = findings.iter().map(|finding| (finding.id, number(finding.place))).collect();
    let mut document = Report::default();
    let total = exhibits.len() as u64;
    for (done, stored) in (1..).zip(&exhibits) {
        if cancel.is_cancelled() {
            return Err(ReportError::Cancelled.into());
        }
        let shown = exhibits::load(reader, stored).and_then(|frozen| exhibit(stored, frozen, &numbers, order));
        let mut shown = shown.unwrap_or_else(|error| unreadable(stored, &numbers, &error));
        // Whatever the case stores: that it is not what the digest was taken of can be seen in it, too.
        shown.canonical = query::exhibit_lines(reader, stored.id).unwrap_or_default();
        document.exhibits.push(shown);
        progress(done, total);
    }
    for finding in &findings {
        document.findings.push(self::finding(reader, finding, &exhibits)?);
    }
    let summary = title(reader, order, &mut document.title)?;
    document.summary = summary;
    appendix::fill(reader, order, cancel, &mut document)?;
    document.verification = verification::verification(reader.path(), order.checking, cancel, &document)?;
    Ok(document)
}

fn number(place: i64) -> u32 {
    u32::try_from(place).unwrap_or_default()
}

/// Times that the program wrote into the case.
fn time(text: &str) -> Option<Timestamp> {
    parse_time(text).map(|parsed| parsed.time)
}

fn stamp(life: &conclusions::Life) -> Stamp {
    let last = life.changed.as_ref().unwrap_or(&life.created);
    Stamp { by: last.by.clone(), at: time(&last.at_utc) }
}

/// What is on the first page, and the summary.
fn title(reader: &CaseReader, order: &Order, title: &mut TitlePage) -> Result<String, ExportReportError> {
    let totals = query::totals(reader)?;
    // What was not written for the report is what was said of the case when it was made.
    (title.title, title.reference, title.examiner) = (totals.title, totals.reference, totals.examiner);
    title.case_file = display::file_name(reader.path());
    title.exported = if order.with_time { time(&now_utc()) } else { None };
    let mut summary = String::new();
    for (field, value) in query::report_fields(reader)? {
        if value.trim().is_empty() {
            continue;
        }
        let place = match field {
            ReportField::Title => &mut title.title,
            ReportField::Reference => &mut title.reference,
            ReportField::Examiner => &mut title.examiner,
            ReportField::Organisation => &mut title.organisation,
            ReportField::Mark => &mut title.mark,
            ReportField::Summary => &mut summary,
        };
        *place = value;
    }
    Ok(summary)
}

fn finding(
    reader: &CaseReader,
    finding: &conclusions::Finding,
    exhibits: &[conclusions::Exhibit],
) -> Result<Finding, ExportReportError> {
    let supporting = exhibits.iter().filter(|exhibit| exhibit.text.finding == Some(finding.id));
    let records = finding.records.iter().map(|id| cited(reader, *id)).collect::<Result<_, _>>()?;
    Ok(Finding {
        number: number(finding.place),
        title: finding.text.title.clone(),
        text: finding.text.text.clone(),
        status: finding.text.status.name().to_owned(),
        confidence: finding.text.confidence.name().to_owned(),
        technique: finding.text.technique.clone(),
        written: stamp(&finding.life),
        exhibits: supporting.map(|exhibit| number(exhibit.place)).collect(),
        records,
    })
}

/// A record in a line: who with whom, or who did what.
fn cited(reader: &CaseReader, id: RecordId) -> Result<CitedRecord, ExportReportError> {
    let detail = query::record(reader, id)?;
    let text = |name: &str| detail.value(name).map(Value::to_text).unwrap_or_else(|| "-".to_owned());
    let words = match detail.dataset {
        Dataset::Flows => {
            let [from, to, from_port, to_port] = ["srcaddr", "dstaddr", "srcport", "dstport"].map(text);
            let [protocol, action, bytes] = ["protocol", "action", "bytes"].map(text);
            format!("{from}:{from_port} > {to}:{to_port}, protocol {protocol}, {bytes} bytes, {action}")
        }
        Dataset::Events => {
            let [name, who, from] = ["event_name", "user_identity_arn", "source_ip_address"].map(text);
            let error = detail.value("error_code").map(|code| format!(", {}", code.to_text())).unwrap_or_default();
            format!("{name}, {who}, {from}{error}")
        }
    };
    Ok(CitedRecord { reference: id.to_string(), time: detail.time(), words, path: detail.evidence_path })
}

fn exhibit(
    stored: &conclusions::Exhibit,
    frozen: Frozen,
    findings: &HashMap<i64, u32>,
    order: &Order,
) -> Result<Exhibit, AskError> {
    let question = question::facts(&frozen.query, frozen.zone);
    let mut facts = vec![rows_fact(&frozen)];
    if let Some(section) = frozen.sections.first() {
        facts.extend(section.totals.iter().map(bodies::total));
    }
    facts.extend(left_out(&frozen.facts));
    // What it does, and what it cannot see.
    if ALL.iter().any(|analysis| analysis.name == frozen.kind) {
        let method = FactValue::Words(format!("query-{}-about", frozen.kind), Vec::new());
        facts.push(Fact::new("method", method));
    }
    facts.push(Fact::code("digest", &stored.frozen.digest));
    facts.push(Fact::text("tool-version", &frozen.tool_version));
    let sources = frozen.facts.sources.iter().map(|source| appendix::source_name(*source).to_owned()).collect();
    let evidence = frozen.facts.evidence.iter().map(|file| file.evidence).collect();
    Ok(Exhibit {
        number: number(stored.place),
        kind: frozen.kind.clone(),
        caption: stored.text.caption.clone(),
        note: stored.text.note.clone(),
        frozen: Stamp { by: stored.life.created.by.clone(), at: time(&stored.life.created.at_utc) },
        finding: stored.text.finding.and_then(|id| findings.get(&id).copied()),
        question,
        facts,
        evidence,
        sources,
        canonical: String::new(),
        body: bodies::of(number(stored.place), frozen, order.shown_rows)?,
    })
}

/// What is left of an exhibit that the case does not hold as it was frozen: its words, and why there is no more.
fn unreadable(stored: &conclusions::Exhibit, findings: &HashMap<i64, u32>, error: &AskError) -> Exhibit {
    let why = FactValue::Words("exhibit-unreadable".to_owned(), vec![("reason".to_owned(), error.to_string())]);
    Exhibit {
        number: number(stored.place),
        kind: stored.frozen.kind.clone(),
        caption: stored.text.caption.clone(),
        note: stored.text.note.clone(),
        frozen: Stamp { by: stored.life.created.by.clone(), at: time(&stored.life.created.at_utc) },
        finding: stored.text.finding.and_then(|id| findings.get(&id).copied()),
        facts: vec![Fact::new("rows", why), Fact::code("digest", &stored.frozen.digest)],
        ..Exhibit::default()
    }
}

/// How many rows were frozen, and of how many there are.
fn rows_fact(frozen: &Frozen) -> Fact {
    let count = frozen.row_count();
    let all = frozen.sections.iter().map(|section| section.all_rows.max(section.rows.len() as u64)).sum::<u64>();
    if count == all {
        return Fact::count("rows", count);
    }
    let arguments = [("shown", count), ("all", all)].map(|(name, count)| (name.to_owned(), count.to_string()));
    Fact::new("rows", FactValue::Words("rows-of".to_owned(), arguments.to_vec()))
}

/// What was left out, of each kind of record.
fn left_out(facts: &Facts) -> Vec<Fact> {
    let of = |left_out: &LeftOut| {
        let LeftOut { dataset, duplicates, no_data, skip_data, untimed, .. } = left_out;
        let counts = [
            ("duplicates", *duplicates),
            ("nodata", *no_data),
            ("skipdata", *skip_data),
            ("untimed", *untimed),
            ("hours", left_out.missing_hours()),
        ];
        let arguments = counts.map(|(name, count)| (name.to_owned(), count.to_string())).to_vec();
        Fact::new("left-out", FactValue::Words(format!("left-out-{dataset}"), arguments))
    };
    let own = facts.left_out.iter().map(of);
    own.chain([Fact::count("unread-in-case", facts.unread_in_case)]).collect()
}
