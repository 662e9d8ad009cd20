//! One pass over one evidence file: hash, unpack, decode, hand out. Archives get a second pass for their members.

use super::archive::{self, ArchivePlace};
use super::packing::{ArchiveKind, Packing, unpack};
use super::tap::{EvidenceNotes, Guard, Packed, Shared, Tap, TapHandle};
use super::text::{TextDecoder, TextEncoding};
use super::{Opening, PIECE_BYTES, ReadError, ReadOptions, Receiver};
use crate::ingest::StreamEnd;
use crate::model::{EvidenceFacts, ImportWarning, Reason, Timestamp};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

/// Where a piece of evidence comes from.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Path inside the archive.
    pub member: Option<String>,
    pub depth: u8,
    pub modified: Option<Timestamp>,
}

/// What a pass found out.
struct Pass {
    facts: EvidenceFacts,
    end: StreamEnd,
    archive: Option<Archive>,
}

struct Archive {
    kind: ArchiveKind,
    /// The archive with its compression removed, where it cannot be read again from where it came.
    temporary: Option<File>,
}

/// Reads a top-level file.
pub(super) fn run<S: Read + Seek>(
    source: &mut S,
    options: &ReadOptions,
    receiver: &mut dyn Receiver,
) -> Result<(), ReadError> {
    let media = |source| ReadError::Media { position: 0, source };
    let file_len = source.seek(SeekFrom::End(0)).map_err(media)?;
    source.seek(SeekFrom::Start(0)).map_err(media)?;
    let shared = Shared::new(options, receiver, file_len);
    let place = Place { member: None, depth: 0, modified: None };
    let pass = first_pass(&shared, Guard::original(&mut *source, &shared), &place)?;
    if let Some(archive) = pass.archive {
        let at = ArchivePlace::of(&place);
        source.seek(SeekFrom::Start(0)).map_err(media)?;
        let again = Guard::original(&mut *source, &shared);
        match (archive.kind, archive.temporary) {
            (ArchiveKind::Zip, None) => archive::zip_members(&shared, again, &at)?,
            (ArchiveKind::Tar, None) => {
                let packed = Packed::Known(file_len);
                let unpacked = unpack(Box::new(again), packed, false, &shared, None, |_, _| {})?;
                archive::tar_members(&shared, unpacked.content, &at)?;
            }
            (kind, Some(file)) => temporary_members(&shared, kind, file, &at)?,
        }
    }
    shared.tell(|r| r.end(pass.facts, pass.end))?;
    shared.progress_to(file_len);
    Ok(())
}

/// Reads a member of an archive, and its own members.
pub(super) fn member(shared: &Shared<'_>, input: impl Read, place: &Place) -> Result<(), ReadError> {
    shared.count_member()?;
    let pass = first_pass(shared, input, place)?;
    if let Some(Archive { kind, temporary: Some(file) }) = pass.archive {
        temporary_members(shared, kind, file, &ArchivePlace::of(place))?;
    }
    shared.tell(|r| r.end(pass.facts, pass.end))
}

fn temporary_members(
    shared: &Shared<'_>,
    kind: ArchiveKind,
    mut file: File,
    at: &ArchivePlace<'_>,
) -> Result<(), ReadError> {
    file.seek(SeekFrom::Start(0)).map_err(ReadError::Temporary)?;
    let file = Guard::temporary(file, shared);
    match kind {
        ArchiveKind::Zip => archive::zip_members(shared, file, at),
        ArchiveKind::Tar => archive::tar_members(shared, file, at),
    }
}

