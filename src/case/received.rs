//! What was offered to an import and is no evidence of its own. The journal has an entry for every group of rows that
//! came into the case together, with its numbers and a SHA-256 over it.

use super::error::CaseError;
use super::journal;
use super::open::CaseReader;
use super::write::CaseWriter;
use crate::model::received::Received;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const ACTION: &str = "received";
const COLUMNS: &str = "received_id, state, path, at_utc, file_bytes, file_sha256, evidence_id, reason";

impl CaseWriter {
    /// Writes it down, inside a transaction; `journal_received` comes before its commit.
    pub fn received(&mut self, received: &Received) -> Result<(), CaseError> {
        let sql = "INSERT INTO received (state, path, at_utc, file_bytes, file_sha256, evidence_id, reason)
            VALUES (?, ?, ?, ?, ?, ?, ?)";
        self.conn.prepare_cached(sql)?.execute(params![
            received.state.code(),
            received.path,
            received.at_utc,
            received.file_bytes,
            received.file_sha256,
            received.evidence.map(|id| id.0),
            received.reason,
        ])?;
        // After a rollback the same number is given again: what is first stays first.
        self.first_received.get_or_insert(self.conn.last_insert_rowid());
        Ok(())
    }

    /// Tells the journal of what was written down since the last commit, inside the same transaction.
    pub fn journal_received(&mut self, at_utc: &str) -> Result<(), CaseError> {
        let Some(first) = self.first_received.take() else { return Ok(()) };
        let mut group = Group::default();
        for_each(&self.conn, first, |id, state, line| group.add(id, state, line))?;
        if group.last < first {
            return Ok(());
        }
        let counts = json!(group.counts);
        let parameters = json!({"first": first, "last": group.last, "sha256": journal::hex(&group.hash.finalize())});
        self.journal(&journal::Entry { action: ACTION, parameters, counts }, at_utc)
    }
}

impl CaseReader {
    /// Where the list of what was offered and not imported is not what the journal tells; a sentence for each.
    pub fn received_that_differ(&self) -> Result<Vec<String>, CaseError> {
        let mut told = Vec::new();
        for entry in self.journal()?.iter().filter(|entry| entry.action == ACTION) {
            let parameters: Value = serde_json::from_str(&entry.parameters).unwrap_or_default();
            let number = |name: &str| parameters.get(name).and_then(Value::as_i64).unwrap_or_default();
            let hash = parameters.get("sha256").and_then(Value::as_str).unwrap_or_default().to_owned();
            told.push((number("first"), number("last"), hash, entry.seq));
        }
        told.sort_unstable();
        let mut groups: Vec<Group> = told.iter().map(|_| Group::default()).collect();
        let (mut at, mut strays) = (0, 0u64);
        for_each(&self.conn, i64::MIN, |id, state, line| {
            while told.get(at).is_some_and(|(_, last, ..)| *last < id) {
                at += 1;
            }
            let is_told = told.get(at).is_some_and(|(first, ..)| *first <= id);
            match groups.get_mut(at).filter(|_| is_told) {
                Some(group) => group.add(id, state, line),
                None => strays += 1,
            }
        })?;
        let mut faults = Vec::new();
        for ((first, last, hash, seq), group) in told.iter().zip(groups) {
            if journal::hex(&group.hash.finalize()) != *hash {
                faults.push(format!("received {first} to {last} do not match journal entry {seq}"));
            }
        }
        if strays > 0 {
            faults.push(format!("{strays} rows of received are not in the journal"));
        }
        Ok(faults)
    }
}

/// What an entry of the journal tells of.
#[derive(Default)]
struct Group {
    last: i64,
    hash: Sha256,
    counts: BTreeMap<String, u64>,
}

impl Group {
    fn add(&mut self, id: i64, state: String, line: &str) {
        self.last = id;
        self.hash.update(line.as_bytes());
        self.hash.update(b"\n");
        *self.counts.entry(state).or_default() += 1;
    }
}

