//! The tuples of table interface and disposition as texts, so that two of them can be compared field by field.

use crate::case::error::CaseError;
use rusqlite::Connection;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// What of a record is compared only where both have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    pub interface: u32,
    pub disposition: Option<u32>,
    pub packet_pair: Option<u32>,
}

/// The tuples seen so far, as texts in the order of their columns.
#[derive(Debug, Default)]
pub(super) struct Tuples {
    interfaces: FxHashMap<u32, (Option<u32>, Vec<Option<String>>)>,
    dispositions: FxHashMap<u32, Vec<Option<String>>>,
    /// Network interfaces (AWS's interface-id) by their text.
    enis: FxHashMap<String, u32>,
}

impl Tuples {
    /// What the case's numbers stand for is read again: a rollback gives them to other tuples.
    pub(super) fn forget(&mut self) {
        self.interfaces.clear();
        self.dispositions.clear();
    }

    /// The number of the network interface in a tuple, or `None` where it names none.
    pub(super) fn eni(&mut self, conn: &Connection, interface: u32) -> Result<Option<u32>, CaseError> {
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

    /// Does neither say what the other contradicts?
    pub(super) fn compatible(&mut self, conn: &Connection, ours: &Rest, theirs: &Rest) -> Result<bool, CaseError> {
        let packets = match (ours.packet_pair, theirs.packet_pair) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        if !packets {
            return Ok(false);
        }
        if ours.interface != theirs.interface {
            self.eni(conn, ours.interface)?;
            self.eni(conn, theirs.interface)?;
            let (a, b) = (self.interfaces.get(&ours.interface), self.interfaces.get(&theirs.interface));
            if !matches!((a, b), (Some((_, a)), Some((_, b))) if agree(a, b)) {
                return Ok(false);
            }
        }
        let (Some(a), Some(b)) = (ours.disposition, theirs.disposition) else { return Ok(true) };
        if a == b {
            return Ok(true);
        }
        self.learn_disposition(conn, a)?;
        self.learn_disposition(conn, b)?;
        let (a, b) = (self.dispositions.get(&a), self.dispositions.get(&b));
        Ok(matches!((a, b), (Some(a), Some(b)) if agree(a, b)))
    }

    fn learn_disposition(&mut self, conn: &Connection, disposition: u32) -> Result<(), CaseError> {
        if let Entry::Vacant(entry) = self.dispositions.entry(disposition) {
            let tuple = texts(conn, "SELECT * FROM disposition WHERE disposition_id = ?", disposition)?;
            // The format's version number differs between deliveries of one record; it says nothing of the traffic.
            entry.insert(tuple.into_iter().filter(|(name, _)| name != "version").map(|(_, v)| v).collect());
        }
        Ok(())
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
