//! Flow records that two files hold: the same interface and times delivered twice, in S3 and in CloudWatch form, say.
//! The later file's record is marked; identical lines inside one file stay records. Only files whose times overlap are
//! compared, and of those only the chunks that do.

use super::error::CaseError;
use super::places::id_range;
use crate::model::EvidenceId;
use rusqlite::{Connection, Row, params};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// What two deliveries of one record share whatever fields their formats chose.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    pair: Option<u32>,
    srcport: Option<u16>,
    dstport: Option<u16>,
    packets: Option<i64>,
    bytes: Option<i64>,
    start: i64,
    duration: Option<i64>,
    /// Number of the network interface (AWS's interface-id).
    eni: u32,
}

/// The rest, compared only where both records have it.
#[derive(Clone, Copy)]
struct Candidate {
    id: i64,
    interface: u32,
    disposition: Option<u32>,
    packet_pair: Option<u32>,
}

/// Marks the records of a just written evidence file that earlier files hold, and gives their ids, ascending. Milliseconds.
pub(super) fn mark(
    conn: &Connection,
    evidence: EvidenceId,
    first: Option<i64>,
    last: Option<i64>,
) -> Result<Vec<i64>, CaseError> {
    let (Some(first), Some(last)) = (first, last) else { return Ok(Vec::new()) };
    let mut overlapping = conn.prepare_cached(
        "SELECT evidence_id, first_millis, last_millis FROM evidence
         WHERE flow_count > 0 AND evidence_id < ?1 AND first_millis <= ?3 AND last_millis >= ?2 ORDER BY evidence_id",
    )?;
    let earlier: Vec<(u32, i64, i64)> = overlapping
        .query_map(params![evidence.0, first, last], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
        .collect::<Result<_, _>>()?;
    if earlier.is_empty() {
        return Ok(Vec::new());
    }
    let mut tuples = Tuples::default();
    let mut marked: FxHashMap<i64, i64> = FxHashMap::default();
    for (other, other_first, other_last) in earlier {
        // Bounds in seconds; the end may lie after the last start, which only makes the window wider.
        let window = (first.max(other_first).div_euclid(1000), last.min(other_last).div_euclid(1000));
        let ours = rows(conn, evidence, window, &mut tuples, false)?;
        if ours.is_empty() {
            continue;
        }
        let mut theirs: FxHashMap<Key, VecDeque<Candidate>> = FxHashMap::default();
        for (key, candidate) in rows(conn, EvidenceId(other), window, &mut tuples, true)? {
            theirs.entry(key).or_default().push_back(candidate);
        }
        for (key, candidate) in ours {
            if marked.contains_key(&candidate.id) {
                continue;
            }
            let Some(list) = theirs.get_mut(&key) else { continue };
            let Some(place) = list.iter().position(|their| tuples.compatible(&candidate, their)) else { continue };
            // Each record of the other file accounts for one of ours: two identical lines there, two here.
            if let Some(original) = list.remove(place) {
                marked.insert(candidate.id, original.id);
            }
        }
    }
    let mut insert = conn.prepare_cached("INSERT INTO flow_duplicate VALUES (?, ?)")?;
    let mut sorted: Vec<(i64, i64)> = marked.into_iter().collect();
    sorted.sort_unstable();
    for (id, original) in &sorted {
        insert.execute([id, original])?;
    }
    Ok(sorted.into_iter().map(|(id, _)| id).collect())
}

/// The records of an evidence file whose start lies in the window (seconds, inclusive). `originals`: without those that
/// are duplicates themselves.
fn rows(
    conn: &Connection,
    evidence: EvidenceId,
    window: (i64, i64),
    tuples: &mut Tuples,
    originals: bool,
) -> Result<Vec<(Key, Candidate)>, CaseError> {
    let (low, high) = id_range(evidence);
    let mut chunks = conn.prepare_cached(
        "SELECT first_id, last_id FROM flow_chunk WHERE first_id BETWEEN ? AND ? AND min_start <= ? AND max_start >= ? ORDER BY first_id",
    )?;
    let spans: Vec<(i64, i64)> =
        chunks.query_map([low, high, window.1, window.0], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut select = conn.prepare_cached(if originals {
        "SELECT id, pair_id, srcport, dstport, packets, bytes, start, duration, interface_id, disposition_id, packet_pair_id
         FROM flow WHERE id BETWEEN ? AND ? AND start BETWEEN ? AND ? AND interface_id IS NOT NULL
         AND id NOT IN (SELECT id FROM flow_duplicate)"
    } else {
        "SELECT id, pair_id, srcport, dstport, packets, bytes, start, duration, interface_id, disposition_id, packet_pair_id
         FROM flow WHERE id BETWEEN ? AND ? AND start BETWEEN ? AND ? AND interface_id IS NOT NULL"
    })?;
    let mut found = Vec::new();
    for (first, last) in spans {
        let mut rows = select.query([first, last, window.0, window.1])?;
        while let Some(row) = rows.next()? {
            if let Some(record) = record(conn, row, tuples)? {
                found.push(record);
            }
        }
    }
    Ok(found)
}

fn record(conn: &Connection, row: &Row<'_>, tuples: &mut Tuples) -> Result<Option<(Key, Candidate)>, CaseError> {
    let interface = row.get(8)?;
    let disposition = row.get(9)?;
    let Some(eni) = tuples.learn(conn, interface, disposition)? else { return Ok(None) };
    let key = Key {
        pair: row.get(1)?,
        srcport: row.get(2)?,
        dstport: row.get(3)?,
        packets: row.get(4)?,
        bytes: row.get(5)?,
        start: row.get(6)?,
        duration: row.get(7)?,
        eni,
    };
    Ok(Some((key, Candidate { id: row.get(0)?, interface, disposition, packet_pair: row.get(10)? })))
}

/// The tuples met so far, as texts in the order of their columns.
#[derive(Default)]
struct Tuples {
    interfaces: FxHashMap<u32, (Option<u32>, Vec<Option<String>>)>,
    dispositions: FxHashMap<u32, Vec<Option<String>>>,
    enis: FxHashMap<String, u32>,
}

impl Tuples {
    /// Reads both tuples once; gives the number of the interface, or `None` where the record does not name one.
    fn learn(&mut self, conn: &Connection, interface: u32, disposition: Option<u32>) -> Result<Option<u32>, CaseError> {
        if let Some(disposition) = disposition
            && !self.dispositions.contains_key(&disposition)
        {
            let tuple = texts(conn, "SELECT * FROM disposition WHERE disposition_id = ?", disposition)?;
            // The format's version number differs between deliveries of one record; it says nothing of the traffic.
            self.dispositions
                .insert(disposition, tuple.into_iter().filter(|(name, _)| name != "version").map(|(_, v)| v).collect());
        }
        if let Some((eni, _)) = self.interfaces.get(&interface) {
            return Ok(*eni);
        }
        let tuple = texts(conn, "SELECT * FROM interface WHERE interface_id = ?", interface)?;
        let eni = tuple.iter().find(|(name, _)| name == "eni_id").and_then(|(_, value)| value.clone());
        let next = self.enis.len() as u32;
        let eni = eni.map(|text| *self.enis.entry(text).or_insert(next));
        self.interfaces.insert(interface, (eni, tuple.into_iter().map(|(_, value)| value).collect()));
        Ok(eni)
    }

    fn compatible(&self, ours: &Candidate, theirs: &Candidate) -> bool {
        let interfaces = match (self.interfaces.get(&ours.interface), self.interfaces.get(&theirs.interface)) {
            (Some((_, a)), Some((_, b))) => ours.interface == theirs.interface || agree(a, b),
            _ => false,
        };
        let dispositions = match (ours.disposition, theirs.disposition) {
            (Some(a), Some(b)) if a != b => match (self.dispositions.get(&a), self.dispositions.get(&b)) {
                (Some(a), Some(b)) => agree(a, b),
                _ => false,
            },
            _ => true,
        };
        let packets = match (ours.packet_pair, theirs.packet_pair) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        interfaces && dispositions && packets
    }
}

/// No column says one thing here and another there.
fn agree(a: &[Option<String>], b: &[Option<String>]) -> bool {
    a.iter().zip(b).all(|(a, b)| match (a, b) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    })
}

/// A row's columns by name as texts, its key left out.
fn texts(conn: &Connection, sql: &str, id: u32) -> Result<Vec<(String, Option<String>)>, CaseError> {
    let mut statement = conn.prepare_cached(sql)?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let values = statement.query_row([id], |row| {
        (1..names.len())
            .map(|index| {
                Ok(match row.get_ref(index)? {
                    rusqlite::types::ValueRef::Integer(value) => Some(value.to_string()),
                    rusqlite::types::ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
                    _ => None,
                })
            })
            .collect::<Result<Vec<_>, rusqlite::Error>>()
    })?;
    Ok(names.into_iter().skip(1).zip(values).collect())
}
