//! Writes of indicators and labels. Each is one transaction with its entry in the journal, and counts up the revision
//! that readers compare: what was matched against an older one is matched again.

use super::error::CaseError;
use super::journal::{Entry, hex};
use super::write::CaseWriter;
use crate::model::{IndicatorEntry, IndicatorIssue, KeySpan, Label, NewIndicatorList};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Key of table `setting`: counts the changes of indicators and labels.
pub const REVISION_KEY: &str = "indicator_revision";
/// Key of table `setting`: `off` where validity times are not applied.
pub const VALIDITY_KEY: &str = "indicator_validity";

/// Part of a list, or all of it, that an examiner turns on or off, or removes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IndicatorItem {
    List(i64),
    Entry(i64),
}

impl IndicatorItem {
    fn table(self) -> (&'static str, &'static str, i64) {
        match self {
            IndicatorItem::List(id) => ("indicator_list", "list_id", id),
            IndicatorItem::Entry(id) => ("indicator_entry", "entry_id", id),
        }
    }
}

impl CaseWriter {
    /// Adds a list with everything in it; its number.
    pub fn add_indicator_list(
        &mut self,
        list: &NewIndicatorList,
        entries: &[IndicatorEntry],
        issues: &[IndicatorIssue],
        at_utc: &str,
    ) -> Result<i64, CaseError> {
        self.whole(|writer| {
            let id = writer.insert_list(list, at_utc)?;
            writer.insert_entries(id, entries)?;
            writer.insert_issues(id, issues)?;
            let parameters = json!({
                "list": id, "name": list.name, "purpose": list.purpose.code(), "source": list.source,
                "format": list.format, "sha256": list.sha256, "list_date": list.list_date, "licence": list.licence,
                "entries_sha256": entries_hash(&writer.conn, id)?, "issues_sha256": issues_hash(&writer.conn, id)?,
                "off": entries_off(&writer.conn, id, 0)?,
            });
            let counts = json!({"entries": entries.len(), "issues": issues.len()});
            writer.changed("indicator_import", parameters, counts, at_utc)?;
            Ok(id)
        })
    }

    /// Adds typed values to a list of typed values of this name and purpose, which is made where there is none; what it
    /// holds already is left out. The list's hash follows its values. Its number.
    pub fn add_typed_indicators(
        &mut self,
        list: &NewIndicatorList,
        entries: &[IndicatorEntry],
        at_utc: &str,
    ) -> Result<i64, CaseError> {
        self.whole(|writer| {
            let known: Option<i64> = writer
                .conn
                .prepare_cached(
                    "SELECT list_id FROM indicator_list
                     WHERE name = ? AND purpose = ? AND format = 'typed' AND removed_utc IS NULL",
                )?
                .query_row([&list.name, list.purpose.code()], |r| r.get(0))
                .optional()?;
            let id = match known {
                Some(id) => id,
                None => writer.insert_list(&NewIndicatorList { format: "typed", ..list.clone() }, at_utc)?,
            };
            let entries = writer.not_there(id, entries)?;
            if entries.is_empty() {
                return Ok(id);
            }
            let sql = "SELECT ifnull(max(position), 0) FROM indicator_entry WHERE list_id = ?";
            let last: u64 = writer.conn.prepare_cached(sql)?.query_row([id], |r| r.get(0))?;
            let numbered: Vec<IndicatorEntry> = (last + 1..)
                .zip(&entries)
                .map(|(position, entry)| IndicatorEntry { position, ..(*entry).clone() })
                .collect();
            let sql = "SELECT ifnull(max(entry_id), 0) FROM indicator_entry";
            let before: i64 = writer.conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?;
            writer.insert_entries(id, &numbered)?;
            let sha256 = writer.typed_hash(id)?;
            writer
                .conn
                .prepare_cached("UPDATE indicator_list SET sha256 = ? WHERE list_id = ?")?
                .execute(params![sha256, id])?;
            let values: Vec<Value> = entries
                .iter()
                .map(|e| json!({"kind": e.kind.code(), "value": e.value, "comment": e.comment}))
                .collect();
            let parameters = json!({
                "list": id, "name": list.name, "purpose": list.purpose.code(), "source": list.source,
                "list_date": list.list_date, "licence": list.licence, "sha256": sha256, "values": values,
                "entries_sha256": entries_hash(&writer.conn, id)?, "off": entries_off(&writer.conn, id, before)?,
            });
            writer.changed("indicator_add", parameters, json!({"entries": entries.len()}), at_utc)?;
            Ok(id)
        })
    }

