//! What was looked for, taken over into a part of a case as it is: an exhibit that asks for it gives the same rows only with
//! the same lists, in the same order, under the same numbers.

use super::error::CaseError;
use super::indicators::VALIDITY_KEY;
use super::open::CaseReader;
use super::write::CaseWriter;
use rusqlite::types::Value as Cell;
use rusqlite::{OptionalExtension, params_from_iter};
use serde_json::{Value, json};

/// Each after those that it names.
const TABLES: [&str; 5] = ["indicator_list", "indicator_entry", "indicator_part", "indicator_issue", "label"];

impl CaseWriter {
    /// Takes over every list of indicators with its entries, and every label, of another case into this one, which has none;
    /// what was turned off or taken out too. How many lists, and how many labels.
    pub fn take_indicators(&mut self, from: &CaseReader, at_utc: &str) -> Result<(u64, u64), CaseError> {
        let lists = named(from, "SELECT list_id, name, sha256 FROM indicator_list ORDER BY list_id")?;
        let labels = named(from, "SELECT label_id, name, value FROM label ORDER BY label_id")?;
        let sql = "SELECT value FROM setting WHERE key = ?";
        let validity: Option<String> =
            from.conn.prepare_cached(sql)?.query_row([VALIDITY_KEY], |r| r.get(0)).optional()?;
        let counts = (lists.len() as u64, labels.len() as u64);
        self.whole(|writer| {
            for table in TABLES {
                writer.take_rows(from, table)?;
            }
            if let Some(validity) = validity {
                writer.remember_setting(VALIDITY_KEY, &validity, at_utc)?;
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
        let places = vec!["?"; columns].join(", ");
        let mut insert = self.conn.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let cells = (0..columns).map(|at| row.get(at)).collect::<Result<Vec<Cell>, _>>()?;
            insert.execute(params_from_iter(cells))?;
        }
        Ok(())
    }
}

/// Number and two texts of each row, for the journal.
fn named(from: &CaseReader, sql: &str) -> Result<Vec<Value>, CaseError> {
    let mut statement = from.conn.prepare(sql)?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        let mut object = serde_json::Map::new();
        for (at, name) in names.iter().enumerate() {
            object.insert(
                name.clone(),
                if at == 0 { json!(row.get::<_, i64>(at)?) } else { json!(row.get::<_, String>(at)?) },
            );
        }
        list.push(Value::Object(object));
    }
    Ok(list)
}
