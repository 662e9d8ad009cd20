//! What was searched for, taken over into a part of a case as it is: an exhibit that asks for it gives the same rows
//! only with the same lists, in the same order, under the same numbers.

use super::error::CaseError;
use super::indicators::{VALIDITY_KEY, entries_hash, entries_off, issues_hash};
use super::open::CaseReader;
use super::settings::{ALLOW, DISMISSED};
use super::told::cell;
use super::write::CaseWriter;
use rusqlite::types::Value as Cell;
use rusqlite::{OptionalExtension, params_from_iter};
use serde_json::{Map, Value, json};

/// Each after those that it names.
const TABLES: [&str; 5] = ["indicator_list", "indicator_entry", "indicator_part", "indicator_issue", "label"];

impl CaseWriter {
    /// Takes over every list of indicators with its entries, and every label, of another case into this one, which has
    /// none; what was turned off or removed too. How many lists, and how many labels.
    pub fn take_indicators(&mut self, from: &CaseReader, at_utc: &str) -> Result<(u64, u64), CaseError> {
        let mut lists = rows_told(from, "indicator_list", "list_id")?;
        for list in &mut lists {
            tell_entries(from, list)?;
        }
        let labels = rows_told(from, "label", "label_id")?;
        let sql = "SELECT value FROM setting WHERE key = ?";
        let validity: Option<String> =
            from.conn.prepare_cached(sql)?.query_row([VALIDITY_KEY], |r| r.get(0)).optional()?;
        let decisions = decisions(from)?;
        let counts = (lists.len() as u64, labels.len() as u64);
        self.whole(|writer| {
            for table in TABLES {
                writer.take_rows(from, table)?;
            }
            if let Some(validity) = validity {
                writer.remember_setting(VALIDITY_KEY, &validity, at_utc)?;
            }
            for (key, value) in &decisions {
                writer.remember_setting(key, value, at_utc)?;
            }
            let parameters = json!({"lists": lists, "labels": labels});
            writer.changed("indicator_carry", parameters, json!({"lists": counts.0, "labels": counts.1}), at_utc)
        })?;
        Ok(counts)
    }

    /// Both cases have the same schema: else neither could be open.
    fn take_rows(&self, from: &CaseReader, table: &str) -> Result<(), CaseError> {
        let mut select = from.conn.prepare(&format!("SELECT * FROM {table} ORDER BY rowid"))?;
        let columns = select.column_count();
        let names = select.column_names().collect::<Vec<_>>().join(", ");
        let places = vec!["?"; columns].join(", ");
        let mut insert = self.conn.prepare(&format!("INSERT INTO {table} ({names}) VALUES ({places})"))?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let cells = (0..columns).map(|at| row.get(at)).collect::<Result<Vec<Cell>, _>>()?;
            insert.execute(params_from_iter(cells))?;
        }
        Ok(())
    }
}

/// The settings that decide which rows answers have.
fn decisions(from: &CaseReader) -> Result<Vec<(String, String)>, CaseError> {
    let sql = "SELECT key, value FROM setting WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key";
    let mut statement = from.conn.prepare(sql)?;
    let mut list = Vec::new();
    for prefix in [ALLOW, DISMISSED] {
        let rows = statement.query_map([prefix], |r| Ok((r.get(0)?, r.get(1)?)))?;
        list.extend(rows.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(list)
}

/// Each row with its number, for the journal.
fn rows_told(from: &CaseReader, table: &str, id: &str) -> Result<Vec<Value>, CaseError> {
    let mut statement = from.conn.prepare(&format!("SELECT * FROM {table} ORDER BY {id}"))?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        let mut object = Map::new();
        for (at, name) in names.iter().enumerate() {
            object.insert(name.clone(), cell(row.get_ref(at)?));
        }
        list.push(json!({id: row.get::<_, i64>(id)?, "row": object}));
    }
    Ok(list)
}

/// What a list holds, and which of it is turned off or removed.
fn tell_entries(from: &CaseReader, list: &mut Value) -> Result<(), CaseError> {
    let id = list["list_id"].as_i64().unwrap_or_default();
    let count = |table: &str| -> Result<i64, CaseError> {
        let sql = format!("SELECT count(*) FROM {table} WHERE list_id = ?");
        Ok(from.conn.prepare_cached(&sql)?.query_row([id], |r| r.get(0))?)
    };
    let sql = "SELECT entry_id, removed_utc FROM indicator_entry WHERE list_id = ? AND removed_utc IS NOT NULL
               ORDER BY entry_id";
    let mut statement = from.conn.prepare_cached(sql)?;
    let removed = statement.query_map([id], |r| Ok(json!([r.get::<_, i64>(0)?, r.get::<_, String>(1)?])))?;
    let told = json!({
        "entries": count("indicator_entry")?, "issues": count("indicator_issue")?,
        "entries_sha256": entries_hash(&from.conn, id)?, "issues_sha256": issues_hash(&from.conn, id)?,
        "off": entries_off(&from.conn, id, 0)?, "removed": removed.collect::<Result<Vec<_>, _>>()?,
    });
    if let (Value::Object(list), Value::Object(told)) = (list, told) {
        list.extend(told);
    }
    Ok(())
}
