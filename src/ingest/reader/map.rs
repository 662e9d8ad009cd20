//! From positions in decoded content to positions in the uncompressed content.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Turns a position in the decoded content (bytes of UTF-8, byte order mark removed) into a position in the
/// uncompressed content (as in the file, byte order mark included). Exact for every position where a character begins.
/// Clones of a map share what it learns. For UTF-16 it keeps 16 bytes for every 8 KiB of ASCII and 1/8 of anything
/// else.
#[derive(Clone, Debug)]
pub struct OffsetMap(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// UTF-8: the length of the byte order mark.
    Shift(u64),
    Utf16(Arc<Mutex<Utf16Map>>),
}

impl OffsetMap {
    /// Content that is decoded byte for byte, after `bom_bytes` that were removed.
    pub(super) fn shift(bom_bytes: u64) -> Self {
        Self(Kind::Shift(bom_bytes))
    }

    /// UTF-16; `bom_bytes` (0 or 2) come before its first unit.
    pub(super) fn utf16(bom_bytes: u64) -> Self {
        let map = Utf16Map { start: bom_bytes, content_len: bom_bytes, ..Utf16Map::default() };
        Self(Kind::Utf16(Arc::new(Mutex::new(map))))
    }

    /// Position in the uncompressed content. A position past what is known gives the end of what is known (UTF-16).
    pub fn to_content(&self, decoded_offset: u64) -> u64 {
        match &self.0 {
            Kind::Shift(bom_bytes) => decoded_offset + bom_bytes,
            Kind::Utf16(map) => lock(map).to_content(decoded_offset),
        }
    }

    /// A stretch of decoded content as offset and length in the uncompressed content.
    pub fn span(&self, decoded_offset: u64, decoded_len: u64) -> (u64, u64) {
        let from = self.to_content(decoded_offset);
        (from, self.to_content(decoded_offset.saturating_add(decoded_len)).saturating_sub(from))
    }

    /// The two positions differ by a constant at most, so that lengths are the same on both sides.
    pub fn keeps_lengths(&self) -> bool {
        matches!(self.0, Kind::Shift(_))
    }

    /// Learns; only for UTF-16.
    pub(super) fn learn(&self, units: impl FnOnce(&mut Utf16Map)) {
        if let Kind::Utf16(map) = &self.0 {
            units(&mut lock(map));
        }
    }
}

/// A panic elsewhere leaves the map as it was after its last whole unit.
fn lock(map: &Mutex<Utf16Map>) -> MutexGuard<'_, Utf16Map> {
    map.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Units in a chunk.
const CHUNK_UNITS: usize = 4096;
/// Four units in a byte, two bits each: how many bytes of UTF-8 the unit became (a surrogate pair is 3 and 1).
const CHUNK_CODES: usize = CHUNK_UNITS / 4;

/// A full chunk. `codes` is None where every unit became one byte.
#[derive(Debug)]
struct Chunk {
    decoded_start: u64,
    codes: Option<Box<[u8; CHUNK_CODES]>>,
}

/// What each UTF-16 unit became.
#[derive(Debug)]
pub(super) struct Utf16Map {
    /// Where the first unit is in the content.
    start: u64,
    content_len: u64,
    chunks: Vec<Chunk>,
    /// The chunk being filled.
    codes: [u8; CHUNK_CODES],
    units: usize,
    decoded_start: u64,
    decoded_len: u64,
}

impl Default for Utf16Map {
    fn default() -> Self {
        Self {
            start: 0,
            content_len: 0,
            chunks: Vec::new(),
            codes: [0; CHUNK_CODES],
            units: 0,
            decoded_start: 0,
            decoded_len: 0,
        }
    }
}

impl Utf16Map {
    /// The next unit, `content_bytes` long (2; 1 for a byte left over at the end), became `decoded` bytes (1 to 3).
    pub(super) fn unit(&mut self, decoded: u8, content_bytes: u64) {
        if let Some(code) = self.codes.get_mut(self.units / 4) {
            *code |= (decoded & 3) << (self.units % 4 * 2);
        }
        self.units += 1;
        self.decoded_len += u64::from(decoded);
        self.content_len += content_bytes;
        if self.units == CHUNK_UNITS {
            let ascii = self.decoded_len - self.decoded_start == CHUNK_UNITS as u64;
            let codes = (!ascii).then(|| Box::new(self.codes));
            self.chunks.push(Chunk { decoded_start: self.decoded_start, codes });
            self.codes = [0; CHUNK_CODES];
            self.units = 0;
            self.decoded_start = self.decoded_len;
        }
    }

    fn to_content(&self, decoded: u64) -> u64 {
        if decoded >= self.decoded_len {
            return self.content_len;
        }
        let (chunk, units) = if decoded >= self.decoded_start {
            (self.chunks.len(), units_in(&self.codes, decoded - self.decoded_start))
        } else {
            let chunk = self.chunks.partition_point(|c| c.decoded_start <= decoded).saturating_sub(1);
            let units = self.chunks.get(chunk).map_or(0, |found| {
                let into = decoded - found.decoded_start;
                found.codes.as_ref().map_or(into, |codes| units_in(codes, into))
            });
            (chunk, units)
        };
        (self.start + 2 * (chunk as u64 * CHUNK_UNITS as u64 + units)).min(self.content_len)
    }
}

/// How many units lie wholly within the first `decoded` bytes of a chunk.
fn units_in(codes: &[u8; CHUNK_CODES], decoded: u64) -> u64 {
    let mut left = decoded;
    let mut units = 0;
    for code in codes {
        let lens = [code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6];
        let sum: u64 = lens.iter().map(|l| u64::from(*l)).sum();
        if sum <= left && sum > 0 {
            left -= sum;
            units += 4;
            continue;
        }
        for len in lens.map(u64::from) {
            if len == 0 || len > left {
                return units;
            }
            left -= len;
            units += 1;
        }
    }
    units
}
