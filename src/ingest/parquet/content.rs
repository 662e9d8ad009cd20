//! The content of a Parquet file in memory, in pieces: what was read of it can be released while the rest is read.

use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{ChunkReader, Length};
use bytes::Bytes;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of a piece. Most pages lie within one.
const PIECE_BYTES: usize = 4 << 20;

/// Shared: clones are the same content.
#[derive(Clone, Default)]
pub(super) struct Content {
    pieces: Arc<Mutex<Vec<Bytes>>>,
    len: u64,
}

/// Takes content as it comes.
#[derive(Default)]
pub(super) struct Collector {
    full: Vec<Bytes>,
    last: Vec<u8>,
}

impl Collector {
    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = PIECE_BYTES - self.last.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            if self.last.is_empty() && !self.full.is_empty() {
                self.last.reserve_exact(PIECE_BYTES);
            }
            self.last.extend_from_slice(now);
            if self.last.len() == PIECE_BYTES {
                self.full.push(std::mem::take(&mut self.last).into());
            }
            bytes = later;
        }
    }

    pub(super) fn finish(self) -> Content {
        let mut pieces = self.full;
        let len = (pieces.len() * PIECE_BYTES + self.last.len()) as u64;
        pieces.push(self.last.into());
        Content { pieces: Arc::new(Mutex::new(pieces)), len }
    }
}

impl Content {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut collector = Collector::default();
        collector.push(bytes);
        collector.finish()
    }

    pub(super) fn ends_with(&self, end: &[u8]) -> bool {
        let at = self.len.checked_sub(end.len() as u64);
        at.and_then(|at| self.get_bytes(at, end.len()).ok()).is_some_and(|bytes| bytes == end)
    }

    /// Nothing before this byte is read any more.
    pub(super) fn let_go(&self, before: u64) {
        let full = usize::try_from(before).unwrap_or(usize::MAX) / PIECE_BYTES;
        // Taken for an empty piece: whoever reads there all the same gets an error.
        self.lock().iter_mut().take(full).for_each(|piece| *piece = Bytes::new());
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Bytes>> {
        self.pieces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is there from a byte on, up to so many and to the end of the piece.
    fn part(&self, start: u64, most: usize) -> Option<Bytes> {
        let start = usize::try_from(start).ok()?;
        let piece = self.lock().get(start / PIECE_BYTES)?.clone();
        let inside = start % PIECE_BYTES;
        let end = piece.len().min(inside.checked_add(most)?);
        (inside < end).then(|| piece.slice(inside..end))
    }
}

impl Length for Content {
    fn len(&self) -> u64 {
        self.len
    }
}

impl ChunkReader for Content {
    type T = Reading;

    fn get_read(&self, start: u64) -> Result<Reading, ParquetError> {
        Ok(Reading { content: self.clone(), at: start })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let missing = || ParquetError::EOF(format!("{length} bytes from byte {start} on are not there"));
        if start.checked_add(length as u64).is_none_or(|end| end > self.len) {
            return Err(missing());
        }
        if length == 0 {
            return Ok(Bytes::new());
        }
        let first = self.part(start, length).ok_or_else(missing)?;
        if first.len() == length {
            return Ok(first);
        }
        let mut all = first.to_vec();
        all.reserve_exact(length - first.len());
        while all.len() < length {
            all.extend_from_slice(&self.part(start + all.len() as u64, length - all.len()).ok_or_else(missing)?);
        }
        Ok(all.into())
    }
}

/// Reads on from a byte.
pub(super) struct Reading {
    content: Content,
    at: u64,
}

impl Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let part = self.content.part(self.at, buffer.len()).unwrap_or_default();
        buffer.iter_mut().zip(&part).for_each(|(to, from)| *to = *from);
        self.at += part.len() as u64;
        Ok(part.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_what_was_pushed_until_it_is_let_go() {
        let all: Vec<u8> = (0..PIECE_BYTES * 2 + 9).map(|at| (at % 251) as u8).collect();
        let mut collector = Collector::default();
        all.chunks(300_000).for_each(|piece| collector.push(piece));
        let content = collector.finish();
        assert_eq!(content.len(), all.len() as u64);
        for (start, length) in [(0, 5), (PIECE_BYTES - 2, 4), (7, all.len() - 7), (all.len(), 0), (PIECE_BYTES * 2, 9)]
        {
            assert_eq!(content.get_bytes(start as u64, length).unwrap(), all[start..start + length]);
        }
        assert!(content.get_bytes(all.len() as u64 - 3, 4).is_err() && content.get_bytes(u64::MAX, 2).is_err());
        assert!(content.ends_with(&all[all.len() - 4..]) && !content.ends_with(b"PAR1"));
        let mut rest = Vec::new();
        content.get_read(PIECE_BYTES as u64 - 1).unwrap().read_to_end(&mut rest).unwrap();
        assert_eq!(rest, all[PIECE_BYTES - 1..]);
        content.let_go(PIECE_BYTES as u64 + 1);
        assert!(content.get_bytes(PIECE_BYTES as u64 - 1, 2).is_err());
        assert_eq!(content.get_bytes(PIECE_BYTES as u64, 2).unwrap(), all[PIECE_BYTES..PIECE_BYTES + 2]);
        assert_eq!(Content::of(b"").len(), 0);
    }
}
