//! Evidence hashed again: every original out of the case with its uncompressed content, and the files that it was.

use super::{Area, Checks, Run, Verdict, VerifyError};
use crate::app::import::replay::families;
use crate::app::raw::Original;
use crate::case::{CaseReader, journal};
use crate::ingest::StreamEnd;
use crate::ingest::reader::{
    self, ArchiveKind, Control, Limits, OffsetMap, Opening, RawBlock, ReadError, ReadOptions, Receiver, SeekPoint,
};
use crate::model::{Cancel, EvidenceFacts, ImportWarning};
use crate::query::{self, EvidenceRow};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;

/// Takes the hashes of a file and its members, in the order in which they begin.
#[derive(Default)]
struct Hashes {
    facts: Vec<Option<EvidenceFacts>>,
    open: Vec<usize>,
}

impl Receiver for Hashes {
    fn begin(&mut self, _: &Opening<'_>) -> Control {
        self.open.push(self.facts.len());
        self.facts.push(None);
        Control::Continue
    }

    fn content(&mut self, _: &[u8], _: &OffsetMap) -> Control {
        Control::Continue
    }

    fn archive(&mut self, _: ArchiveKind) -> Control {
        Control::Continue
    }

    fn raw(&mut self, _: RawBlock) -> Control {
        Control::Continue
    }

    fn seek_point(&mut self, _: SeekPoint) -> Control {
        Control::Continue
    }

    fn warning(&mut self, _: ImportWarning) {}

    fn end(&mut self, facts: EvidenceFacts, _: StreamEnd) -> Control {
        if let Some(slot) = self.open.pop().and_then(|place| self.facts.get_mut(place)) {
            *slot = Some(facts);
        }
        Control::Continue
    }
}

pub(super) fn options(cancel: &Cancel) -> ReadOptions {
    let limits = Limits { max_content_bytes: u64::MAX, max_ratio: u64::MAX, ..Limits::default() };
    ReadOptions { keep_raw: false, limits, cancel: cancel.clone(), ..ReadOptions::default() }
}

pub(super) fn check(run: &Run<'_>, checks: &mut Checks<'_>) -> Result<(), VerifyError> {
    let (reader, cancel) = (run.reader, run.cancel);
    let (list, unreadable) = query::readable_evidence(reader)?;
    for (id, why) in unreadable {
        checks.tell(Area::Evidence, id.to_string(), Verdict::Failed, format!("its row cannot be read: {why}"));
    }
    let originals = run.originals.as_ref();
    let total: u64 = list.iter().map(|evidence| evidence.file_bytes).fold(0, u64::saturating_add);
    let mut done = 0u64;
    for family in families(&list) {
        checks.progress(Area::Evidence, done, total);
        let Some(file) = family.first() else { continue };
        if cancel.is_cancelled() {
            return Ok(());
        }
        let found = originals.and_then(|originals| originals.of(file, cancel));
        if originals.is_some() {
            match found {
                Some(path) => checks.tell(Area::Originals, name(file), Verdict::Good, path.to_string_lossy()),
                None => {
                    let what = "no file in the folder has its SHA-256";
                    checks.tell(Area::Originals, name(file), Verdict::Failed, what);
                }
            }
        }
        let original = match found.filter(|_| !file.raw_kept) {
            Some(path) => File::open(path).and_then(Original::file).map_err(|error| error.to_string()),
            None => Original::in_case(reader, file).map_err(|error| error.to_string()),
        };
        match original {
            Ok(original) => contents(original, &family, cancel, checks),
            Err(why) if file.raw_kept => checks.tell(Area::Evidence, name(file), Verdict::Failed, why),
            Err(why) => checks.tell(Area::Evidence, name(file), Verdict::Unchecked, why),
        }
        for member in family.iter().skip(1).filter(|member| member.raw_kept) {
            stored_member(reader, member, cancel, checks);
        }
        done = family.iter().map(|evidence| evidence.file_bytes).fold(done, u64::saturating_add);
    }
    checks.progress(Area::Evidence, done, total);
    Ok(())
}

fn name(evidence: &EvidenceRow) -> String {
    format!("{} {}", evidence.id.0, evidence.path)
}

/// Both hashes of a file and of what came out of it.
fn contents(mut original: Original<'_>, family: &[&EvidenceRow], cancel: &Cancel, checks: &mut Checks<'_>) {
    let mut hashes = Hashes::default();
    let read = reader::read_source(&mut original, &options(cancel), &mut hashes);
    if matches!(read, Err(ReadError::Cancelled)) {
        return;
    }
    if let (Err(error), Some(file)) = (&read, family.first()) {
        checks.tell(Area::Evidence, name(file), Verdict::Failed, error.to_string());
        return;
    }
    for (place, evidence) in family.iter().enumerate() {
        let found = hashes.facts.get(place).and_then(Option::as_ref);
        let (verdict, detail) = match found {
            Some(facts) => compare(evidence, facts),
            None => (Verdict::Failed, "it is not in its archive".to_owned()),
        };
        checks.tell(Area::Evidence, name(evidence), verdict, detail);
    }
    if hashes.facts.len() > family.len()
        && let Some(file) = family.first()
    {
        let more = hashes.facts.len() - family.len();
        checks.tell(Area::Evidence, name(file), Verdict::Failed, format!("{more} of its members are not in the case"));
    }
}

fn compare(evidence: &EvidenceRow, facts: &EvidenceFacts) -> (Verdict, String) {
    let (file, content) = (journal::hex(&facts.file_sha256), journal::hex(&facts.content_sha256));
    if file != evidence.file_sha256 {
        return (Verdict::Failed, format!("its SHA-256 is {file}, and was {}", evidence.file_sha256));
    }
    if content != evidence.content_sha256 {
        let was = &evidence.content_sha256;
        return (Verdict::Failed, format!("the SHA-256 of its content is {content}, but was {was} at import"));
    }
    for (what, is, was) in [
        ("size", facts.file_bytes.to_string(), evidence.file_bytes.to_string()),
        ("size of its content", facts.content_bytes.to_string(), evidence.content_bytes.to_string()),
        ("packing", facts.packing.to_string(), evidence.packing.clone()),
        ("encoding", facts.encoding.to_string(), evidence.encoding.clone()),
    ] {
        if is != was {
            return (Verdict::Failed, format!("its {what} is {is}, but the case records {was}"));
        }
    }
    (Verdict::Good, format!("SHA-256 {file}"))
}

/// What is stored of an archive's member for itself.
fn stored_member(reader: &CaseReader, member: &EvidenceRow, cancel: &Cancel, checks: &mut Checks<'_>) {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let read = Original::in_case(reader, member).map_err(|error| error.to_string()).and_then(|mut original| {
        loop {
            match original.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(_) if cancel.is_cancelled() => return Ok(()),
                Ok(count) => hash.update(buffer.get(..count).unwrap_or_default()),
                Err(error) => return Err(error.to_string()),
            }
        }
    });
    let found = journal::hex(&hash.finalize());
    match read {
        Err(why) => checks.tell(Area::Evidence, name(member), Verdict::Failed, why),
        Ok(()) if found != member.file_sha256 && !cancel.is_cancelled() => {
            let what = format!("its stored content has the SHA-256 {found}, but had {} at import", member.file_sha256);
            checks.tell(Area::Evidence, name(member), Verdict::Failed, what);
        }
        Ok(()) => {}
    }
}
