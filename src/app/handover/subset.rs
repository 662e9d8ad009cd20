//! A part of a case as a case of its own: the evidence files that chosen records and exhibits rest on, whole, because
//! only a whole file has a hash that proves it; with the exhibits, and what was written on the records. Records keep
//! their names, so that every citation stays right.

use super::HandoverError;
use crate::app::exhibits::{self, Facts};
use crate::app::import::now_utc;
use crate::app::import::replay::{families, read_again};
use crate::app::raw::Original;
use crate::case::{CaseError, CaseInfo, CaseReader, CaseWriter, IndexStep, journal};
use crate::filter::Target;
use crate::model::conclusions::{Change, Exhibit, NewExhibit, Stamp, Subject};
use crate::model::{EvidenceId, RecordId};
use crate::part::Part;
use crate::query::{self, Cancel, Compare, EvidenceRow};
use crate::questions;
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// What is passed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub records: Vec<RecordId>,
    /// By their ids.
    pub exhibits: Vec<i64>,
    pub evidence: Vec<EvidenceId>,
    /// Who hands it over, for the journal; the case's examiner otherwise.
    pub by: Option<String>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subset {
    pub evidence: u64,
    pub exhibits: u64,
    pub findings: u64,
    pub tags: u64,
    pub notes: u64,
    /// Lists of indicators, and labels, that its exhibits ask for.
    pub lists: u64,
    pub labels: u64,
}

/// Writes the new case. Nothing is left of it where this fails.
///
/// # Errors
/// The target already exists; an original was left out of the case, or is not what the case says; nothing was chosen.
pub(crate) fn subset(
    case: &Path,
    target: &Path,
    chosen: &Chosen,
    cancel: &Cancel,
    told: &mut dyn FnMut(&EvidenceRow),
) -> Result<Subset, HandoverError> {
    let reader = CaseReader::open(case)?;
    let exhibits: Vec<Exhibit> =
        query::exhibits(&reader, false)?.into_iter().filter(|exhibit| chosen.exhibits.contains(&exhibit.id)).collect();
    let list = query::evidence_list(&reader)?;
    let wanted = evidence_of(&reader, chosen, &exhibits)?;
    let families = families(&list);
    let families: Vec<_> = families.iter().filter(|f| f.iter().any(|evidence| wanted.contains(&evidence.id))).collect();
    if families.is_empty() && exhibits.is_empty() {
        return Err(HandoverError::Unfit("nothing was selected: specify records, exhibits or evidence".to_owned()));
    }
    if target.symlink_metadata().is_ok() {
        return Err(HandoverError::Exists(target.to_owned()));
    }
    let unwritable =
        |error: std::io::Error| HandoverError::Unwritable { path: target.to_owned(), reason: error.to_string() };
    let part = Part::beside(target).map_err(unwritable)?;
    let inside = part.path();
    let totals = query::totals(&reader)?;
    let info = CaseInfo { title: totals.title, examiner: totals.examiner, reference: totals.reference };
    let mut writer = CaseWriter::create(&inside, &info, &now_utc())?;
    let by = chosen.by.as_deref();
    by.into_iter().for_each(|by| writer.set_examiner(by));
    let done = (|| {
        tell_origin(&reader, &mut writer, case, chosen)?;
        for family in &families {
            if cancel.is_cancelled() {
                return Err(HandoverError::Stopped(target.to_owned()));
            }
            let Some(file) = family.first() else { continue };
            told(file);
            let mut original = Original::in_case(&reader, file)?;
            read_again(&mut writer, &inside, &mut original, family, true, cancel)?;
        }
        while writer.index_step()? == IndexStep::More {}
        let asked = exhibits.iter().any(|exhibit| asks_for_lists(&reader, exhibit));
        let (lists, labels) = if asked { writer.take_indicators(&reader, &now_utc())? } else { (0, 0) };
        if exhibits.iter().any(|exhibit| asks_for_supplements(&reader, exhibit)) {
            writer.take_supplements(&reader, &now_utc())?;
        }
        let mut subset = written(&reader, &mut writer, chosen, &exhibits, &wanted)?;
        (subset.lists, subset.labels) = (lists, labels);
        subset.evidence = families.iter().map(|family| family.len() as u64).sum();
        Ok(subset)
    })();
    let closed = writer.close();
    let subset = done?;
    closed?;
    let made = CaseReader::open(&inside)?;
    compare(&reader, &made, families.iter().flat_map(|family| family.iter().copied()))?;
    ask_again(&made, &exhibits)?;
    drop(made);
    part.place().map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => HandoverError::Exists(target.to_owned()),
        _ => unwritable(error),
    })?;
    Ok(subset)
}

