//! zstd (RFC 8878): all frames of a stream, skippable ones included.

use super::SeekPoint;
use super::packing::is_zstd;
use super::tap::{Notes, damaged};
use std::io::{self, Read};
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

const INPUT_BYTES: usize = 128 << 10;

/// Unpacks the frames of a zstd stream, one after the other.
pub(super) struct Unzstd<'s, R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    filled: usize,
    /// Bytes of the zstd stream up to the end of the buffer.
    input_bytes: u64,
    decoder: Decoder<'static>,
    in_frame: bool,
    frame: u64,
    content_bytes: u64,
    next_point: u64,
    notes: Option<&'s dyn Notes>,
    over: bool,
    broken: Option<String>,
    /// The input failed; told once everything that came before is decoded.
    failed: Option<io::Error>,
}

impl<'s, R: Read> Unzstd<'s, R> {
    pub(super) fn new(input: R, notes: Option<&'s dyn Notes>) -> io::Result<Self> {
        Ok(Self {
            input,
            buffer: vec![0; INPUT_BYTES],
            start: 0,
            filled: 0,
            input_bytes: 0,
            decoder: Decoder::new()?,
            in_frame: false,
            frame: 0,
            content_bytes: 0,
            next_point: notes.map_or(u64::MAX, |n| n.seek_every()),
            notes,
            over: false,
            broken: None,
            failed: None,
        })
    }

    /// Makes sure that the buffer has so many bytes, few of them, or all that are left (also where the input
    /// failed); tells how many there are.
    fn fill(&mut self, wanted: usize) -> io::Result<usize> {
        if self.filled - self.start < wanted && self.start > 0 {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.start = 0;
        }
        while self.filled - self.start < wanted && self.failed.is_none() {
            let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
            let count = match self.input.read(room) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            };
            self.filled += count;
            self.input_bytes += count as u64;
        }
        Ok(self.filled - self.start)
    }

    /// Bytes of the zstd stream used so far.
    fn position(&self) -> u64 {
        self.input_bytes - (self.filled - self.start) as u64
    }

    /// At a frame's start. False at the end, or where no frame follows.
    fn frame(&mut self) -> io::Result<bool> {
        let have = self.fill(4)?;
        if have < 4
            && let Some(error) = self.failed.take()
        {
            return Err(error);
        }
        let head = self.buffer.get(self.start..self.start + have.min(4)).unwrap_or_default();
        if have == 0 {
            return Ok(false);
        }
        if !is_zstd(head) {
            if let Some(notes) = self.notes {
                notes.trailing("zstd frame", self.position());
            }
            return Ok(false);
        }
        self.frame += 1;
        self.in_frame = true;
        if let Some(notes) = self.notes.filter(|_| self.content_bytes >= self.next_point) {
            let file_bit = self.position() * 8;
            notes.seek_point(SeekPoint { content_byte: self.content_bytes, file_bit, window_zstd: Vec::new() });
            self.next_point = self.content_bytes + notes.seek_every();
        }
        Ok(true)
    }

    /// Decodes once; 0 when nothing came out of it.
    fn step(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let more = self.fill(1)? > 0;
        let given = self.buffer.get(self.start..self.filled).unwrap_or_default();
        let mut input = InBuffer::around(given);
        let mut output = OutBuffer::around(out);
        let result = self.decoder.run(&mut input, &mut output);
        let (used, made) = (input.pos(), output.pos());
        self.start += used;
        self.content_bytes += made as u64;
        match result {
            Ok(0) => self.in_frame = false,
            Ok(_) if !more && made == 0 => {
                if let Some(error) = self.failed.take() {
                    return Err(error);
                }
                self.broken = Some(format!("the zstd stream ends inside frame {}", self.frame));
            }
            Ok(_) => {}
            Err(e) => {
                let (frame, at) = (self.frame, self.position());
                self.broken = Some(format!("the zstd stream is damaged in frame {frame}, near byte {at}: {e}"));
            }
        }
        Ok(made)
    }
}

impl<R: Read> Read for Unzstd<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(why) = &self.broken {
                return Err(damaged(why.clone()));
            }
            if self.over {
                return Ok(0);
            }
            if !self.in_frame && !self.frame()? {
                self.over = true;
                return Ok(0);
            }
            let made = self.step(out)?;
            if made > 0 {
                return Ok(made);
            }
        }
    }
}
