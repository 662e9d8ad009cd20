//! Writes of what an examiner adds that is no evidence. Each is one transaction with its entry in the journal. A file is
//! never deleted: what is removed stays and can be restored.

use super::error::CaseError;
use super::journal::{Entry, hex};
use super::open::CaseReader;
use super::write::CaseWriter;
use crate::model::{NewSupplement, SupplementKind};
use rusqlite::types::Value as Cell;
use rusqlite::{OptionalExtension, params, params_from_iter};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Columns that the journal repeats of a file that is taken over.
const TOLD: &str = "supplement_id, kind, path, sha256, captured_utc, added_utc, examiner, removed_utc";

impl CaseWriter {
    /// Adds files of one kind; their numbers.
    pub fn add_supplements(
        &mut self,
        kind: SupplementKind,
        files: &[NewSupplement],
        at_utc: &str,
    ) -> Result<Vec<i64>, CaseError> {
        self.whole(|writer| {
            let (mut ids, mut told) = (Vec::new(), Vec::new());
            for file in files {
                let sha256 = hex(&Sha256::digest(&file.content));
                writer
                    .conn
                    .prepare_cached(
                        "INSERT INTO supplement (kind, path, sha256, captured_utc, content, added_utc, examiner)
                         VALUES (?, ?, ?, ?, ?, ?, ?)",
                    )?
                    .execute(params![
                        kind.code(),
                        file.path,
                        sha256,
                        file.captured_utc,
                        file.content,
                        at_utc,
                        writer.examiner
                    ])?;
                let id = writer.conn.last_insert_rowid();
                ids.push(id);
                told.push(json!({
                    "supplement": id, "path": file.path, "sha256": sha256, "captured_utc": file.captured_utc,
                }));
            }
            let parameters = json!({"kind": kind.code(), "files": told});
            let counts = json!({"files": ids.len()});
            writer.journal(&Entry { action: "supplement_add", parameters, counts }, at_utc)?;
            Ok(ids)
        })
    }

    /// Removes files, or restores them; how many changed.
    pub fn remove_supplements(&mut self, ids: &[i64], removed: bool, at_utc: &str) -> Result<usize, CaseError> {
        self.whole(|writer| {
            let mut told: Vec<Value> = Vec::new();
            for id in ids {
                let sql =
                    "UPDATE supplement SET removed_utc = ?1 WHERE supplement_id = ?2 AND (removed_utc IS NULL) = ?3
                           RETURNING path, sha256";
                let at = removed.then_some(at_utc);
                let row = |r: &rusqlite::Row<'_>| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?));
                let changed = writer.conn.prepare_cached(sql)?.query_row(params![at, id, removed], row).optional()?;
                told.extend(changed.map(|(path, sha256)| json!({"supplement": id, "path": path, "sha256": sha256})));
            }
            if told.is_empty() {
                return Ok(0);
            }
            let action = if removed { "supplement_remove" } else { "supplement_restore" };
            let count = told.len();
            let entry = Entry { action, parameters: json!({"files": told}), counts: json!({"files": count}) };
            writer.journal(&entry, at_utc)?;
            Ok(count)
        })
    }

    /// Takes over every file of another case into this one, which has none, under the same numbers: what an exhibit says
    /// follows from them. How many.
    pub fn take_supplements(&mut self, from: &CaseReader, at_utc: &str) -> Result<usize, CaseError> {
        let sql = format!("SELECT {TOLD}, content FROM supplement ORDER BY supplement_id");
        let mut select = from.conn.prepare(&sql)?;
        let names: Vec<String> = select.column_names().map(str::to_owned).collect();
        self.whole(|writer| {
            let mut told = Vec::new();
            let mut rows = select.query([])?;
            let places = vec!["?"; names.len()].join(", ");
            let insert = format!("INSERT INTO supplement ({TOLD}, content) VALUES ({places})");
            while let Some(row) = rows.next()? {
                let mut object = serde_json::Map::new();
                for (at, name) in names.iter().enumerate().filter(|(_, name)| *name != "content") {
                    object.insert(name.clone(), super::told::cell(row.get_ref(at)?));
                }
                told.push(Value::Object(object));
                let cells = (0..names.len()).map(|at| row.get(at)).collect::<Result<Vec<Cell>, _>>()?;
                writer.conn.prepare_cached(&insert)?.execute(params_from_iter(cells))?;
            }
            let count = told.len();
            if count > 0 {
                let (parameters, counts) = (json!({"files": told}), json!({"files": count}));
                writer.journal(&Entry { action: "supplement_carry", parameters, counts }, at_utc)?;
            }
            Ok(count)
        })
    }
}