/// The evidence files that the chosen things rest on.
fn evidence_of(
    reader: &CaseReader,
    chosen: &Chosen,
    exhibits: &[Exhibit],
) -> Result<BTreeSet<EvidenceId>, HandoverError> {
    let mut wanted: BTreeSet<EvidenceId> = chosen.evidence.iter().copied().collect();
    for id in &chosen.records {
        query::record(reader, *id)?;
        wanted.insert(id.evidence());
    }
    for exhibit in exhibits {
        let unfit = |error: String| HandoverError::Unfit(format!("exhibit {}: {error}", exhibit.place));
        let facts = Facts::of_json(&exhibit.frozen.facts).map_err(unfit)?;
        wanted.extend(facts.evidence.iter().map(|fact| EvidenceId(fact.evidence)));
        let question = questions::question(&exhibit.frozen.kind, &exhibit.frozen.query);
        let question = question.map_err(|error| HandoverError::Unfit(format!("exhibit {}: {error}", exhibit.place)))?;
        // Hours that it does not call empty must not become empty.
        if let Some(scope) = question.coverage() {
            wanted.extend(query::evidence_of(reader, &scope, &Cancel::default())?);
        }
    }
    Ok(wanted)
}

/// The first entry: which case this is a part of.
fn tell_origin(
    reader: &CaseReader,
    writer: &mut CaseWriter,
    case: &Path,
    chosen: &Chosen,
) -> Result<(), HandoverError> {
    let journal = reader.journal()?;
    let name = case.file_name().unwrap_or_default().to_string_lossy();
    let parameters = json!({
        "of": name, "journal_entries": journal.len(), "journal_head": journal.last().map(|entry| &entry.hash),
        "records": chosen.records.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "exhibits": chosen.exhibits, "evidence": chosen.evidence.iter().map(|id| id.0).collect::<Vec<_>>(),
    });
    writer.begin()?;
    let entry = journal::Entry { action: "subset", parameters, counts: json!({}) };
    if let Err(error) = writer.journal(&entry, &now_utc()).and_then(|()| writer.commit()) {
        writer.rollback();
        return Err(error.into());
    }
    Ok(())
}

