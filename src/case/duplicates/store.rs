//! Fingerprints of flow records to their ids. The newest are in a hash table; what does not fit there goes, sorted,
//! into temporary files, of which memory holds a byte and a half a record.

use super::run::{Filter, Run};
use rustc_hash::FxHashMap;
use std::io;

/// A record: the fingerprint of what two deliveries of it share, and its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub fingerprint: u64,
    pub id: i64,
}

impl Entry {
    pub(super) fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.fingerprint.to_le_bytes());
        bytes[8..].copy_from_slice(&self.id.to_le_bytes());
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (fingerprint, id) = bytes.split_at_checked(8)?;
        Some(Self {
            fingerprint: u64::from_le_bytes(fingerprint.try_into().ok()?),
            id: i64::from_le_bytes(id.try_into().ok()?),
        })
    }
}

/// Records in the hash table at most: as many as fit into 2^20 places, with which it takes 40 MB.
pub(super) const RECENT: usize = 7 << 17;

#[derive(Debug)]
pub(super) struct Store {
    /// Fingerprint to the last of its records.
    last: FxHashMap<u64, u32>,
    entries: Vec<Entry>,
    /// From each record to the one before it of the same fingerprint; `END` at the first.
    before: Vec<u32>,
    /// Of the table, which is larger than what a core keeps near: most records are not in it.
    filter: Filter,
    /// Of the records in the table.
    span: (i64, i64),
    runs: Vec<Run>,
    recent: usize,
}

const NOTHING: (i64, i64) = (i64::MAX, i64::MIN);
const END: u32 = u32::MAX;

impl Store {
    /// `recent`: records in memory at most.
    pub(super) fn new(recent: usize) -> Self {
        let recent = recent.clamp(1, END as usize);
        Self {
            last: FxHashMap::default(),
            entries: Vec::new(),
            before: Vec::new(),
            filter: Filter::new(recent),
            span: NOTHING,
            runs: Vec::new(),
            recent,
        }
    }

    /// May it hold a record of this fingerprint that starts then?
    pub(super) fn may_hold(&self, fingerprint: u64, start: i64) -> bool {
        let is_recent = self.filter.may_hold(fingerprint) && self.last.contains_key(&fingerprint);
        is_recent || self.runs.iter().any(|run| run.may_hold(fingerprint, start))
    }

    /// Ids of the fingerprint's records, ascending.
    pub(super) fn find(&self, fingerprint: u64, start: i64) -> io::Result<Vec<i64>> {
        let mut ids = Vec::new();
        for run in self.runs.iter().filter(|run| run.may_hold(fingerprint, start)) {
            run.find(fingerprint, &mut ids)?;
        }
        if let Some(&last) = self.last.get(&fingerprint) {
            ids.extend(self.back_from(last));
        }
        ids.sort_unstable();
        Ok(ids)
    }

    pub(super) fn insert(&mut self, entry: Entry, start: i64) {
        if self.entries.len() >= self.recent {
            self.put_aside();
        }
        self.span = (self.span.0.min(start), self.span.1.max(start));
        self.filter.add(entry.fingerprint);
        let at = self.entries.len() as u32;
        self.entries.push(entry);
        self.before.push(self.last.insert(entry.fingerprint, at).unwrap_or(END));
    }

    /// The ids of a record in the table and of those before it with the same fingerprint.
    fn back_from(&self, last: u32) -> impl Iterator<Item = i64> + '_ {
        let mut at = last;
        std::iter::from_fn(move || {
            let id = self.entries.get(at as usize)?.id;
            at = self.before.get(at as usize).copied().unwrap_or(END);
            Some(id)
        })
    }

    /// How many times the table was full.
    pub(super) fn runs(&self) -> usize {
        self.runs.len()
    }

    fn put_aside(&mut self) {
        self.runs.push(Run::of(std::mem::take(&mut self.entries), self.span));
        self.clear();
        self.span = NOTHING;
    }

    fn clear(&mut self) {
        self.last.clear();
        self.entries.clear();
        self.before.clear();
        self.filter.clear();
    }

    /// Takes the records from this id on out of the table.
    pub(super) fn forget_from(&mut self, id: i64) {
        let (kept, span) = (std::mem::take(&mut self.entries), self.span);
        self.clear();
        for entry in kept.into_iter().filter(|entry| entry.id < id) {
            self.insert(entry, span.0);
        }
        self.span = if self.entries.is_empty() { NOTHING } else { span };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// However few fit into memory: all that went in is found, and nothing else.
        #[test]
        fn it_finds_what_went_in(
            entries in prop::collection::vec((0u64..30, -50i64..50), 0..300),
            recent in 1usize..40,
        ) {
            // As spread as fingerprints are.
            let spread = |n: u64| (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut store = Store::new(recent);
            for (id, (fingerprint, start)) in entries.iter().enumerate() {
                store.insert(Entry { fingerprint: spread(*fingerprint), id: id as i64 }, *start);
            }
            for (fingerprint, start) in &entries {
                let ids = store.find(spread(*fingerprint), *start).unwrap();
                let all = entries.iter().enumerate().filter(|(_, e)| e.0 == *fingerprint);
                // Runs of other times are left out, which hold no record of this start.
                for (id, _) in all.clone().filter(|(_, e)| e.1 == *start) {
                    prop_assert!(ids.contains(&(id as i64)));
                }
                prop_assert!(ids.is_sorted() && ids.iter().all(|id| all.clone().any(|(other, _)| other as i64 == *id)));
                prop_assert!(store.may_hold(spread(*fingerprint), *start));
            }
            prop_assert!(store.find(7, 0).unwrap().is_empty());
        }

        #[test]
        fn what_is_taken_out_is_gone(entries in prop::collection::vec(0u64..10, 0..50), from in 0i64..50) {
            let mut store = Store::new(1000);
            for (id, fingerprint) in entries.iter().enumerate() {
                store.insert(Entry { fingerprint: *fingerprint, id: id as i64 }, 0);
            }
            store.forget_from(from);
            for fingerprint in 0..10 {
                let left: Vec<i64> = (0..from.min(entries.len() as i64))
                    .filter(|id| entries[*id as usize] == fingerprint)
                    .collect();
                prop_assert_eq!(store.find(fingerprint, 0).unwrap(), left);
            }
        }
    }
}
