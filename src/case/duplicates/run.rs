//! Fingerprints that are no longer in memory: sorted, in a temporary file, with a filter in memory that knows nearly all
//! that are not among them.

use super::store::Entry;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Entries that are read at once.
const BLOCK: usize = 256;
const ENTRY_BYTES: usize = 16;

/// Entries in order.
#[derive(Debug)]
pub(super) struct Run {
    filter: Filter,
    /// The first fingerprint of each block.
    blocks: Vec<u64>,
    entries: Entries,
    /// Seconds between which all of them start.
    span: (i64, i64),
}

#[derive(Debug)]
enum Entries {
    File {
        file: File,
        count: usize,
    },
    /// Where no temporary file can be had.
    Memory(Vec<Entry>),
}

impl Run {
    pub(super) fn of(mut entries: Vec<Entry>, span: (i64, i64)) -> Self {
        entries.sort_unstable();
        let filter = Filter::of(&entries);
        let blocks = entries.chunks(BLOCK).filter_map(|block| block.first()).map(|entry| entry.fingerprint).collect();
        let entries = match write(&entries) {
            Ok(file) => Entries::File { file, count: entries.len() },
            Err(_) => Entries::Memory(entries),
        };
        Self { filter, blocks, entries, span }
    }

    /// May it hold this? Wrong in one of fifty cases where it does not, and never where it does.
    pub(super) fn may_hold(&self, fingerprint: u64, start: i64) -> bool {
        self.span.0 <= start && start <= self.span.1 && self.filter.may_hold(fingerprint)
    }

    /// Adds the ids of a fingerprint.
    pub(super) fn find(&self, fingerprint: u64, ids: &mut Vec<i64>) -> io::Result<()> {
        let first = self.blocks.partition_point(|block| *block < fingerprint).saturating_sub(1);
        for (number, block) in self.blocks.iter().enumerate().skip(first) {
            if *block > fingerprint {
                break;
            }
            let entries = self.entries.block(number)?;
            ids.extend(entries.iter().filter(|entry| entry.fingerprint == fingerprint).map(|entry| entry.id));
        }
        Ok(())
    }
}

impl Entries {
    fn block(&self, number: usize) -> io::Result<Vec<Entry>> {
        let from = number * BLOCK;
        match self {
            Self::Memory(entries) => Ok(entries.iter().skip(from).take(BLOCK).copied().collect()),
            Self::File { file, count } => {
                let mut bytes = vec![0; count.saturating_sub(from).min(BLOCK) * ENTRY_BYTES];
                let mut file = file;
                file.seek(SeekFrom::Start((from * ENTRY_BYTES) as u64))?;
                file.read_exact(&mut bytes)?;
                Ok(bytes.chunks_exact(ENTRY_BYTES).filter_map(Entry::from_bytes).collect())
            }
        }
    }
}

fn write(entries: &[Entry]) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    let mut bytes = Vec::with_capacity(4096 * ENTRY_BYTES);
    for part in entries.chunks(4096) {
        bytes.clear();
        part.iter().for_each(|entry| bytes.extend_from_slice(&entry.to_bytes()));
        file.write_all(&bytes)?;
    }
    Ok(file)
}

/// A Bloom filter of which each fingerprint touches one word.
#[derive(Debug)]
pub(super) struct Filter(Vec<u64>);

impl Filter {
    /// Bits a fingerprint.
    const BITS: usize = 12;

    /// For so many fingerprints.
    pub(super) fn new(count: usize) -> Self {
        Self(vec![0; count * Self::BITS / 64 + 1])
    }

    fn of(entries: &[Entry]) -> Self {
        let mut filter = Self::new(entries.len());
        entries.iter().for_each(|entry| filter.add(entry.fingerprint));
        filter
    }

    pub(super) fn add(&mut self, fingerprint: u64) {
        let (word, bits) = self.place(fingerprint);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bits;
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.fill(0);
    }

    fn place(&self, fingerprint: u64) -> (usize, u64) {
        let word = ((fingerprint >> 32) * self.0.len() as u64) >> 32;
        let bit = |shift: u32| 1u64 << (fingerprint >> shift & 63);
        (word as usize, bit(0) | bit(6) | bit(12) | bit(18))
    }

    pub(super) fn may_hold(&self, fingerprint: u64) -> bool {
        let (word, bits) = self.place(fingerprint);
        self.0.get(word).is_some_and(|word| word & bits == bits)
    }
}
