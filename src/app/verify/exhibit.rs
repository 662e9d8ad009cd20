//! Exhibits run again. What was added to the case since one was frozen is distinguished from what was changed past the
//! program.

use super::{Area, Checks, Verdict, VerifyError};
use crate::app::exhibits::{self, Again, Facts, canonical};
use crate::case::journal::Stored;
use crate::case::{ALLOW, CaseReader, DISMISSED};
use crate::filter::{Check, Filter, Target};
use crate::model::Dataset;
use crate::model::conclusions::Exhibit;
use crate::query::{self, Cancel, Scope};
use crate::questions::{self, Basis, Live, Question};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn check(
    reader: &CaseReader,
    journal: &[Stored],
    cancel: &Cancel,
    checks: &mut Checks<'_>,
) -> Result<(), VerifyError> {
    let ids = query::exhibit_ids(reader)?;
    for (done, id) in ids.iter().enumerate() {
        checks.progress(Area::Exhibit, done as u64, ids.len() as u64);
        if cancel.is_cancelled() {
            return Ok(());
        }
        let exhibit = match query::exhibit(reader, *id) {
            Ok(exhibit) => exhibit,
            Err(error) => {
                let what = format!("it cannot be read: {error}");
                checks.tell(Area::Exhibit, format!("exhibit {id}"), Verdict::Failed, what);
                continue;
            }
        };
        let item = format!("{} {}", exhibit.place, exhibit.text.caption);
        if exhibit.life.removed.is_some() {
            stored(reader, &exhibit, checks);
            continue;
        }
        let again = exhibits::ask_again(reader, &exhibit, cancel);
        if cancel.is_cancelled() {
            return Ok(());
        }
        let (verdict, detail) = match &again {
            Again::Same => {
                (Verdict::Good, format!("{} rows, digest {}", exhibit.frozen.row_count, exhibit.frozen.digest))
            }
            Again::Differs { .. } | Again::OtherEvidence(_) => match added_since(reader, journal, &exhibit, cancel) {
                Some(what) => (Verdict::Outdated, format!("{what}: {}", again.detail())),
                None => (Verdict::Failed, again.detail()),
            },
            Again::Altered | Again::Failed(_) => (Verdict::Failed, again.detail()),
        };
        checks.tell(Area::Exhibit, item, verdict, detail);
    }
    checks.progress(Area::Exhibit, ids.len() as u64, ids.len() as u64);
    Ok(())
}

/// One that was removed is not run again, but what is stored of it must be what was frozen.
fn stored(reader: &CaseReader, exhibit: &Exhibit, checks: &mut Checks<'_>) {
    let item = format!("{} {} (removed)", exhibit.id, exhibit.text.caption);
    match query::exhibit_lines(reader, exhibit.id) {
        Ok(lines) if canonical::digest(&lines) == exhibit.frozen.digest => {
            checks.tell(Area::Exhibit, item, Verdict::Good, format!("stored with digest {}", exhibit.frozen.digest));
        }
        Ok(_) => checks.tell(Area::Exhibit, item, Verdict::Failed, Again::Altered.detail()),
        Err(error) => checks.tell(Area::Exhibit, item, Verdict::Failed, error.to_string()),
    }
}

/// What came in since the exhibit was frozen and is part of its answer now, in words. `None`: nothing that would
/// explain another answer.
fn added_since(reader: &CaseReader, journal: &[Stored], exhibit: &Exhibit, cancel: &Cancel) -> Option<String> {
    let parameters = |entry: &Stored| serde_json::from_str::<Value>(&entry.parameters).unwrap_or_default();
    let frozen = journal
        .iter()
        .position(|entry| entry.action == "exhibit_add" && parameters(entry)["id"].as_i64() == Some(exhibit.id))?;
    let since = journal.get(frozen + 1..)?;
    let question = questions::question(&exhibit.frozen.kind, &exhibit.frozen.query).ok()?;
    let basis = question.basis(reader).ok()?;
    let imported: BTreeSet<u64> = since
        .iter()
        .filter(|entry| entry.action == "import")
        .filter_map(|entry| parameters(entry)["evidence"].as_u64())
        .collect();
    if !imported.is_empty() {
        let rests_on = rests_on(reader, question.as_ref(), &basis, cancel)?;
        let was = Facts::of_json(&exhibit.frozen.facts).ok()?;
        // What it rested on must be there as it was: only then can it be the new files alone.
        let is_there = |fact: &exhibits::EvidenceFact| {
            let evidence = query::evidence(reader, crate::model::EvidenceId(fact.evidence)).ok().flatten();
            evidence.is_some_and(|e| e.file_sha256 == fact.file_sha256 && e.content_sha256 == fact.content_sha256)
        };
        let new = rests_on.iter().filter(|number| imported.contains(number)).count();
        if new > 0 && was.evidence.iter().all(is_there) {
            let files = if new == 1 { "1 file".to_owned() } else { format!("{new} files") };
            return Some(format!("evidence was added after it was saved (evidence files used now: {files})"));
        }
    }
    let is_upgrade = |entry: &Stored| {
        let counts: Value = serde_json::from_str(&entry.counts).unwrap_or_default();
        entry.action == "migrate" && counts["contradicting_copies"].as_u64().is_some_and(|count| count > 0)
    };
    let is_read_upgraded = reader.standing().older.is_some() && has_conflicts(reader, cancel);
    if basis.has_events() && (is_read_upgraded || since.iter().any(is_upgrade)) {
        return Some("copies with different content became separate events when the case was upgraded".to_owned());
    }
    let of_lists = |entry: &Stored| {
        let action = entry.action.as_str();
        let validity = action == "setting" && parameters(entry)["key"] == crate::case::VALIDITY_KEY;
        action.starts_with("indicator_") || action.starts_with("label_") || validity
    };
    if since.iter().any(of_lists) && (basis.with_lists || basis.asks_for(&[Target::Indicator, Target::Label])) {
        return Some("indicator lists or labels were changed after it was saved".to_owned());
    }
    let of_allow_lists = |entry: &Stored| {
        let key = parameters(entry)["key"].as_str().unwrap_or_default().to_owned();
        entry.action == "setting" && [ALLOW, DISMISSED].iter().any(|prefix| key.starts_with(prefix))
    };
    if since.iter().any(of_allow_lists) && matches!(question.live(), Live::Analysis(..)) {
        return Some("allow-lists were changed, or leads dismissed, after it was saved".to_owned());
    }
    if since.iter().any(|entry| entry.action.starts_with("tag_")) && basis.asks_for(&[Target::Tag]) {
        return Some("tags were changed after it was saved".to_owned());
    }
    None
}

/// Does the case hold copies of an event that contradict each other?
fn has_conflicts(reader: &CaseReader, cancel: &Cancel) -> bool {
    let scope = Scope::of(Dataset::Events, Filter::test(Target::Conflict, Check::Present));
    query::rows(reader, &scope.records(Vec::new()), cancel).is_ok_and(|rows| !rows.is_empty())
}

/// Numbers of the evidence files that the answer rests on now, those among them that only show that an hour has
/// records.
fn rests_on(reader: &CaseReader, question: &dyn Question, basis: &Basis, cancel: &Cancel) -> Option<BTreeSet<u64>> {
    let facts = Facts::gather(reader, basis, cancel).ok()?;
    let mut numbers: BTreeSet<u64> = facts.evidence.iter().map(|fact| u64::from(fact.evidence)).collect();
    if let Some(scope) = question.coverage() {
        numbers.extend(query::evidence_of(reader, &scope, cancel).ok()?.into_iter().map(|id| u64::from(id.0)));
    }
    Some(numbers)
}