/// Number, state and canonical JSON of every row from this number on.
fn for_each(conn: &Connection, first: i64, mut row: impl FnMut(i64, String, &str)) -> Result<(), CaseError> {
    let sql = format!("SELECT {COLUMNS} FROM received WHERE received_id >= ? ORDER BY received_id");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([first])?;
    while let Some(found) = rows.next()? {
        let cells = (0..8).map(|at| cell(found, at)).collect::<Result<Vec<Value>, _>>()?;
        let state = cells.get(1).and_then(Value::as_str).unwrap_or_default().to_owned();
        row(found.get(0)?, state, &Value::Array(cells).to_string());
    }
    Ok(())
}

/// Whatever is there, also what no case of ours holds.
fn cell(row: &Row<'_>, at: usize) -> rusqlite::Result<Value> {
    Ok(match row.get_ref(at)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => json!(value),
        ValueRef::Real(value) => json!(value),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => json!(text),
            Err(_) => json!({"text": journal::hex(bytes)}),
        },
        ValueRef::Blob(bytes) => json!({"blob": journal::hex(bytes)}),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::CaseInfo;
    use crate::model::EvidenceId;
    use crate::model::received::ReceivedState;

    fn offered(state: ReceivedState, path: &str) -> Received {
        let evidence = (state == ReceivedState::Copy).then_some(EvidenceId(1));
        let (at_utc, reason) = ("2026-01-02T03:04:05Z".to_owned(), "because".to_owned());
        Received { state, path: path.to_owned(), at_utc, file_bytes: Some(7), file_sha256: None, evidence, reason }
    }

    #[test]
    fn every_row_is_in_the_journal_and_every_change_to_one_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.coldtrail");
        let mut writer = CaseWriter::create(&path, &CaseInfo::default(), "2026-01-02T03:04:05Z").unwrap();
        let now = "2026-01-02T03:04:06Z";
        writer.begin().unwrap();
        writer.received(&offered(ReceivedState::Copy, "a")).unwrap();
        writer.keep().unwrap();
        writer.begin().unwrap();
        writer.received(&offered(ReceivedState::Link, "taken back")).unwrap();
        writer.rollback();
        writer.begin().unwrap();
        writer.received(&offered(ReceivedState::Copy, "b")).unwrap();
        writer.journal_received(now).unwrap();
        writer.commit().unwrap();
        // Rolled back as a whole: nothing to tell.
        writer.begin().unwrap();
        writer.received(&offered(ReceivedState::Special, "taken back")).unwrap();
        writer.rollback();
        writer.begin().unwrap();
        writer.journal_received(now).unwrap();
        writer.received(&offered(ReceivedState::Link, "c")).unwrap();
        writer.journal_received(now).unwrap();
        writer.commit().unwrap();
        writer.close().unwrap();
        let entries = CaseReader::open(&path).unwrap().journal().unwrap();
        let entries: Vec<(&str, &str)> = entries.iter().map(|e| (e.action.as_str(), e.counts.as_str())).collect();
        assert_eq!(entries, [("create", "{}"), ("received", r#"{"copy":2}"#), ("received", r#"{"link":1}"#)]);
        let faults = |change: &str| {
            let copy = folder.path().join("copy.coldtrail");
            std::fs::copy(&path, &copy).unwrap();
            Connection::open(&copy).unwrap().execute_batch(change).unwrap();
            CaseReader::open(&copy).unwrap().received_that_differ().unwrap()
        };
        assert_eq!(faults(""), [""; 0]);
        for column in ["state", "path", "at_utc", "reason", "file_sha256"] {
            let found = faults(&format!("UPDATE received SET {column} = 'other' WHERE received_id = 2"));
            assert_eq!(found, ["received 1 to 2 do not match journal entry 2"], "{column}");
        }
        for column in ["file_bytes", "evidence_id"] {
            let found = faults(&format!("UPDATE received SET {column} = 8 WHERE received_id = 3"));
            assert_eq!(found, ["received 3 to 3 do not match journal entry 3"], "{column}");
        }
        assert_eq!(faults("DELETE FROM received WHERE received_id = 1").len(), 1);
        assert_eq!(faults("UPDATE received SET path = x'ff' WHERE received_id = 1").len(), 1);
        let copied = "INSERT INTO received SELECT 9, state, path, at_utc, file_bytes, file_sha256, evidence_id, reason
            FROM received WHERE received_id = 1";
        assert_eq!(faults(copied), ["1 rows of received are not in the journal"]);
    }
}
