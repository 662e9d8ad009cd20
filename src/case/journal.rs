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
    /// A verb of ours: `app::journal::ACTIONS` has them all.
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

/// Why an entry does not continue the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its number is not the next one: an entry is missing, or is there twice.
    Number,
    /// It does not name the hash of the entry before it.
    Link,
    /// Its content is not what its hash was calculated over.
    Content,
}

impl Fault {
    pub const ALL: [Fault; 3] = [Fault::Number, Fault::Link, Fault::Content];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Fault::Number => "number",
            Fault::Link => "link",
            Fault::Content => "content",
        }
    }
}

/// An entry that does not continue the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    pub seq: i64,
    pub fault: Fault,
}

/// How checking a chain ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    Whole,
    Broken(Break),
    /// `goes_on` said no.
    Stopped,
}

/// Checks the chain up to the first entry that does not continue it. `goes_on` hears before each entry how many were
/// checked.
pub fn check<'a>(entries: impl IntoIterator<Item = &'a Stored>, goes_on: &mut dyn FnMut(u64) -> bool) -> Checked {
    let mut previous = GENESIS;
    for (index, entry) in entries.into_iter().enumerate() {
        if !goes_on(index as u64) {
            return Checked::Stopped;
        }
        let fault = if entry.seq != index as i64 + 1 {
            Some(Fault::Number)
        } else if entry.previous_hash != previous {
            Some(Fault::Link)
        } else {
            (entry.hash != hash_of(entry)).then_some(Fault::Content)
        };
        if let Some(fault) = fault {
            return Checked::Broken(Break { seq: entry.seq, fault });
        }
        previous = &entry.hash;
    }
    Checked::Whole
}

/// The first entry whose number, link or hash does not fit, if any.
pub fn first_break(entries: &[Stored]) -> Option<i64> {
    match check(entries, &mut |_| true) {
        Checked::Broken(at) => Some(at.seq),
        Checked::Whole | Checked::Stopped => None,
    }
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

/// The bytes that hexadecimal text is, in capitals or not; `None` where it is none.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c.to_digit(16)?).ok()).collect();
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(high << 4 | low),
        _ => None,
    };
    digits?.chunks(2).map(pair).collect()
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
    fn hexadecimal_reads_back() {
        assert_eq!(unhex(&hex(&[0, 10, 255])), Some(vec![0, 10, 255]));
        assert_eq!((unhex("0a1"), unhex("0g"), unhex("0aFf")), (None, None, Some(vec![10, 255])));
    }

    #[test]
    fn a_chain_that_nobody_touched_holds() {
        assert_eq!(first_break(&read(&filled()).unwrap()), None);
    }

    #[test]
    fn a_changed_removed_or_reordered_entry_is_found() {
        for (change, seq, fault) in [
            ("UPDATE journal SET examiner = 'Mallory' WHERE seq = 2", 2, Fault::Content),
            ("DELETE FROM journal WHERE seq = 2", 3, Fault::Number),
            ("UPDATE journal SET counts = '{\"records\":1}' WHERE seq = 3", 3, Fault::Content),
            ("DELETE FROM journal WHERE seq = 1", 2, Fault::Number),
            ("UPDATE journal SET previous_hash = hash WHERE seq = 2", 2, Fault::Link),
        ] {
            let conn = filled();
            conn.execute(change, []).unwrap();
            let entries = read(&conn).unwrap();
            assert_eq!(check(&entries, &mut |_| true), Checked::Broken(Break { seq, fault }), "{change}");
            assert_eq!(first_break(&entries), Some(seq), "{change}");
        }
    }

    #[test]
    fn a_check_says_how_far_it_is_and_stops() {
        let entries = read(&filled()).unwrap();
        let mut heard = Vec::new();
        let mut goes_on = |checked| {
            heard.push(checked);
            checked < 1
        };
        assert_eq!(check(&entries, &mut goes_on), Checked::Stopped);
        assert_eq!(heard, [0, 1]);
    }
}
