//! The reader as its callers see it.

mod archives;
mod corpora;
mod faults;
mod packed;
mod ranges;

use super::*;
use crate::model::Reason;
use std::io::{Cursor, Write};

/// All that was reported about one piece of evidence.
#[derive(Debug, Default)]
struct Seen {
    member: Option<String>,
    depth: u8,
    modified: Option<Timestamp>,
    archive: Option<ArchiveKind>,
    decoded: Vec<u8>,
    pieces: Vec<usize>,
    /// The content position of every decoded byte, for small content.
    places: Vec<u64>,
    blocks: Vec<RawBlock>,
    points: Vec<SeekPoint>,
    warnings: Vec<(Reason, String)>,
    facts: EvidenceFacts,
    end: Option<StreamEnd>,
}

/// Keeps everything, and checks that calls nest as they are documented to.
#[derive(Default)]
struct Recorder {
    seen: Vec<Seen>,
    /// Evidence that is begun and not ended, by its place in `seen`.
    open: Vec<usize>,
    calls: usize,
    stop_at_call: Option<usize>,
}

impl Recorder {
    fn current(&mut self) -> &mut Seen {
        let at = *self.open.last().expect("a call outside begin and end");
        &mut self.seen[at]
    }

    fn control(&mut self) -> Control {
        assert!(self.stop_at_call.is_none_or(|stop| self.calls < stop), "a call after Stop");
        self.calls += 1;
        if self.stop_at_call == Some(self.calls) { Control::Stop } else { Control::Continue }
    }
}

impl Receiver for Recorder {
    fn begin(&mut self, opening: &Opening<'_>) -> Control {
        assert_eq!(usize::from(opening.depth), self.open.len());
        assert_eq!(opening.member.is_some(), opening.depth > 0);
        self.open.push(self.seen.len());
        self.seen.push(Seen {
            member: opening.member.map(str::to_owned),
            depth: opening.depth,
            modified: opening.modified,
            ..Seen::default()
        });
        self.control()
    }

    fn content(&mut self, bytes: &[u8], map: &OffsetMap) -> Control {
        let seen = self.current();
        assert!(seen.archive.is_none() && !bytes.is_empty());
        let start = seen.decoded.len() as u64;
        if start < 4096 {
            seen.places.extend((0..bytes.len().min(4096) as u64).map(|i| map.to_content(start + i)));
        }
        seen.decoded.extend_from_slice(bytes);
        seen.pieces.push(bytes.len());
        self.control()
    }

    fn archive(&mut self, kind: ArchiveKind) -> Control {
        self.current().archive = Some(kind);
        self.control()
    }

    fn raw(&mut self, block: RawBlock) -> Control {
        let seen = self.current();
        assert_eq!(block.first_byte, seen.blocks.iter().map(|b| b.byte_count).sum::<u64>());
        assert!(block.byte_count <= BLOCK_BYTES as u64);
        seen.blocks.push(block);
        self.control()
    }

    fn seek_point(&mut self, point: SeekPoint) -> Control {
        let last = self.current().points.last().map_or(0, |p| p.content_byte);
        assert!(point.content_byte >= last + SEEK_EVERY_BYTES, "{} after {last}", point.content_byte);
        self.current().points.push(point);
        self.control()
    }

    fn warning(&mut self, warning: ImportWarning) {
        assert_eq!(warning.scope, crate::model::Scope::File);
        self.current().warnings.push((warning.reason, warning.detail));
    }

    fn end(&mut self, facts: EvidenceFacts, end: StreamEnd) -> Control {
        let seen = self.current();
        seen.facts = facts;
        seen.end = Some(end);
        self.open.pop();
        self.control()
    }
}

/// The blocks and points of one piece of evidence, as a case would keep them.
impl RawBlocks for &Seen {
    fn block_at(&mut self, file_byte: u64) -> std::io::Result<Option<RawBlock>> {
        Ok(self.blocks.iter().find(|b| (b.first_byte..b.first_byte + b.byte_count).contains(&file_byte)).cloned())
    }
}

impl Seen {
    fn original(&self) -> Vec<u8> {
        let mut out = Vec::new();
        OriginalReader::new(self).read_to_end(&mut out).unwrap();
        out
    }

    fn range(&self, offset: u64, len: usize) -> Vec<u8> {
        let point = self.points.iter().rev().find(|p| p.content_byte <= offset);
        read_range(self, &self.facts.packing, point, offset, len).unwrap()
    }
}

fn read_with(file: &[u8], options: &ReadOptions) -> (Recorder, Result<(), ReadError>) {
    let mut recorder = Recorder::default();
    let result = read_source(&mut Cursor::new(file), options, &mut recorder);
    (recorder, result)
}

/// Reads a whole file and checks what holds for every one.
fn read_all(file: &[u8]) -> Vec<Seen> {
    let options = ReadOptions::default();
    let (recorder, result) = read_with(file, &options);
    result.unwrap();
    assert!(recorder.open.is_empty());
    assert_eq!(options.progress.load(Ordering::Relaxed), file.len() as u64);
    let top = &recorder.seen[0];
    assert_eq!((top.facts.file_bytes, top.facts.file_sha256), (file.len() as u64, sha256(file)));
    assert!(top.original() == file);
    for seen in &recorder.seen {
        assert_eq!(sha256(&seen.original()), seen.facts.file_sha256, "{:?}", seen.member);
    }
    recorder.seen
}

/// Reads a file that is no archive.
fn read_one(file: &[u8]) -> Seen {
    let mut seen = read_all(file);
    assert_eq!(seen.len(), 1);
    seen.remove(0)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn gzip(content: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zstd_frame(content: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(content, 1).unwrap()
}

/// Flow records that compress about as real ones do.
fn flow_lines(bytes: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes + 128);
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    while out.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let (a, b, p) = (state as u8, (state >> 8) as u8, (state >> 16) as u16);
        writeln!(out, "2 123456789010 eni-0a1b2c3d 10.0.{a}.{b} 198.51.100.7 {p} 443 6 10 {} ACCEPT OK", state >> 40)
            .unwrap();
    }
    out.truncate(bytes);
    out
}
