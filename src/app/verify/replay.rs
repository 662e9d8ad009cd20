//! Every row derived again: the originals are read into a scratch case, in the order in which they were imported, and
//! both cases are compared row by row.

use super::evidence::Originals;
use super::{Area, Checks, Verdict, VerifyError, VerifyOptions};
use crate::app::import::now_utc;
use crate::app::import::replay::{families, read_again};
use crate::app::raw::Original;
use crate::case::{CaseInfo, CaseReader, CaseWriter};
use crate::ingest::reader::CancelToken;
use crate::query::{self, Cancel, EvidenceRow};
use std::fs::File;

pub(super) fn check(
    reader: &CaseReader,
    wanted: &VerifyOptions,
    cancel: &CancelToken,
    checks: &mut Checks<'_>,
) -> Result<(), VerifyError> {
    let list = query::evidence_list(reader)?;
    let families = families(&list);
    let originals = wanted.originals.as_ref().map(|folder| Originals::below(folder, cancel));
    let scratch = |error: &dyn std::fmt::Display| VerifyError::Scratch(error.to_string());
    // Beside the case, where there is room for one of its size more likely than among the temporary files.
    let beside = reader.path().parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = beside.and_then(|folder| tempfile::tempdir_in(folder).ok());
    let folder = match folder {
        Some(folder) => folder,
        None => tempfile::tempdir().map_err(|error| scratch(&error))?,
    };
    let path = folder.path().join("replay.coldtrail");
    let mut writer = CaseWriter::create(&path, &CaseInfo::default(), &now_utc()).map_err(|error| scratch(&error))?;
    let mut read: Vec<&EvidenceRow> = Vec::new();
    let mut all_read = true;
    for family in &families {
        let Some(file) = family.first() else { continue };
        if cancel.is_cancelled() {
            return Ok(());
        }
        let found = originals.as_ref().and_then(|originals| originals.of(file, cancel));
        let original = match found.filter(|_| !file.raw_kept) {
            Some(path) => File::open(path).and_then(Original::file).map_err(|error| error.to_string()),
            None => Original::in_case(reader, file).map_err(|error| error.to_string()),
        };
        let done = original.and_then(|mut original| {
            read_again(&mut writer, &path, &mut original, family, false, cancel).map_err(|error| error.to_string())
        });
        match done {
            Ok(()) => read.extend(family),
            Err(why) => {
                all_read = false;
                let verdict = if file.raw_kept { Verdict::Failed } else { Verdict::Unchecked };
                checks.tell(Area::Replay, format!("{} {}", file.id.0, file.path), verdict, why);
            }
        }
    }
    writer.close()?;
    compare(reader, &CaseReader::open(&path)?, &read, all_read, cancel, checks)
}

fn compare(
    was: &CaseReader,
    is: &CaseReader,
    read: &[&EvidenceRow],
    all_read: bool,
    cancel: &CancelToken,
    checks: &mut Checks<'_>,
) -> Result<(), VerifyError> {
    for evidence in read {
        if cancel.is_cancelled() {
            return Ok(());
        }
        let compared = query::compare_evidence(was, is, evidence.id, all_read, &Cancel::default())?;
        let item = format!("{} {}", evidence.id.0, evidence.path);
        match compared.differences {
            0 => checks.tell(Area::Replay, item, Verdict::Good, format!("{} rows are the same", compared.rows)),
            count => {
                let first = compared.first.join("; ");
                checks.tell(Area::Replay, item, Verdict::Failed, format!("{count} differences: {first}"));
            }
        }
    }
    if !all_read {
        let what = "which records another file holds already was not compared: not every original could be read";
        checks.tell(Area::Replay, "", Verdict::Unchecked, what);
    }
    Ok(())
}
