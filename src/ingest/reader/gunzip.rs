//! gzip (RFC 1952): framing of our own around raw deflate, because seek points need to know where in the file each
//! block begins.

use super::SeekPoint;
use super::inflate::{RawInflate, State};
use super::tap::{Notes, damaged};
use std::io::{self, Read};

/// Bytes read at once from below.
const INPUT_BYTES: usize = 128 << 10;
/// The first of it: most files are small, and there are many of them.
const FIRST_INPUT_BYTES: usize = 16 << 10;

/// Where in the framing the next byte belongs.
enum At {
    Header,
    Body,
    Trailer,
    Over,
    /// Over because of damage; the reason is reported by every further read.
    Broken(String),
}

/// Unpacks all members of a gzip stream, one after the other.
pub(super) struct Gunzip<'s, R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    filled: usize,
    /// Bytes of the gzip stream up to the end of the buffer.
    input_bytes: u64,
    inflate: RawInflate,
    at: At,
    /// From 1; 0 before the first header.
    member: u64,
    /// Checksum and size of the member so far; None when it was entered in the middle.
    check: Option<Check>,
    content_bytes: u64,
    /// From which content byte on a seek point is wanted.
    next_point: u64,
    notes: Option<&'s dyn Notes>,
    /// The input failed; told once everything that came before is decoded.
    failed: Option<io::Error>,
}

impl<'s, R: Read> Gunzip<'s, R> {
    /// `notes` takes warnings and seek points; None reads the same stream without telling.
    pub(super) fn new(input: R, notes: Option<&'s dyn Notes>) -> io::Result<Self> {
        Ok(Self {
            input,
            buffer: vec![0; FIRST_INPUT_BYTES],
            start: 0,
            filled: 0,
            input_bytes: 0,
            inflate: RawInflate::new()?,
            at: At::Header,
            member: 0,
            check: None,
            content_bytes: 0,
            next_point: notes.map_or(u64::MAX, |n| n.seek_every()),
            notes,
            failed: None,
        })
    }

    /// Continues at a seek point: `input` is the stream from the byte that holds its first bit on.
    pub(super) fn resume(input: R, file_bit: u64, window: &[u8]) -> io::Result<Self> {
        let mut gunzip = Self::new(input, None)?;
        // Bits are used from the low end of a byte, so those that are left of it are its high ones.
        let used_bits = (file_bit % 8) as u8;
        let (bits, byte) = match used_bits {
            0 => (0, 0),
            used => (8 - used, gunzip.byte()?.ok_or_else(|| damaged("a seek point lies behind the end of the file"))?),
        };
        if !gunzip.inflate.resume(window, bits, byte) {
            return Err(damaged("a seek point does not fit the file"));
        }
        gunzip.at = At::Body;
        Ok(gunzip)
    }

    /// Makes sure that the buffer has a byte. False at the end, and where the input failed.
    fn fill(&mut self) -> io::Result<bool> {
        if self.start < self.filled {
            return Ok(true);
        }
        if self.filled == self.buffer.len() {
            self.buffer.resize(INPUT_BYTES, 0);
        }
        self.start = 0;
        self.filled = 0;
        if self.failed.is_some() {
            return Ok(false);
        }
        match self.input.read(&mut self.buffer) {
            Ok(count) => self.filled = count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => self.failed = Some(error),
        }
        self.input_bytes += self.filled as u64;
        Ok(self.filled > 0)
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        if !self.fill()? {
            if let Some(error) = self.failed.take() {
                return Err(error);
            }
            return Ok(None);
        }
        let byte = self.buffer.get(self.start).copied();
        self.start += 1;
        Ok(byte)
    }

    /// Bytes of the gzip stream used so far.
    fn position(&self) -> u64 {
        self.input_bytes - (self.filled - self.start) as u64
    }

    fn need(&mut self, what: &str) -> io::Result<u8> {
        self.byte()?.ok_or_else(|| damaged(format!("the gzip stream ends inside {what} of member {}", self.member)))
    }

