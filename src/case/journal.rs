//! The journal: who did what to the case, when, chained by hashes. Every write to the case appends here, in the same
//! transaction.

use super::error::CaseError;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Params, Row, Statement, params};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// One action, to be appended.
#[derive(Clone, Debug)]
pub struct Entry {
    /// A verb of ours: `create`, `migrate`, `import`, `import_cancelled`, `received`, `read_again`, `setting`,
    /// `filter_save`, `filter_rename`, `filter_remove`, `filter_import`, `index_dropped`, `index_rebuilt`, `indicator_import`,
    /// `indicator_add`, `indicator_enable`, `indicator_disable`, `indicator_remove`, `indicator_restore`, `label_add`,
    /// `label_remove`, `label_restore`; of what examiners conclude: `tag_`, `note_`, `finding_` or `exhibit_` and what was
    /// done, `report_set`; `subset`, `rescue`.
    pub action: &'static str,
    /// What was asked for; a JSON object.
    pub parameters: Value,
    /// What came of it; a JSON object.
    pub counts: Value,
}

/// A stored entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub seq: i64,
    pub at_utc: String,
    pub examiner: String,
    pub tool_version: String,
    pub action: String,
    pub parameters: String,
    pub counts: String,
    pub previous_hash: String,
    pub hash: String,
}

/// The hash before the first entry.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Appends an entry; to be called inside the transaction of the change it tells of.
pub fn append(conn: &Connection, examiner: &str, at_utc: &str, entry: &Entry) -> Result<(), CaseError> {
    let last: Option<(i64, String)> = conn
        .prepare_cached("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")?
        .query_row([], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    let (seq, previous_hash) = last.map_or((1, GENESIS.to_owned()), |(seq, hash)| (seq + 1, hash));
    let mut stored = Stored {
        seq,
        at_utc: at_utc.to_owned(),
        examiner: examiner.to_owned(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        action: entry.action.to_owned(),
        parameters: entry.parameters.to_string(),
        counts: entry.counts.to_string(),
        previous_hash,
        hash: String::new(),
    };
    stored.hash = hash_of(&stored);
    conn.prepare_cached("INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?)")?.execute(params![
        stored.seq,
        stored.at_utc,
        stored.examiner,
        stored.tool_version,
        stored.action,
        stored.parameters,
        stored.counts,
        stored.previous_hash,
        stored.hash
    ])?;
    Ok(())
}

/// Every entry, in order. What no program of ours writes into a cell is read as the nearest text: the entry's hash does
/// not fit it then.
pub fn read(conn: &Connection) -> Result<Vec<Stored>, CaseError> {
    stored(&mut conn.prepare("SELECT * FROM journal ORDER BY seq")?, [])
}

/// The entries of one action, in order.
pub(super) fn read_of(conn: &Connection, action: &str) -> Result<Vec<Stored>, CaseError> {
    stored(&mut conn.prepare("SELECT * FROM journal WHERE action = ? ORDER BY seq")?, [action])
}

fn stored(statement: &mut Statement<'_>, params: impl Params) -> Result<Vec<Stored>, CaseError> {
    let text = |r: &Row<'_>, at: usize| -> rusqlite::Result<String> {
        Ok(match r.get_ref(at)? {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            ValueRef::Integer(value) => value.to_string(),
            ValueRef::Real(value) => value.to_string(),
            ValueRef::Null => String::new(),
        })
    };
    let rows = statement.query_map(params, |r| {
        Ok(Stored {
            seq: r.get(0)?,
            at_utc: text(r, 1)?,
            examiner: text(r, 2)?,
            tool_version: text(r, 3)?,
            action: text(r, 4)?,
            parameters: text(r, 5)?,
            counts: text(r, 6)?,
            previous_hash: text(r, 7)?,
            hash: text(r, 8)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The first entry whose number, link or hash does not fit, if any.
pub fn first_break(entries: &[Stored]) -> Option<i64> {
    let mut previous = GENESIS;
    for (index, entry) in entries.iter().enumerate() {
        if entry.seq != index as i64 + 1 || entry.previous_hash != previous || entry.hash != hash_of(entry) {
            return Some(entry.seq);
        }
        previous = &entry.hash;
    }
    None
}

/// SHA-256 (lowercase hex) over the entry's JSON array without its own hash.
fn hash_of(entry: &Stored) -> String {
    let canonical = json!([
        entry.previous_hash,
        entry.seq,
        entry.at_utc,
        entry.examiner,
        entry.tool_version,
        entry.action,
        entry.parameters,
        entry.counts
    ]);
    hex(&Sha256::digest(canonical.to_string().as_bytes()))
}

/// Lowercase hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> Connection {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(&crate::case::schema::ddl()).unwrap();
        for n in 0..3 {
            let entry = Entry { action: "import", parameters: json!({"n": n}), counts: json!({}) };
            append(&conn, "Aoi", "2026-01-01T00:00:00Z", &entry).unwrap();
        }
        conn
    }

    #[test]
    fn a_chain_that_nobody_touched_holds() {
        assert_eq!(first_break(&read(&filled()).unwrap()), None);
    }

    #[test]
    fn a_changed_removed_or_reordered_entry_is_found() {
        for (change, place) in [
            ("UPDATE journal SET examiner = 'Mallory' WHERE seq = 2", 2),
            ("DELETE FROM journal WHERE seq = 2", 3),
            ("UPDATE journal SET counts = '{\"records\":1}' WHERE seq = 3", 3),
            ("DELETE FROM journal WHERE seq = 1", 2),
        ] {
            let conn = filled();
            conn.execute(change, []).unwrap();
            assert_eq!(first_break(&read(&conn).unwrap()), Some(place), "{change}");
        }
    }
}
