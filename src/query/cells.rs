//! Cells that no program of ours writes: of another type, NULL where there must be a value, text that is no UTF-8, JSON
//! that is none. SQLite takes anything into any column, so that a case that was changed past the program can hold it.

use super::QueryError;
use crate::case::CaseReader;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

/// A cell that cannot be what the case holds there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadCell {
    pub table: String,
    pub column: String,
    /// The row's number or key.
    pub row: String,
    /// What is there.
    pub found: String,
}

impl std::fmt::Display for BadCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}, row {}: {}", self.table, self.column, self.row, self.found)
    }
}

/// The malformed cells of a table: the first of them, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BadCells {
    pub count: u64,
    pub first: Vec<BadCell>,
}

/// Malformed cells of a table that are reported.
const TOLD: usize = 20;

/// Columns that hold JSON.
const JSON: [(&str, &str); 9] = [
    ("member_text", "json"),
    ("journal", "parameters"),
    ("journal", "counts"),
    ("import_queue", "options"),
    ("extra", "json"),
    ("digest", "json"),
    ("indicator_entry", "tags"),
    ("exhibit", "query"),
    ("exhibit", "facts"),
];

/// Tables whose columns come from the table of fields: what a log writes into a field of numbers may be a text.
const OF_FIELDS: [&str; 3] = ["interface", "disposition", "call"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Integer,
    /// A number, or what a log writes in its place.
    Field,
    Text,
    Json,
    Blob,
}

struct CellColumn {
    name: String,
    holds: Holds,
    optional: bool,
}

/// Names of the tables of a case, in order.
pub fn table_names(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    let mut statement = reader
        .conn
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name")?;
    let rows = statement.query_map([], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Looks at every cell of a table. A blob's type is all that is asked of it.
pub fn malformed_cells(reader: &CaseReader, table: &str) -> Result<BadCells, QueryError> {
    let (columns, keys) = columns(&reader.conn, table)?;
    let expressions = columns.iter().map(|column| {
        let name = &column.name;
        match column.holds {
            Holds::Blob => format!("typeof(\"{name}\"), NULL"),
            // A member may be stored as a part of what it is.
            Holds::Json if table == "member_text" => format!(
                "\"{name}\", json_valid((SELECT m.json FROM member m WHERE m.member_id = member_text.member_id), 2)"
            ),
            Holds::Json => format!("\"{name}\", json_valid(\"{name}\", 2)"),
            _ => format!("\"{name}\", NULL"),
        }
    });
    let expressions: Vec<String> = expressions.collect();
    let sql = format!("SELECT {}, {} FROM \"{table}\"", expressions.join(", "), keys.join(", "));
    let mut statement = reader.conn.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut found = BadCells::default();
    while let Some(row) = rows.next()? {
        for (at, column) in columns.iter().enumerate() {
            let Some(what) = fault(row, at * 2, column)? else { continue };
            found.count += 1;
            if found.first.len() < TOLD {
                let key: Result<Vec<String>, rusqlite::Error> =
                    (0..keys.len()).map(|n| row.get_ref(columns.len() * 2 + n).map(in_words)).collect();
                let (table, column, row) = (table.to_owned(), column.name.clone(), key?.join(":"));
                found.first.push(BadCell { table, column, row, found: what });
            }
        }
    }
    Ok(found)
}

fn fault(row: &Row<'_>, at: usize, column: &CellColumn) -> Result<Option<String>, QueryError> {
    let value = row.get_ref(at)?;
    if column.holds == Holds::Blob {
        let kind = value.as_str().unwrap_or_default();
        let fits = kind == "blob" || kind == "null" && column.optional;
        return Ok((!fits).then(|| format!("it holds {kind}, and not bytes")));
    }
    Ok(match (value, column.holds) {
        (ValueRef::Null, _) => (!column.optional).then(|| "it is NULL".to_owned()),
        (ValueRef::Integer(_), Holds::Integer | Holds::Field) => None,
        (ValueRef::Text(bytes), Holds::Text | Holds::Field | Holds::Json) => match std::str::from_utf8(bytes) {
            Err(_) => Some("its text is not valid UTF-8".to_owned()),
            Ok(_) if column.holds == Holds::Json && row.get_ref(at + 1)?.as_i64().ok() != Some(1) => {
                Some("its text is not valid JSON".to_owned())
            }
            Ok(_) => None,
        },
        (other, holds) => {
            let wanted = if matches!(holds, Holds::Integer | Holds::Field) { "an integer" } else { "text" };
            Some(format!("it holds {}, and not {wanted}", other.data_type().to_string().to_lowercase()))
        }
    })
}

/// The columns of a table, and the expressions that name a row.
fn columns(conn: &Connection, table: &str) -> Result<(Vec<CellColumn>, Vec<String>), QueryError> {
    let without_rowid: bool =
        conn.query_row("SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?", [table], |r| r.get(0))?;
    let mut statement = conn.prepare("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?) ORDER BY cid")?;
    let mut rows = statement.query([table])?;
    let (mut columns, mut keys) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let (name, kind): (String, String) = (row.get(0)?, row.get(1)?);
        let (not_null, key): (bool, i64) = (row.get(2)?, row.get(3)?);
        let is_json = JSON.contains(&(table, name.as_str()));
        let optional = !not_null && key == 0;
        let holds = match kind.as_str() {
            _ if is_json => Holds::Json,
            "BLOB" => Holds::Blob,
            "INTEGER" if optional && OF_FIELDS.contains(&table) => Holds::Field,
            "INTEGER" => Holds::Integer,
            _ => Holds::Text,
        };
        if without_rowid && key > 0 {
            keys.push(format!("\"{name}\""));
        }
        columns.push(CellColumn { name, holds, optional });
    }
    if !without_rowid {
        keys.push("rowid".to_owned());
    }
    Ok((columns, keys))
}

fn in_words(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(value) => value.to_string(),
        ValueRef::Real(value) => value.to_string(),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).chars().take(TOLD_CHARS).collect(),
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// Characters of a key that are reported.
const TOLD_CHARS: usize = 60;