/// What was written goes over with who wrote it and when.
fn written(
    reader: &CaseReader,
    writer: &mut CaseWriter,
    chosen: &Chosen,
    exhibits: &[Exhibit],
    evidence: &BTreeSet<EvidenceId>,
) -> Result<Subset, HandoverError> {
    let mut subset = Subset::default();
    let mut write = |change: &Change, stamp: &Stamp| -> Result<Option<i64>, CaseError> {
        writer.set_examiner(&stamp.by);
        Ok(writer.conclude(change, &stamp.at_utc)?.id)
    };
    let mut findings: HashMap<i64, i64> = HashMap::new();
    for finding in query::findings(reader, false)? {
        if !exhibits.iter().any(|exhibit| exhibit.text.finding == Some(finding.id)) {
            continue;
        }
        let id = write(&Change::AddFinding(finding.text), &finding.life.created)?;
        findings.extend(id.map(|id| (finding.id, id)));
        subset.findings += 1;
        for (record, life) in query::citations(reader, finding.id)? {
            if let (Some(finding), None, true) = (id, &life.removed, evidence.contains(&record.evidence())) {
                write(&Change::Cite { finding, records: vec![record] }, &life.created)?;
            }
        }
    }
    for exhibit in exhibits {
        let mut text = exhibit.text.clone();
        text.finding = text.finding.and_then(|id| findings.get(&id).copied());
        let content = query::exhibit_lines(reader, exhibit.id)?;
        let new = NewExhibit { text, frozen: exhibit.frozen.clone(), content };
        write(&Change::AddExhibit(Box::new(new)), &exhibit.life.created)?;
        subset.exhibits += 1;
    }
    let is_chosen = |subject: &Subject| matches!(subject, Subject::Record(id) if chosen.records.contains(id));
    // An exhibit that asks for tags gives other rows without them.
    let asked_for = exhibits.iter().any(|exhibit| asks_for(reader, exhibit, &[Target::Tag]));
    let is_asked_for = |subject: &Subject| matches!(subject, Subject::Record(id) if evidence.contains(&id.evidence()));
    let tags = query::tags(reader, false)?.into_iter();
    for tag in tags.filter(|tag| is_chosen(&tag.subject) || asked_for && is_asked_for(&tag.subject)) {
        write(&Change::AddTag { name: tag.name, subjects: vec![tag.subject] }, &tag.life.created)?;
        subset.tags += 1;
    }
    for note in query::notes(reader, false)?.into_iter().filter(|note| is_chosen(&note.subject)) {
        write(&Change::AddNote { subject: note.subject, text: note.text }, &note.life.created)?;
        subset.notes += 1;
    }
    Ok(subset)
}

/// Do lists of indicators or labels decide on an exhibit's rows?
fn asks_for_lists(reader: &CaseReader, exhibit: &Exhibit) -> bool {
    let question = questions::question(&exhibit.frozen.kind, &exhibit.frozen.query).ok();
    let basis = question.and_then(|question| question.basis(reader).ok());
    basis.is_some_and(|basis| basis.with_lists) || asks_for(reader, exhibit, &[Target::Indicator, Target::Label])
}

/// Does an exhibit say what Sigma rules or inventories say?
fn asks_for_supplements(reader: &CaseReader, exhibit: &Exhibit) -> bool {
    FROM_SUPPLEMENTS.contains(&exhibit.frozen.kind.as_str())
        || asks_for(reader, exhibit, &[Target::Sigma, Target::SigmaLevel])
}

/// Kinds of exhibits that are made of them.
const FROM_SUPPLEMENTS: [&str; 3] = ["sigma", "sigma-events", "assets"];

/// Does an exhibit's filter name one of these?
fn asks_for(reader: &CaseReader, exhibit: &Exhibit, targets: &[Target]) -> bool {
    let question = questions::question(&exhibit.frozen.kind, &exhibit.frozen.query).ok();
    question.and_then(|question| question.basis(reader).ok()).is_some_and(|basis| basis.asks_for(targets))
}

/// Every exhibit must give its rows in the part too: one that asks for what does not go over is not passed on.
fn ask_again(part: &CaseReader, chosen: &[Exhibit]) -> Result<(), HandoverError> {
    for (exhibit, of) in query::exhibits(part, false)?.iter().zip(chosen) {
        let again = exhibits::ask_again(part, exhibit, &Cancel::default());
        if !again.is_same() {
            let what = "it does not return the same rows in a part of the case; exclude it";
            return Err(HandoverError::Unfit(format!("exhibit {}: {what}: {}", of.place, again.detail())));
        }
    }
    Ok(())
}

/// What was read again must be what the case holds.
fn compare<'a>(
    was: &CaseReader,
    is: &CaseReader,
    evidence: impl Iterator<Item = &'a EvidenceRow>,
) -> Result<(), HandoverError> {
    let what = Compare { duplicates: false, seek_points: true };
    for evidence in evidence {
        let compared = query::compare_evidence(was, is, evidence.id, what, &Cancel::default())?;
        if let Some(first) = compared.first.first() {
            return Err(HandoverError::Differs { evidence: evidence.id.0, reason: first.clone() });
        }
    }
    Ok(())
}
