//! Finds a tuple by the bytes that it was written with, so that a line whose interface was seen before costs one
//! look-up and no allocation.

use crate::model::{FlowBatchBuilder, Tuple};

/// Distinct keys after which the cache starts again, so that a file in which no two records agree needs bounded memory.
const FULL: usize = 1 << 16;

/// Which dictionary of the batch.
#[derive(Clone, Copy)]
pub(crate) enum Which {
    Interfaces,
    Dispositions,
}

pub(super) struct TupleCache {
    which: Which,
    /// Open addressing: place in `entries` plus one, 0 for none.
    slots: Vec<u32>,
    entries: Vec<Entry>,
    keys: Vec<u8>,
}

struct Entry {
    hash: u64,
    key_start: u32,
    key_len: u32,
    /// The batch in which `index` holds.
    generation: u64,
    index: u32,
    tuple: Tuple,
}

impl TupleCache {
    pub(super) fn new(which: Which) -> Self {
        Self { which, slots: vec![0; 64], entries: Vec::new(), keys: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        self.slots.iter_mut().for_each(|slot| *slot = 0);
        self.entries.clear();
        self.keys.clear();
    }

    /// The tuple's index in the batch, if these bytes were seen before.
    #[inline]
    pub(super) fn find(&mut self, key: &[u8], flows: &mut FlowBatchBuilder) -> Option<u32> {
        let hash = hash(key);
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        let at = loop {
            let at = (*self.slots.get(slot)?).checked_sub(1)? as usize;
            if self.entries.get(at)?.hash == hash && self.is_at(at, key) {
                break at;
            }
            slot = (slot + 1) & mask;
        };
        let which = self.which;
        let entry = self.entries.get_mut(at)?;
        if entry.generation != flows.generation() {
            entry.generation = flows.generation();
            entry.index = intern(which, &entry.tuple, flows);
        }
        Some(entry.index)
    }

    /// Adds a tuple that `find` did not know and returns its index in the batch.
    pub(super) fn insert(&mut self, key: &[u8], tuple: Tuple, flows: &mut FlowBatchBuilder) -> u32 {
        if self.entries.len() >= FULL || self.keys.len() + key.len() > u32::MAX as usize / 2 {
            self.clear();
        }
        if (self.entries.len() + 1) * 2 > self.slots.len() {
            self.slots = vec![0; self.slots.len() * 4];
            for at in 0..self.entries.len() {
                self.link(at);
            }
        }
        let index = intern(self.which, &tuple, flows);
        self.entries.push(Entry {
            hash: hash(key),
            key_start: self.keys.len() as u32,
            key_len: key.len() as u32,
            generation: flows.generation(),
            index,
            tuple,
        });
        self.keys.extend_from_slice(key);
        self.link(self.entries.len() - 1);
        index
    }

    /// Enters the entry at `at` into the first free slot of its chain. At most half of the slots are taken.
    fn link(&mut self, at: usize) {
        let Some(entry) = self.entries.get(at) else { return };
        let mask = self.slots.len() - 1;
        let mut slot = entry.hash as usize & mask;
        while let Some(place) = self.slots.get_mut(slot) {
            if *place == 0 {
                *place = at as u32 + 1;
                return;
            }
            slot = (slot + 1) & mask;
        }
    }

    #[inline]
    fn is_at(&self, at: usize, key: &[u8]) -> bool {
        let Some(entry) = self.entries.get(at) else { return false };
        let start = entry.key_start as usize;
        self.keys.get(start..start + entry.key_len as usize) == Some(key)
    }
}

fn intern(which: Which, tuple: &Tuple, flows: &mut FlowBatchBuilder) -> u32 {
    match which {
        Which::Interfaces => flows.interface_index(tuple),
        Which::Dispositions => flows.disposition_index(tuple),
    }
}

/// Multiply and rotate over words of eight bytes; the low bits are mixed last, as they choose the slot.
#[inline]
fn hash(key: &[u8]) -> u64 {
    const FACTOR: u64 = 0xf135_7aea_2e62_a9c5;
    let mut state = key.len() as u64;
    let mut words = key.chunks_exact(8);
    for word in &mut words {
        let value = <[u8; 8]>::try_from(word).map_or(0, u64::from_le_bytes);
        state = (state.rotate_left(23) ^ value).wrapping_mul(FACTOR);
    }
    let rest = words.remainder().iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
    state = (state.rotate_left(23) ^ rest).wrapping_mul(FACTOR);
    state ^ state >> 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::field;

    fn tuple(text: &str) -> Tuple {
        Tuple(vec![(field::by_header("interface-id").unwrap(), text.into())])
    }

    #[test]
    fn indices_hold_within_a_batch_only() {
        let (mut cache, mut flows) = (TupleCache::new(Which::Interfaces), FlowBatchBuilder::default());
        for i in 0..1000u32 {
            let text = format!("eni-{i}");
            assert_eq!(cache.find(text.as_bytes(), &mut flows), None);
            assert_eq!(cache.insert(text.as_bytes(), tuple(&text), &mut flows), i);
        }
        assert_eq!(cache.find(b"eni-700", &mut flows), Some(700));
        let batch = flows.take();
        assert_eq!(batch.interfaces.get(700), Some(&tuple("eni-700")));
        assert_eq!(cache.find(b"eni-700", &mut flows), Some(0));
        let mut other = FlowBatchBuilder::default();
        assert_eq!(cache.find(b"eni-3", &mut other), Some(0));
        assert_eq!(cache.find(b"eni-700", &mut other), Some(1));
        assert_eq!(other.take().interfaces, [tuple("eni-3"), tuple("eni-700")]);
    }

    #[test]
    fn a_full_cache_starts_anew_and_stays_right() {
        let (mut cache, mut flows) = (TupleCache::new(Which::Interfaces), FlowBatchBuilder::default());
        for i in 0..=FULL {
            let text = format!("eni-{i}");
            cache.insert(text.as_bytes(), tuple(&text), &mut flows);
        }
        assert_eq!(cache.find(b"eni-7", &mut flows), None);
        assert_eq!(cache.insert(b"eni-7", tuple("eni-7"), &mut flows), 7);
        assert_eq!(cache.find(format!("eni-{FULL}").as_bytes(), &mut flows), Some(FULL as u32));
    }
}