/// From `begin` to just before `end`, or for an archive to just before its first member.
fn first_pass<'s, 'r: 's>(shared: &'s Shared<'r>, input: impl Read, place: &Place) -> Result<Pass, ReadError> {
    let opening = Opening { member: place.member.as_deref(), depth: place.depth, modified: place.modified };
    shared.tell(|r| r.begin(&opening))?;
    let tap = RefCell::new(Tap::new(input, shared));
    let notes = EvidenceNotes::new(shared);
    let counted = || tap.borrow().bytes;
    let packed = Packed::Counted(&counted);
    let input = Box::new(TapHandle(&tap));
    let mut unpacked = unpack(input, packed, place.depth > 0, shared, Some(&notes), |packing, head| {
        // What is compressed already is kept as it came.
        tap.borrow_mut().compress = packing.is_none() && ArchiveKind::of(head) != Some(ArchiveKind::Zip);
    })?;
    let kind = ArchiveKind::of(unpacked.content.head());
    let expandable = place.depth < shared.options.limits.max_depth;
    if unpacked.too_deep || (kind.is_some() && !expandable) {
        let limit = shared.options.limits.max_depth;
        let detail = format!("packed more than {limit} times over; what is inside was not unpacked");
        shared.warn(ImportWarning::file(Reason::ContainerDepth, detail));
    }
    let kind = kind.filter(|_| expandable);
    let mut sink = Sink::new(unpacked.packing.is_empty(), kind.is_none(), unpacked.content.head());
    if let Some(kind) = kind {
        shared.tell(|r| r.archive(kind))?;
        // The file itself can be read again; a member, or a zip that has to be unpacked before one can seek in it, not.
        let again = place.depth == 0 && (kind == ArchiveKind::Tar || unpacked.packing.is_empty());
        if !again {
            sink.temporary = Some(tempfile::tempfile().map_err(ReadError::Temporary)?);
        }
        shared.halved.set(shared.halved.get() || place.depth == 0);
    }
    let mut end = pump(shared, &mut unpacked.content, |piece| sink.take(shared, piece))?;
    drop(unpacked.content);
    // What follows the packed content belongs to the file and its hash all the same.
    let rest = pump(shared, &mut TapHandle(&tap), |_| Ok(()))?;
    if end == StreamEnd::Complete {
        end = rest;
    }
    sink.finish(shared)?;
    shared.check()?;
    let file_sha256 = tap.borrow_mut().finish()?;
    let file_bytes = tap.borrow().bytes;
    let facts = EvidenceFacts {
        file_bytes,
        content_bytes: if sink.same_as_file { file_bytes } else { sink.content_bytes },
        file_sha256,
        content_sha256: if sink.same_as_file { file_sha256 } else { sink.hash.finalize().into() },
        packing: unpacked.packing.iter().map(|p: &Packing| p.code()).collect::<Vec<_>>().join("+"),
        encoding: sink.encoding.code().to_owned(),
    };
    let archive = kind.map(|kind| Archive { kind, temporary: sink.temporary });
    Ok(Pass { facts, end, archive })
}

/// Where content goes.
struct Sink {
    /// The file is not packed, so that its hash is that of the content.
    same_as_file: bool,
    hash: Sha256,
    content_bytes: u64,
    encoding: TextEncoding,
    /// None for archives.
    text: Option<TextDecoder>,
    temporary: Option<File>,
}

impl Sink {
    fn new(same_as_file: bool, deliver: bool, head: &[u8]) -> Self {
        let encoding = if deliver { TextEncoding::of(head) } else { TextEncoding::Utf8 };
        let text = deliver.then(|| TextDecoder::new(encoding));
        Self { same_as_file, hash: Sha256::new(), content_bytes: 0, encoding, text, temporary: None }
    }

    fn take(&mut self, shared: &Shared<'_>, piece: &[u8]) -> Result<(), ReadError> {
        self.content_bytes += piece.len() as u64;
        if !self.same_as_file {
            self.hash.update(piece);
        }
        if let Some(file) = &mut self.temporary {
            file.write_all(piece).map_err(ReadError::Temporary)?;
        }
        if let Some(text) = &mut self.text {
            let map = text.map.clone();
            let decoded = text.decode(piece);
            if !decoded.is_empty() {
                shared.tell(|r| r.content(decoded, &map))?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, shared: &Shared<'_>) -> Result<(), ReadError> {
        let Some(text) = &mut self.text else { return Ok(()) };
        let map = text.map.clone();
        let decoded = text.finish();
        if decoded.is_empty() { Ok(()) } else { shared.tell(|r| r.content(decoded, &map)) }
    }
}

/// The first piece: most files are small, and there are many of them.
const FIRST_PIECE_BYTES: usize = 16 << 10;

/// Reads to the end in full pieces. Damage ends it like the end does, after what came before.
fn pump(
    shared: &Shared<'_>,
    input: &mut dyn Read,
    mut sink: impl FnMut(&[u8]) -> Result<(), ReadError>,
) -> Result<StreamEnd, ReadError> {
    let mut piece = vec![0; FIRST_PIECE_BYTES];
    loop {
        let mut filled = 0;
        let mut end = None;
        while filled < piece.len() && end.is_none() {
            match input.read(piece.get_mut(filled..).unwrap_or_default()) {
                Ok(0) => end = Some(StreamEnd::Complete),
                Ok(count) => filled += count,
                Err(e) => end = Some(StreamEnd::CutOff(shared.fault_or_damage(&e)?)),
            }
        }
        shared.check()?;
        if filled > 0 {
            sink(piece.get(..filled).unwrap_or_default())?;
        }
        if let Some(end) = end {
            return Ok(end);
        }
        piece.resize(PIECE_BYTES, 0);
    }
}
