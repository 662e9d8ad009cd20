//! What is between a file and its decoders: fault keeping, hashing, raw blocks, limits, looking ahead.

use super::{
    BLOCK_BYTES, Control, Expansion, Limits, RawBlock, RawEncoding, ReadError, ReadOptions, Receiver, SEEK_EVERY_BYTES,
    SeekPoint,
};
use crate::model::{ImportWarning, Reason};
use sha2::{Digest, Sha256};
use std::cell::{Cell, RefCell};
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::Ordering;

/// The content is not what its framing promises. Whatever a chain of decoders reports that is no fault is damage.
pub(super) fn damaged(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

/// What one run over one top-level file shares. A fault (medium, cancel, limit) is kept here beside the `io::Error`
/// that stops the decoders, because decoders of other crates wrap errors in their own.
pub(super) struct Shared<'r> {
    receiver: RefCell<&'r mut dyn Receiver>,
    pub options: &'r ReadOptions,
    fault: RefCell<Option<ReadError>>,
    /// Size of the top-level file.
    pub file_len: u64,
    /// Uncompressed bytes of members so far.
    members_bytes: Cell<u64>,
    /// Members so far, at every depth.
    members: Cell<u64>,
    /// Each byte read counts half, because the file is read twice.
    pub halved: Cell<bool>,
    /// Bytes read from the file, all passes together.
    read_bytes: Cell<u64>,
    told_progress: Cell<u64>,
}

impl<'r> Shared<'r> {
    pub(super) fn new(options: &'r ReadOptions, receiver: &'r mut dyn Receiver, file_len: u64) -> Self {
        Self {
            receiver: RefCell::new(receiver),
            options,
            fault: RefCell::default(),
            file_len,
            members_bytes: Cell::new(0),
            members: Cell::new(0),
            halved: Cell::new(false),
            read_bytes: Cell::new(0),
            told_progress: Cell::new(0),
        }
    }

    /// Calls the receiver. Never from inside another such call.
    pub(super) fn tell(&self, call: impl FnOnce(&mut dyn Receiver) -> Control) -> Result<(), ReadError> {
        match call(&mut **self.receiver.borrow_mut()) {
            Control::Continue => Ok(()),
            Control::Stop => Err(ReadError::Stopped),
        }
    }

    /// One more member of an archive.
    pub(super) fn count_member(&self) -> Result<(), ReadError> {
        let (members, limits) = (self.members.get() + 1, self.options.limits);
        self.members.set(members);
        if members <= limits.members_of(self.file_len) {
            return Ok(());
        }
        let (file_bytes, content_bytes) = (self.file_len, self.members_bytes.get());
        Err(ReadError::ExpansionLimit(Expansion { file_bytes, content_bytes, members: Some(members), limits }))
    }

    pub(super) fn warn(&self, warning: ImportWarning) {
        self.receiver.borrow_mut().warning(warning);
    }

    /// Keeps a fault and gives the error that carries it through the decoders.
    pub(super) fn fail(&self, fault: ReadError) -> io::Error {
        let text = fault.to_string();
        self.fault.borrow_mut().get_or_insert(fault);
        io::Error::other(text)
    }

    /// The fault behind an error, or the error as a description of damage.
    pub(super) fn fault_or_damage(&self, error: &impl std::fmt::Display) -> Result<String, ReadError> {
        match self.fault.borrow_mut().take() {
            Some(fault) => Err(fault),
            None => Ok(error.to_string()),
        }
    }

    /// Cancelled, or a fault that has not been carried out yet.
    pub(super) fn check(&self) -> Result<(), ReadError> {
        match self.fault.borrow_mut().take() {
            Some(fault) => Err(fault),
            None if self.options.cancel.is_cancelled() => Err(ReadError::Cancelled),
            None => Ok(()),
        }
    }

    fn progress(&self, count: u64) {
        self.read_bytes.set(self.read_bytes.get() + count);
        let worth = if self.halved.get() { self.read_bytes.get() / 2 } else { self.read_bytes.get() };
        self.progress_to(worth.min(self.file_len));
    }

    /// Progress never goes back and ends at the file's size exactly.
    pub(super) fn progress_to(&self, worth: u64) {
        let step = worth.saturating_sub(self.told_progress.get());
        self.told_progress.set(self.told_progress.get() + step);
        self.options.progress.fetch_add(step, Ordering::Relaxed);
    }
}

/// The top-level file: cancel, progress, and faults of the medium.
pub(super) struct Guard<'s, 'r, S> {
    source: S,
    position: u64,
    shared: &'s Shared<'r>,
    /// The file itself, not a temporary one.
    original: bool,
}