    /// Turns a list or an entry on or off; `false` where there is none, or nothing changes.
    pub fn enable_indicators(&mut self, item: IndicatorItem, enabled: bool, at_utc: &str) -> Result<bool, CaseError> {
        let (table, key, id) = item.table();
        let sql = format!("UPDATE {table} SET enabled = ?1 WHERE {key} = ?2 AND enabled <> ?1");
        self.whole(|writer| {
            if writer.conn.prepare_cached(&sql)?.execute(params![enabled, id])? == 0 {
                return Ok(false);
            }
            let action = if enabled { "indicator_enable" } else { "indicator_disable" };
            writer.changed(action, writer.described(item)?, json!({}), at_utc)?;
            Ok(true)
        })
    }

    /// Takes a list or an entry out, or brings it back; `false` where there is none, or nothing changes.
    pub fn remove_indicators(&mut self, item: IndicatorItem, removed: bool, at_utc: &str) -> Result<bool, CaseError> {
        let (table, key, id) = item.table();
        let sql = format!("UPDATE {table} SET removed_utc = ?1 WHERE {key} = ?2 AND (removed_utc IS NULL) = ?3");
        self.whole(|writer| {
            let at = removed.then_some(at_utc);
            if writer.conn.prepare_cached(&sql)?.execute(params![at, id, removed])? == 0 {
                return Ok(false);
            }
            let action = if removed { "indicator_remove" } else { "indicator_restore" };
            writer.changed(action, writer.described(item)?, json!({}), at_utc)?;
            Ok(true)
        })
    }

    /// Whether an entry counts only for records of the time in which it was known to be bad.
    pub fn honour_validity(&mut self, honour: bool, at_utc: &str) -> Result<(), CaseError> {
        self.whole(|writer| {
            writer.remember_setting(VALIDITY_KEY, if honour { "on" } else { "off" }, at_utc)?;
            writer.count_up()
        })
    }

    /// Gives something a name; the label's number. A thing may have several.
    pub fn add_label(&mut self, label: &Label, at_utc: &str) -> Result<i64, CaseError> {
        self.whole(|writer| {
            let (first, last) = keys(label.span);
            writer
                .conn
                .prepare_cached(
                    "INSERT INTO label (kind, value, first_key, last_key, name, note, added_utc, examiner)
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![
                    label.kind.code(),
                    label.value,
                    first,
                    last,
                    label.name,
                    label.note,
                    at_utc,
                    writer.examiner
                ])?;
            let id = writer.conn.last_insert_rowid();
            let parameters = json!({
                "label": id, "kind": label.kind.code(), "value": label.value, "name": label.name, "note": label.note,
                "first_key": key_json(first), "last_key": key_json(last),
            });
            writer.changed("label_add", parameters, json!({}), at_utc)?;
            Ok(id)
        })
    }

    /// Takes a label off, or puts it back; `false` where there is none, or nothing changes.
    pub fn remove_label(&mut self, id: i64, removed: bool, at_utc: &str) -> Result<bool, CaseError> {
        self.whole(|writer| {
            let sql = "UPDATE label SET removed_utc = ?1 WHERE label_id = ?2 AND (removed_utc IS NULL) = ?3";
            let at = removed.then_some(at_utc);
            if writer.conn.prepare_cached(sql)?.execute(params![at, id, removed])? == 0 {
                return Ok(false);
            }
            let sql = "SELECT kind, value, name FROM label WHERE label_id = ?";
            let parameters = writer.conn.prepare_cached(sql)?.query_row([id], |r| {
                let (kind, value, name): (String, String, String) = (r.get(0)?, r.get(1)?, r.get(2)?);
                Ok(json!({"label": id, "kind": kind, "value": value, "name": name}))
            })?;
            writer.changed(if removed { "label_remove" } else { "label_restore" }, parameters, json!({}), at_utc)?;
            Ok(true)
        })
    }