    /// Reads a member's header. False when there is none: the end, or bytes that are no gzip.
    fn header(&mut self) -> io::Result<bool> {
        let at = self.position();
        for magic in [0x1f, 0x8b, 0x08] {
            match self.byte()? {
                Some(byte) if byte == magic => {}
                None if self.position() == at => return Ok(false),
                _ if self.member == 0 => return Err(damaged("no gzip header")),
                _ => {
                    if let Some(notes) = self.notes {
                        notes.trailing("gzip member", at);
                    }
                    return Ok(false);
                }
            }
        }
        self.member += 1;
        let flags = self.need("the header")?;
        for _ in 0..6 {
            self.need("the header")?; // time, compression level, operating system
        }
        if flags & 0x04 != 0 {
            let low = self.need("the header")?;
            let high = self.need("the header")?;
            for _ in 0..u16::from_le_bytes([low, high]) {
                self.need("the header")?;
            }
        }
        for text in [0x08, 0x10] {
            // The original name, then a comment, each ended by a zero byte.
            while flags & text != 0 && self.need("the header")? != 0 {}
        }
        if flags & 0x02 != 0 {
            self.need("the header")?;
            self.need("the header")?;
        }
        self.inflate.reset();
        self.check = Some(Check::default());
        // A member's start needs no window.
        if self.content_bytes >= self.next_point {
            self.point(0, Vec::new());
        }
        Ok(true)
    }

    fn point(&mut self, unused_bits: u8, window: Vec<u8>) {
        if let Some(notes) = self.notes {
            let window_zstd =
                if window.is_empty() { Vec::new() } else { zstd::bulk::compress(&window, 3).unwrap_or_default() };
            let file_bit = self.position() * 8 - u64::from(unused_bits);
            // A window that could not be compressed for lack of memory costs its seek point, nothing else.
            if window.is_empty() || !window_zstd.is_empty() {
                notes.seek_point(SeekPoint { content_byte: self.content_bytes, file_bit, window_zstd });
            }
            self.next_point = self.content_bytes + notes.seek_every();
        }
    }

    /// Decodes into `out`; 0 when the member is over.
    fn body(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let more = self.fill()?;
            let wanted = self.content_bytes >= self.next_point;
            let input = self.buffer.get(self.start..self.filled).unwrap_or_default();
            let step = self.inflate.inflate(input, out, wanted);
            self.start += step.used;
            self.content_bytes += step.made as u64;
            if let Some(check) = &mut self.check {
                check.update(out.get(..step.made).unwrap_or_default());
            }
            match step.state {
                State::Boundary { unused_bits } if wanted => {
                    let window = self.inflate.window();
                    self.point(unused_bits, window);
                }
                State::Boundary { .. } => {}
                State::End => {
                    self.at = At::Trailer;
                    return Ok(step.made);
                }
                State::Damaged(why) => {
                    let (member, at) = (self.member.max(1), self.position());
                    self.at =
                        At::Broken(format!("the gzip stream is damaged in member {member}, before byte {at}: {why}"));
                    return Ok(step.made);
                }
                State::More if !more && step.made == 0 && step.used == 0 => {
                    if let Some(error) = self.failed.take() {
                        return Err(error);
                    }
                    let reason = format!("the gzip stream ends inside the data of member {}", self.member.max(1));
                    self.at = At::Broken(reason);
                    return Ok(0);
                }
                State::More => {}
            }
            if step.made > 0 {
                return Ok(step.made);
            }
        }
    }

    /// Compares checksum and size with what was decoded.
    fn trailer(&mut self) -> io::Result<()> {
        let mut words = [0u32; 2];
        for word in &mut words {
            let mut bytes = [0; 4];
            for byte in &mut bytes {
                *byte = self.need("the checksum")?;
            }
            *word = u32::from_le_bytes(bytes);
        }
        let [sum, size] = words;
        if let (Some(check), Some(notes)) = (&self.check, self.notes) {
            if check.sum.clone().finalize() != sum {
                notes.damage(format!("the checksum of gzip member {} does not match its content", self.member));
            } else if check.bytes != size {
                notes.damage(format!("the size told by gzip member {} does not match its content", self.member));
            }
        }
        Ok(())
    }
}

/// What a member's trailer says of its content: the checksum, and the bytes modulo 2^32.
#[derive(Default)]
struct Check {
    sum: crc32fast::Hasher,
    bytes: u32,
}

impl Check {
    fn update(&mut self, content: &[u8]) {
        self.sum.update(content);
        self.bytes = self.bytes.wrapping_add(content.len() as u32);
    }
}

impl<R: Read> Read for Gunzip<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            match &self.at {
                At::Header => match self.header() {
                    Ok(true) => self.at = At::Body,
                    Ok(false) => self.at = At::Over,
                    Err(e) => {
                        self.at = At::Broken(e.to_string());
                        return Err(e);
                    }
                },
                At::Body => {
                    let made = self.body(out)?;
                    if made > 0 {
                        return Ok(made);
                    }
                }
                At::Trailer => match self.trailer() {
                    Ok(()) => self.at = At::Header,
                    Err(e) => {
                        self.at = At::Broken(e.to_string());
                        return Err(e);
                    }
                },
                At::Over => return Ok(0),
                At::Broken(why) => return Err(damaged(why.clone())),
            }
        }
    }
}