impl<'s, 'r, S: Read> Guard<'s, 'r, S> {
    pub(super) fn original(source: S, shared: &'s Shared<'r>) -> Self {
        Self { source, position: 0, shared, original: true }
    }

    pub(super) fn temporary(source: S, shared: &'s Shared<'r>) -> Self {
        Self { source, position: 0, shared, original: false }
    }

    fn failed(&self, source: io::Error) -> io::Error {
        let position = self.position;
        self.shared.fail(if self.original {
            ReadError::Media { position, source }
        } else {
            ReadError::Temporary(source)
        })
    }
}

impl<S: Read> Read for Guard<'_, '_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.shared.check().map_err(|e| self.shared.fail(e))?;
            match self.source.read(buffer) {
                Ok(count) => {
                    self.position += count as u64;
                    if self.original {
                        self.shared.progress(count as u64);
                    }
                    return Ok(count);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(self.failed(e)),
            }
        }
    }
}

impl<S: Read + Seek> Seek for Guard<'_, '_, S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self.source.seek(to) {
            Ok(position) => {
                self.position = position;
                Ok(position)
            }
            // A place before the start comes from a damaged archive, not from the medium.
            Err(e) if e.kind() == io::ErrorKind::InvalidInput => Err(damaged("it points outside the file")),
            Err(e) => Err(self.failed(e)),
        }
    }
}

/// Hashes the bytes of one evidence file as they are read and cuts them into raw blocks.
pub(super) struct Tap<'s, 'r, R> {
    input: R,
    shared: &'s Shared<'r>,
    hash: Sha256,
    pub bytes: u64,
    /// Not yet handed out; None when the original is not kept.
    block: Option<Vec<u8>>,
    /// Compress blocks; to be set before the first block is full.
    pub compress: bool,
}

impl<'s, 'r, R: Read> Tap<'s, 'r, R> {
    pub(super) fn new(input: R, shared: &'s Shared<'r>) -> Self {
        let block = shared.options.keep_raw.then(Vec::new);
        Self { input, shared, hash: Sha256::new(), bytes: 0, block, compress: false }
    }

    /// Hands out what is left and gives the hash. Everything has to be read by then.
    pub(super) fn finish(&mut self) -> Result<[u8; 32], ReadError> {
        if self.block.as_ref().is_some_and(|b| !b.is_empty()) {
            self.hand_out()?;
        }
        Ok(std::mem::take(&mut self.hash).finalize().into())
    }

    fn hand_out(&mut self) -> Result<(), ReadError> {
        let Some(block) = &mut self.block else { return Ok(()) };
        let full = block.len() >= BLOCK_BYTES;
        let data = std::mem::replace(block, Vec::with_capacity(if full { BLOCK_BYTES } else { 0 }));
        let (byte_count, first_byte) = (data.len() as u64, self.bytes - data.len() as u64);
        // What hardly shrinks (Parquet, members that are packed) is kept as it is.
        let packed = if self.compress { zstd::bulk::compress(&data, 1).ok() } else { None };
        let (encoding, data) = match packed.filter(|p| p.len() + data.len() / 16 < data.len()) {
            Some(packed) => (RawEncoding::Zstd, packed),
            None => (RawEncoding::Stored, data),
        };
        self.shared.tell(|r| r.raw(RawBlock { first_byte, byte_count, encoding, data }))
    }
}

impl<R: Read> Read for Tap<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Never across a block's end, so that a block is full exactly when it is handed out.
        let room = self.block.as_ref().map_or(usize::MAX, |b| BLOCK_BYTES - b.len()).min(buffer.len());
        let buffer = buffer.get_mut(..room).unwrap_or_default();
        let count = self.input.read(buffer)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        self.hash.update(bytes);
        self.bytes += count as u64;
        if let Some(block) = &mut self.block {
            block.extend_from_slice(bytes);
            if block.len() == BLOCK_BYTES {
                self.hand_out().map_err(|e| self.shared.fail(e))?;
            }
        }
        Ok(count)
    }
}

/// A tap that decoders read from while the pass keeps hold of it.
pub(super) struct TapHandle<'t, 's, 'r, R>(pub &'t RefCell<Tap<'s, 'r, R>>);

impl<R: Read> Read for TapHandle<'_, '_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(buffer)
    }
}

/// Where decoders tell what they notice.
pub(super) trait Notes {
    fn seek_point(&self, point: SeekPoint);
    /// Bytes follow the last `unit` from byte `at` of the packed stream on, and are no such unit.
    fn trailing(&self, unit: &str, at: u64);
    /// The content is delivered but something about it is wrong.
    fn damage(&self, detail: String);
    /// Content bytes between seek points; `u64::MAX` for none.
    fn seek_every(&self) -> u64;
}