    fn insert_list(&self, list: &NewIndicatorList, at_utc: &str) -> Result<i64, CaseError> {
        self.conn
            .prepare_cached(
                "INSERT INTO indicator_list
                   (name, purpose, source, format, sha256, list_date, licence, added_utc, examiner, enabled)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
            )?
            .execute(params![
                list.name,
                list.purpose.code(),
                list.source,
                list.format,
                list.sha256,
                list.list_date,
                list.licence,
                at_utc,
                self.examiner
            ])?;
        Ok(self.conn.last_insert_rowid())
    }

    fn insert_entries(&self, list: i64, entries: &[IndicatorEntry]) -> Result<(), CaseError> {
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO indicator_entry
               (list_id, position, kind, value, written, first_key, last_key, port, name, comment, severity, tags,
                valid_from, valid_to, enabled)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        let sql = "INSERT INTO indicator_part VALUES (?, ?, ?)";
        let mut insert_part = self.conn.prepare_cached(sql)?;
        let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        for entry in entries {
            let (first, last) = keys(entry.span);
            let tags = (!entry.tags.is_empty()).then(|| Value::from(entry.tags.clone()).to_string());
            insert.execute(params![
                list,
                entry.position,
                entry.kind.code(),
                entry.value,
                Some(&entry.written).filter(|written| **written != entry.value),
                first,
                last,
                entry.port,
                told(&entry.name),
                told(&entry.comment),
                told(&entry.severity),
                tags,
                entry.valid.from.map(|from| from.0),
                entry.valid.to.map(|to| to.0),
                entry.enabled,
            ])?;
            if let Some(part) = entry.part {
                insert_part.execute(params![self.conn.last_insert_rowid(), part.pattern, part.part])?;
            }
        }
        Ok(())
    }

    fn insert_issues(&self, list: i64, issues: &[IndicatorIssue]) -> Result<(), CaseError> {
        let mut insert = self.conn.prepare_cached("INSERT INTO indicator_issue VALUES (?, ?, ?, ?, ?)")?;
        for issue in issues {
            insert.execute(params![list, issue.position, issue.reason.code(), issue.detail, issue.raw])?;
        }
        Ok(())
    }

    /// The entries whose values a list does not hold, or holds no more.
    fn not_there<'e>(&self, list: i64, entries: &'e [IndicatorEntry]) -> Result<Vec<&'e IndicatorEntry>, CaseError> {
        let mut known = self.conn.prepare_cached(
            "SELECT 1 FROM indicator_entry WHERE list_id = ? AND kind = ? AND value = ? AND port IS ? AND removed_utc IS NULL",
        )?;
        let (mut new, mut seen) = (Vec::new(), std::collections::HashSet::new());
        for entry in entries {
            let is_first = seen.insert((entry.kind, &entry.value, entry.port));
            if is_first && !known.exists(params![list, entry.kind.code(), entry.value, entry.port])? {
                new.push(entry);
            }
        }
        Ok(new)
    }

    fn typed_hash(&self, list: i64) -> Result<String, CaseError> {
        let mut hasher = Sha256::new();
        let mut statement = self.conn.prepare_cached(
            "SELECT ifnull(written, value) FROM indicator_entry WHERE list_id = ? ORDER BY position, entry_id",
        )?;
        let mut rows = statement.query([list])?;
        while let Some(row) = rows.next()? {
            hasher.update(row.get::<_, String>(0)?);
            hasher.update(b"\n");
        }
        Ok(hex(&hasher.finalize()))
    }

    /// What the journal says of an item.
    fn described(&self, item: IndicatorItem) -> Result<Value, CaseError> {
        Ok(match item {
            IndicatorItem::List(id) => {
                let sql = "SELECT name, sha256 FROM indicator_list WHERE list_id = ?";
                self.conn.prepare_cached(sql)?.query_row([id], |r| {
                    Ok(json!({"list": id, "name": r.get::<_, String>(0)?, "sha256": r.get::<_, String>(1)?}))
                })?
            }
            IndicatorItem::Entry(id) => {
                let sql = "SELECT list_id, position, kind, value FROM indicator_entry WHERE entry_id = ?";
                self.conn.prepare_cached(sql)?.query_row([id], |r| {
                    let (list, position): (i64, i64) = (r.get(0)?, r.get(1)?);
                    let (kind, value): (String, String) = (r.get(2)?, r.get(3)?);
                    Ok(json!({"entry": id, "list": list, "position": position, "kind": kind, "value": value}))
                })?
            }
        })
    }

    pub(super) fn changed(
        &mut self,
        action: &'static str,
        parameters: Value,
        counts: Value,
        at: &str,
    ) -> Result<(), CaseError> {
        self.journal(&Entry { action, parameters, counts }, at)?;
        self.count_up()
    }

    fn count_up(&self) -> Result<(), CaseError> {
        let sql = "INSERT INTO setting VALUES (?, '1')
                   ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)";
        self.conn.prepare_cached(sql)?.execute([REVISION_KEY])?;
        Ok(())
    }
}

