//! Flow records that two files hold: the same interface and times delivered twice, in S3 and in CloudWatch form, say.
//! The later file's record is marked; identical lines inside one file stay records.
//!
//! Each record that no earlier file holds is known by a fingerprint of what two deliveries of it share, so a new record
//! asks for its own fingerprint only, however many files overlap in time; what is found is compared with the row. What
//! the case held before the import is read when records of the same hours come in, each run of rows once. Memory: 40 MB
//! for the newest records, a byte and a half for each of the others, which are in temporary files (`store`), and some
//! forty bytes for each duplicate of the file in hand.

mod run;
mod store;
#[cfg(test)]
mod tests;
mod tuples;
mod unread;

use super::error::CaseError;
use super::feed;
use super::places::id_range;
use crate::model::EvidenceId;
use rusqlite::{Connection, Row, params};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::hash::BuildHasher;
use store::{Entry, RECENT, Store};
use tuples::{Rest, Tuples};
use unread::Unread;

/// What two deliveries of one record share whatever fields their formats chose; `feed::NULL` where a value is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    pair: i64,
    srcport: i64,
    dstport: i64,
    packets: i64,
    bytes: i64,
    start: i64,
    duration: i64,
    /// Number of the network interface (AWS's interface-id).
    eni: u32,
}

#[derive(Clone, Copy, Debug)]
struct Record {
    id: i64,
    key: Key,
    rest: Rest,
}

/// What is known of the records of earlier files.
#[derive(Debug)]
pub(super) struct Duplicates {
    known: Option<Box<Known>>,
    /// Records in memory at most.
    recent: usize,
}

impl Default for Duplicates {
    fn default() -> Self {
        Self { known: None, recent: RECENT }
    }
}

impl Duplicates {
    /// A unit begins. `first`: others may have written since the one before.
    pub(super) fn begin(&mut self, conn: &Connection, first: bool) -> Result<(), CaseError> {
        if let Some(known) = &mut self.known {
            known.unit = None;
            if first && known.last_entry != last_entry(conn)? {
                self.known = None;
            }
        }
        Ok(())
    }

    /// What was kept is about to be committed.
    pub(super) fn commit(&mut self, conn: &Connection) -> Result<(), CaseError> {
        if let Some(known) = &mut self.known {
            known.last_entry = last_entry(conn)?;
        }
        Ok(())
    }

    /// The unit is about to be rolled back.
    pub(super) fn rollback(&mut self, conn: &Connection) {
        let Some(known) = &mut self.known else { return };
        if conn.is_autocommit() || !known.rollback() {
            self.known = None;
        }
    }

    /// Marks those of the next rows of an evidence file that earlier files hold, and gives their ids, ascending.
    /// `columns`: as table flow has them.
    pub(super) fn mark(
        &mut self,
        conn: &Connection,
        evidence: EvidenceId,
        columns: &[Vec<i64>],
    ) -> Result<Vec<i64>, CaseError> {
        let known = match &mut self.known {
            Some(known) => known,
            none => none.insert(Box::new(Known::load(conn, evidence, self.recent)?)),
        };
        let marked = known.mark(conn, evidence, columns)?;
        let mut insert = conn.prepare_cached("INSERT INTO flow_duplicate VALUES (?, ?)")?;
        for (id, original) in &marked {
            insert.execute([id, original])?;
        }
        Ok(marked.into_iter().map(|(id, _)| id).collect())
    }
}

/// The number of the journal's last entry: whoever writes to the case makes one.
fn last_entry(conn: &Connection) -> Result<i64, CaseError> {
    Ok(conn.prepare_cached("SELECT ifnull(max(seq), 0) FROM journal")?.query_row([], |r| r.get(0))?)
}

#[derive(Debug)]
struct Known {
    store: Store,
    unread: Unread,
    tuples: Tuples,
    seeds: [u64; 6],
    /// The evidence file in hand, and what is left of the earlier records that its own were compared with.
    evidence: EvidenceId,
    left: FxHashMap<u64, Option<Box<Left>>>,
    /// Where the unit in hand began: its first evidence, and how often the store had put records aside.
    unit: Option<(EvidenceId, usize)>,
    /// The journal's end at the last commit.
    last_entry: i64,
    work: Work,
}