/// The notes of one evidence file.
pub(super) struct EvidenceNotes<'s, 'r> {
    shared: &'s Shared<'r>,
    /// Seek points speak of the original's bits, so they exist only while there is exactly one decoder.
    pub points: Cell<bool>,
}

impl<'s, 'r> EvidenceNotes<'s, 'r> {
    pub(super) fn new(shared: &'s Shared<'r>) -> Self {
        Self { shared, points: Cell::new(shared.options.keep_raw || shared.options.seek_points) }
    }
}

impl Notes for EvidenceNotes<'_, '_> {
    fn seek_point(&self, point: SeekPoint) {
        if self.points.get()
            && let Err(stopped) = self.shared.tell(|r| r.seek_point(point))
        {
            // The next read of the file, or the pass at its next piece, carries it out.
            self.shared.fail(stopped);
        }
    }

    fn trailing(&self, unit: &str, at: u64) {
        self.damage(format!("what follows from byte {at} of the file on is no {unit}; it is kept and not read"));
    }

    fn damage(&self, detail: String) {
        self.shared.warn(ImportWarning::file(Reason::DamagedStream, detail));
    }

    fn seek_every(&self) -> u64 {
        if self.points.get() { SEEK_EVERY_BYTES } else { u64::MAX }
    }
}

/// What content is measured against.
#[derive(Clone, Copy)]
pub(super) enum Packed<'t> {
    /// Bytes that an archive says it spent on this member.
    Known(u64),
    /// Bytes read from the file so far.
    Counted(&'t dyn Fn() -> u64),
}

/// Counts what comes out of a decoder against the limits.
pub(super) struct Metered<'t, 's, 'r, R> {
    input: R,
    packed: Packed<'t>,
    out_bytes: u64,
    /// Counts towards what all members of the file come to.
    of_member: bool,
    shared: &'s Shared<'r>,
}

impl<'t, 's, 'r, R: Read> Metered<'t, 's, 'r, R> {
    pub(super) fn new(input: R, packed: Packed<'t>, of_member: bool, shared: &'s Shared<'r>) -> Self {
        Self { input, packed, out_bytes: 0, of_member, shared }
    }
}

impl<R: Read> Read for Metered<'_, '_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.out_bytes += count as u64;
        let packed = match self.packed {
            Packed::Known(bytes) => bytes,
            Packed::Counted(bytes) => bytes(),
        };
        let limits = &self.shared.options.limits;
        let mut over = exceeds(limits, packed, self.out_bytes, self.shared.file_len);
        if self.of_member {
            let total = self.shared.members_bytes.get() + count as u64;
            self.shared.members_bytes.set(total);
            over = over.or(exceeds(limits, self.shared.file_len, total, self.shared.file_len));
        }
        match over {
            None => Ok(count),
            Some(expansion) => Err(self.shared.fail(ReadError::ExpansionLimit(expansion))),
        }
    }
}

fn exceeds(limits: &Limits, file_bytes: u64, content_bytes: u64, file_len: u64) -> Option<Expansion> {
    let ratio = content_bytes / file_bytes.max(1);
    let too_dense = content_bytes > Limits::RATIO_JUDGED_FROM && ratio > limits.max_ratio;
    let too_much = content_bytes > limits.max_content_bytes.max(file_len);
    (too_dense || too_much).then_some(Expansion { file_bytes, content_bytes, members: None, limits: *limits })
}

/// How far one looks ahead to say what content is.
pub(super) const HEAD_BYTES: usize = 4096;

/// A reader whose first bytes have been looked at.
pub(super) struct Peeked<R> {
    head: Vec<u8>,
    given: usize,
    /// What ended the looking ahead, to be seen again after the head.
    error: Option<io::Error>,
    input: R,
}

impl<R: Read> Peeked<R> {
    pub(super) fn new(mut input: R) -> Self {
        let mut head = vec![0; HEAD_BYTES];
        let mut filled = 0;
        let mut error = None;
        while filled < HEAD_BYTES {
            match input.read(head.get_mut(filled..).unwrap_or_default()) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(e) => {
                    error = Some(e);
                    break;
                }
            }
        }
        head.truncate(filled);
        Self { head, given: 0, error, input }
    }

    /// The first bytes, `HEAD_BYTES` of them where there are as many.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }
}

impl<R: Read> Read for Peeked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.head.get(self.given..).unwrap_or_default();
        if left.is_empty() {
            return match self.error.take() {
                Some(e) => Err(e),
                None => self.input.read(buffer),
            };
        }
        let count = left.len().min(buffer.len());
        let (from, to) = (left.get(..count).unwrap_or_default(), buffer.get_mut(..count).unwrap_or_default());
        to.copy_from_slice(from);
        self.given += count;
        Ok(count)
    }
}