/// SHA-256 (lowercase hex) over a list's entries in the order of their numbers: all that they say, but not which of
/// them are turned off or removed. For the journal, which tells that of each change.
pub(super) fn entries_hash(conn: &Connection, list: i64) -> Result<String, CaseError> {
    rows_hash(
        conn,
        list,
        "SELECT e.entry_id, e.position, e.kind, e.value, e.written, e.first_key, e.last_key, e.port, e.name, e.comment,
           e.severity, e.tags, e.valid_from, e.valid_to, p.pattern, p.part
         FROM indicator_entry e LEFT JOIN indicator_part p ON p.entry_id = e.entry_id
         WHERE e.list_id = ? ORDER BY e.entry_id",
    )
}

/// As `entries_hash`, over what of the list could not be used.
pub(super) fn issues_hash(conn: &Connection, list: i64) -> Result<String, CaseError> {
    rows_hash(conn, list, "SELECT position, reason, detail, raw FROM indicator_issue WHERE list_id = ? ORDER BY rowid")
}

/// A cell as its type and its bytes, with their number before them.
fn rows_hash(conn: &Connection, list: i64, sql: &str) -> Result<String, CaseError> {
    let mut hasher = Sha256::new();
    let mut put = |mark: u8, bytes: &[u8]| {
        hasher.update([mark]);
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    let mut statement = conn.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([list])?;
    while let Some(row) = rows.next()? {
        for at in 0..columns {
            match row.get_ref(at)? {
                ValueRef::Null => put(b'n', &[]),
                ValueRef::Integer(value) => put(b'i', &value.to_be_bytes()),
                ValueRef::Real(value) => put(b'r', &value.to_be_bytes()),
                ValueRef::Text(bytes) => put(b't', bytes),
                ValueRef::Blob(bytes) => put(b'b', bytes),
            }
        }
    }
    Ok(hex(&hasher.finalize()))
}

/// Numbers of a list's entries above `after` that are turned off, as runs: first and last.
pub(super) fn entries_off(conn: &Connection, list: i64, after: i64) -> Result<Vec<[i64; 2]>, CaseError> {
    let mut runs: Vec<[i64; 2]> = Vec::new();
    let mut statement = conn.prepare_cached(
        "SELECT entry_id FROM indicator_entry WHERE list_id = ? AND entry_id > ? AND enabled = 0 ORDER BY entry_id",
    )?;
    let mut rows = statement.query([list, after])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        match runs.last_mut() {
            Some([_, last]) if *last + 1 == id => *last = id,
            _ => runs.push([id, id]),
        }
    }
    Ok(runs)
}

/// A key as the journal tells it.
fn key_json(key: Key) -> Value {
    key.map_or(Value::Null, |key| json!({"blob": hex(&key)}))
}

type Key = Option<[u8; 16]>;

/// First and last key as they are stored.
fn keys(span: Option<KeySpan>) -> (Key, Key) {
    let first = span.map(|span| span.first.to_be_bytes());
    let last = span.filter(|span| !span.is_one()).map(|span| span.last.to_be_bytes());
    (first, last)
}