/// What it took, for the tests that show how it grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Work {
    /// Rows read from the case.
    read: u64,
    /// Comparisons of two records.
    compared: u64,
}

/// Earlier records of one fingerprint that no record of the file in hand has been matched with.
#[derive(Debug, Default)]
struct Left {
    /// Read from the case.
    records: VecDeque<Record>,
    /// The others, all later ones.
    ids: VecDeque<i64>,
}

impl Known {
    fn load(conn: &Connection, evidence: EvidenceId, recent: usize) -> Result<Self, CaseError> {
        let random = std::hash::RandomState::new();
        Ok(Self {
            store: Store::new(recent),
            unread: Unread::load(conn, id_range(evidence).0)?,
            tuples: Tuples::default(),
            seeds: std::array::from_fn(|n| random.hash_one(n)),
            evidence,
            left: FxHashMap::default(),
            unit: None,
            last_entry: last_entry(conn)?,
            work: Work::default(),
        })
    }

    /// Forgets the unit's records; `false` where that cannot be done.
    #[must_use]
    fn rollback(&mut self) -> bool {
        let Some((first, runs)) = self.unit.take() else { return true };
        self.left = FxHashMap::default();
        self.tuples.forget();
        self.store.forget_from(id_range(first).0);
        self.store.runs() == runs
    }

    /// The records that earlier files hold, and the ids of those.
    fn mark(
        &mut self,
        conn: &Connection,
        evidence: EvidenceId,
        columns: &[Vec<i64>],
    ) -> Result<Vec<(i64, i64)>, CaseError> {
        self.unit.get_or_insert((evidence, self.store.runs()));
        if self.evidence != evidence {
            self.evidence = evidence;
            self.left = FxHashMap::default();
        }
        let [
            ids,
            pairs,
            packet_pairs,
            interfaces,
            dispositions,
            srcports,
            dstports,
            packets,
            bytes,
            starts,
            durations,
            ..,
        ] = columns
        else {
            return Ok(Vec::new());
        };
        self.read_hours(conn, starts)?;
        let mut marked = Vec::new();
        let at = |column: &[i64], row: usize| column.get(row).copied().unwrap_or(feed::NULL);
        for (row, &id) in ids.iter().enumerate() {
            let (start, interface) = (at(starts, row), at(interfaces, row));
            let Some(interface) = number(interface).filter(|_| start != feed::NULL) else { continue };
            let Some(eni) = self.tuples.eni(conn, interface)? else { continue };
            let key = Key {
                pair: at(pairs, row),
                srcport: at(srcports, row),
                dstport: at(dstports, row),
                packets: at(packets, row),
                bytes: at(bytes, row),
                start,
                duration: at(durations, row),
                eni,
            };
            let (disposition, packet_pair) = (number(at(dispositions, row)), number(at(packet_pairs, row)));
            let ours = Record { id, key, rest: Rest { interface, disposition, packet_pair } };
            let fingerprint = self.fingerprint(&key);
            match self.match_with_earlier(conn, &ours, fingerprint)? {
                Some(original) => marked.push((id, original)),
                None => self.store.insert(Entry { fingerprint, id }, start),
            }
        }
        Ok(marked)
    }

    fn fingerprint(&self, key: &Key) -> u64 {
        let [a, b, c, d, e, f] = self.seeds;
        let fold = |a: u64, b: u64| {
            let product = u128::from(a) * u128::from(b);
            product as u64 ^ (product >> 64) as u64
        };
        let ports = key.srcport as u64 ^ (key.dstport as u64).rotate_left(32);
        let parties = key.pair as u64 ^ u64::from(key.eni).rotate_left(32);
        let first = fold(parties ^ a, ports ^ b).rotate_left(23);
        let second = fold(key.packets as u64 ^ c ^ first, key.bytes as u64 ^ d).rotate_left(23);
        let third = fold(key.start as u64 ^ e ^ second, key.duration as u64 ^ f);
        fold(third ^ a, f | 1)
    }

