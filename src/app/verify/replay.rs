//! Every row derived again: the originals are read into a temporary case, in the order in which they were imported, and
//! both cases are compared row by row.

use super::{Area, Checks, Run, Verdict, VerifyError};
use crate::app::import::now_utc;
use crate::app::import::replay::{families, read_again};
use crate::app::raw::Original;
use crate::case::{CaseInfo, CaseReader, CaseWriter};
use crate::part::Part;
use crate::query::{self, Compare, Compared, DICTIONARIES, EvidenceRow, QueryError};
use std::fs::File;

pub(super) fn check(run: &Run<'_>, checks: &mut Checks<'_>) -> Result<(), VerifyError> {
    let (reader, cancel) = (run.reader, run.cancel);
    let (list, unreadable) = query::readable_evidence(reader)?;
    let families = families(&list);
    let scratch = |error: &dyn std::fmt::Display| VerifyError::Scratch(error.to_string());
    // Beside the case, where there is room for one of its size more likely than among the temporary files.
    let elsewhere = std::env::temp_dir().join("replay.coldtrail");
    let part = Part::beside(reader.path()).or_else(|_| Part::beside(&elsewhere)).map_err(|error| scratch(&error))?;
    let path = part.path();
    let mut writer = CaseWriter::create(&path, &CaseInfo::default(), &now_utc()).map_err(|error| scratch(&error))?;
    let mut read: Vec<&EvidenceRow> = Vec::new();
    let mut all_read = unreadable.is_empty();
    let total = list.iter().map(|evidence| evidence.file_bytes).fold(0, u64::saturating_add);
    let mut bytes = 0u64;
    for family in &families {
        checks.progress(Area::Replay, bytes, total);
        let Some(file) = family.first() else { continue };
        if cancel.is_cancelled() {
            return Ok(());
        }
        let found = run.originals.as_ref().and_then(|originals| originals.of(file, cancel));
        let original = match found.filter(|_| !file.raw_kept) {
            Some(path) => File::open(path).and_then(Original::file).map_err(|error| error.to_string()),
            None => Original::in_case(reader, file).map_err(|error| error.to_string()),
        };
        let done = original.and_then(|mut original| {
            read_again(&mut writer, &path, &mut original, family, false, cancel).map_err(|error| error.to_string())
        });
        bytes = family.iter().map(|evidence| evidence.file_bytes).fold(bytes, u64::saturating_add);
        match done {
            Ok(()) => read.extend(family),
            Err(_) if cancel.is_cancelled() => return Ok(()),
            Err(why) => {
                all_read = false;
                let verdict = if file.raw_kept { Verdict::Failed } else { Verdict::Unchecked };
                checks.tell(Area::Replay, format!("{} {}", file.id.0, file.path), verdict, why);
            }
        }
    }
    checks.progress(Area::Replay, bytes, total);
    writer.close()?;
    compare(run, CaseReader::open(&path)?, &read, all_read, checks)
}

fn compare(
    run: &Run<'_>,
    mut is: CaseReader,
    read: &[&EvidenceRow],
    all_read: bool,
    checks: &mut Checks<'_>,
) -> Result<(), VerifyError> {
    let stop = run.cancel.clone();
    query::stop_when(&mut is, move || stop.is_cancelled())?;
    for evidence in read {
        let what = Compare { duplicates: all_read, seek_points: evidence.raw_kept };
        let compared = query::compare_evidence(run.reader, &is, evidence.id, what, run.cancel);
        told(run, format!("{} {}", evidence.id.0, evidence.path), compared, checks);
    }
    if all_read {
        for table in DICTIONARIES {
            told(run, table.to_owned(), query::compare_dictionary(run.reader, &is, table), checks);
        }
    } else if !run.cancel.is_cancelled() {
        let what = "which records another file holds already, and whether some value is in no record, was not compared: \
                    not every original could be read";
        checks.tell(Area::Replay, "", Verdict::Unchecked, what);
    }
    Ok(())
}

fn told(run: &Run<'_>, item: String, compared: Result<Compared, QueryError>, checks: &mut Checks<'_>) {
    match compared {
        _ if run.cancel.is_cancelled() => {}
        Err(error) => checks.tell(Area::Replay, item, Verdict::Failed, format!("it could not be compared: {error}")),
        Ok(Compared { differences: 0, rows, .. }) => {
            checks.tell(Area::Replay, item, Verdict::Good, format!("{rows} rows are identical"));
        }
        Ok(Compared { differences, first, .. }) => {
            let first = first.join("; ");
            checks.tell(Area::Replay, item, Verdict::Failed, format!("{differences} differences: {first}"));
        }
    }
}