    /// The first record of an earlier file that is the same, and that no other record of this file was matched with.
    fn match_with_earlier(
        &mut self,
        conn: &Connection,
        ours: &Record,
        fingerprint: u64,
    ) -> Result<Option<i64>, CaseError> {
        if !self.store.may_hold(fingerprint, ours.key.start) {
            return Ok(None);
        }
        let mut left = match self.left.remove(&fingerprint) {
            Some(None) => Box::default(),
            Some(Some(left)) => left,
            None => {
                let ids = self
                    .store
                    .find(fingerprint, ours.key.start)
                    .map_err(|error| CaseError::Temporary(error.to_string()))?;
                let below = id_range(self.evidence).0;
                let ids = ids.into_iter().filter(|id| *id < below).collect();
                Box::new(Left { ids, ..Left::default() })
            }
        };
        let found = self.pick(conn, ours, &mut left)?;
        let rest = (!left.records.is_empty() || !left.ids.is_empty()).then_some(left);
        self.left.insert(fingerprint, rest);
        Ok(found)
    }

    /// Takes the first record out of these that is the same as ours.
    fn pick(&mut self, conn: &Connection, ours: &Record, left: &mut Left) -> Result<Option<i64>, CaseError> {
        let mut place = 0;
        loop {
            if place == left.records.len() {
                let Some(id) = left.ids.pop_front() else { return Ok(None) };
                left.records.extend(self.read(conn, id)?);
                continue;
            }
            let Some(theirs) = left.records.get(place).copied() else { return Ok(None) };
            self.work.compared += 1;
            if theirs.key == ours.key && self.tuples.compatible(conn, &ours.rest, &theirs.rest)? {
                left.records.remove(place);
                return Ok(Some(theirs.id));
            }
            place += 1;
        }
    }

    fn read(&mut self, conn: &Connection, id: i64) -> Result<Option<Record>, CaseError> {
        let mut select = conn.prepare_cached(&format!("{SELECT} WHERE id = ?"))?;
        let mut rows = select.query([id])?;
        self.work.read += 1;
        match rows.next()? {
            Some(row) => self.record(conn, row),
            None => Ok(None),
        }
    }

    fn record(&mut self, conn: &Connection, row: &Row<'_>) -> Result<Option<Record>, CaseError> {
        let Some(interface) = row.get(8)? else { return Ok(None) };
        let Some(eni) = self.tuples.eni(conn, interface)? else { return Ok(None) };
        let value = |column: usize| row.get::<_, Option<i64>>(column).map(|value| value.unwrap_or(feed::NULL));
        let key = Key {
            pair: value(1)?,
            srcport: value(2)?,
            dstport: value(3)?,
            packets: value(4)?,
            bytes: value(5)?,
            start: value(6)?,
            duration: value(7)?,
            eni,
        };
        let rest = Rest { interface, disposition: row.get(9)?, packet_pair: row.get(10)? };
        Ok(Some(Record { id: row.get(0)?, key, rest }))
    }

    /// Takes up what the case held before and that reaches into the hours of these records.
    fn read_hours(&mut self, conn: &Connection, starts: &[i64]) -> Result<(), CaseError> {
        if self.unread.is_empty() {
            return Ok(());
        }
        for (first, last) in unread::spans(starts.iter().copied().filter(|start| *start != feed::NULL).collect()) {
            while let Some((first_id, last_id)) = self.unread.take(first, last) {
                self.read_chunk(conn, first_id, last_id)?;
            }
        }
        Ok(())
    }

    fn read_chunk(&mut self, conn: &Connection, first_id: i64, last_id: i64) -> Result<(), CaseError> {
        let mut select = conn.prepare_cached(&format!(
            "{SELECT} WHERE id BETWEEN ? AND ? AND start IS NOT NULL AND interface_id IS NOT NULL
             AND id NOT IN (SELECT id FROM flow_duplicate)"
        ))?;
        let mut rows = select.query(params![first_id, last_id])?;
        while let Some(row) = rows.next()? {
            self.work.read += 1;
            if let Some(record) = self.record(conn, row)? {
                let entry = Entry { fingerprint: self.fingerprint(&record.key), id: record.id };
                self.store.insert(entry, record.key.start);
            }
        }
        Ok(())
    }
}

const SELECT: &str =
    "SELECT id, pair_id, srcport, dstport, packets, bytes, start, duration, interface_id, disposition_id,
    packet_pair_id FROM flow";

fn number(value: i64) -> Option<u32> {
    u32::try_from(value).ok()
}
