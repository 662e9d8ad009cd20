//! What two cases say of the same evidence file: row by row, with everything that a row says.

use super::columns_sql::Columns;
use super::{Cancel, QueryError, filter_sql};
use crate::case::CaseReader;
use crate::model::{Dataset, EvidenceId, FieldId, field};
use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Row, Rows};

/// What comparing came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Rows of every kind.
    pub rows: u64,
    pub differences: u64,
    /// The first of them in words.
    pub first: Vec<String>,
}

/// Differences that are told in words.
const TOLD: usize = 20;

/// Rows of one kind: each begins with a number that rises.
struct Kind {
    name: &'static str,
    sql: String,
    columns: Vec<String>,
}

fn kind(name: &'static str, columns: &[&str], sql: &str) -> Kind {
    let list = columns.join(", ");
    Kind {
        name,
        sql: sql.replace("{columns}", &list),
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
    }
}

/// Everything that an evidence file brought. `?1` is its number, `?2` and `?3` its first and last record.
fn kinds(with_duplicates: bool) -> Vec<Kind> {
    let evidence = [
        "container_id",
        "path",
        "format",
        "record_format",
        "packing",
        "encoding",
        "file_bytes",
        "content_bytes",
        "file_sha256",
        "content_sha256",
        "warning_count",
        "flow_count",
        "event_count",
        "first_millis",
        "last_millis",
        "path_account",
        "path_organisation",
        "path_region",
        "path_date",
        "path_log_id",
        "path_service",
    ];
    let counts: &[&str] = if with_duplicates { &["record_count", "duplicate_count", "aggregated_count"] } else { &[] };
    let evidence: Vec<&str> = evidence.iter().chain(counts).copied().collect();
    let warning = ["scope", "position", "byte_offset", "byte_length", "reason", "detail", "raw"];
    let mut kinds = vec![
        kind("evidence", &evidence, "SELECT 0, {columns} FROM evidence WHERE evidence_id = ?1 AND ?2 < ?3"),
        kind(
            "warning",
            &warning,
            "SELECT row_number() OVER (ORDER BY warning_id), {columns} FROM import_warning
             WHERE evidence_id = ?1 AND ?2 < ?3 ORDER BY warning_id",
        ),
        flows(),
        kind(
            "place",
            &["last_id", "row_count", "min_start", "max_start", "places"],
            "SELECT first_id & 4294967295, {columns} FROM flow_chunk
             WHERE first_id BETWEEN ?2 AND ?3 AND ?1 > 0 ORDER BY first_id",
        ),
        events(with_duplicates),
        kind("digest", &["json"], "SELECT 0, {columns} FROM digest WHERE evidence_id = ?1 AND ?2 < ?3"),
        kind(
            "digest_log_file",
            &["s3_bucket", "s3_object", "hash_value", "hash_algorithm"],
            "SELECT position, {columns} FROM digest_log_file WHERE evidence_id = ?1 AND ?2 < ?3 ORDER BY position",
        ),
    ];
    if with_duplicates {
        kinds.push(kind(
            "occurrences",
            &["best_id", "occurrence_count"],
            "SELECT event_key & 4294967295, {columns} FROM event_choice
             WHERE event_key BETWEEN ?2 AND ?3 AND ?1 > 0 ORDER BY event_key",
        ));
        kinds.push(kind(
            "duplicate",
            &["original_id"],
            "SELECT id & 4294967295, {columns} FROM flow_duplicate
             WHERE id BETWEEN ?2 AND ?3 AND ?1 > 0 ORDER BY id",
        ));
    }
    kinds
}

fn fields(dataset: Dataset, further: &[&str]) -> (Columns, Vec<String>) {
    let fields: Vec<FieldId> = field::of(dataset).collect();
    let names = fields.iter().map(|field| field.name()).chain(further.iter().copied()).map(str::to_owned);
    (Columns::of(&fields), names.collect())
}

fn flows() -> Kind {
    let (columns, names) = fields(Dataset::Flows, &["extra"]);
    let sql = format!(
        "SELECT f.id & 4294967295, {}, x.json FROM flow f {} WHERE f.id BETWEEN ?2 AND ?3 AND ?1 > 0 ORDER BY f.id",
        columns.list(),
        columns.joins()
    );
    Kind { name: "flow", sql, columns: names }
}

fn events(with_duplicates: bool) -> Kind {
    let further = ["byte_offset", "byte_length", "completeness", "json", "event_key"];
    let (columns, names) = fields(Dataset::Events, &further);
    // The first occurrence may stand in a file that could not be read again.
    let key = if with_duplicates { "e.event_key" } else { "NULL" };
    let sql = format!(
        "SELECT e.id & 4294967295, {}, e.byte_offset, e.byte_length, e.completeness, coldtrail_event_json(e.id), {key}
         FROM event e {} WHERE e.id BETWEEN ?2 AND ?3 AND ?1 > 0 ORDER BY e.id",
        columns.list(),
        columns.joins()
    );
    Kind { name: "event", sql, columns: names }
}

/// Compares all that two cases hold of an evidence file that has the same number in both. `with_duplicates`: also which
/// records an earlier file holds already.
pub fn compare_evidence(
    was: &CaseReader,
    is: &CaseReader,
    evidence: EvidenceId,
    with_duplicates: bool,
    cancel: &Cancel,
) -> Result<Compared, QueryError> {
    let mut compared = Compared::default();
    for reader in [was, is] {
        filter_sql::prepare(reader)?;
    }
    for kind in kinds(with_duplicates) {
        cancel.watch(was, || compare(was, is, evidence, &kind, &mut compared))?;
    }
    Ok(compared)
}

fn compare(
    was: &CaseReader,
    is: &CaseReader,
    evidence: EvidenceId,
    kind: &Kind,
    compared: &mut Compared,
) -> Result<(), QueryError> {
    let (low, high) = crate::case::places::id_range(evidence);
    let parameters = (evidence.0, low, high);
    let (mut a, mut b) = (was.conn.prepare_cached(&kind.sql)?, is.conn.prepare_cached(&kind.sql)?);
    let (mut a, mut b) = (a.query(parameters)?, b.query(parameters)?);
    let (mut old, mut new) = (next(&mut a)?, next(&mut b)?);
    loop {
        let name = |number: i64| format!("{} {}:{number}", kind.name, evidence.0);
        match (&old, &new) {
            (None, None) => return Ok(()),
            (Some(left), Some(right)) if left.0 == right.0 => {
                compared.rows += 1;
                for ((column, was), is) in kind.columns.iter().zip(&left.1).zip(&right.1) {
                    if was != is {
                        let what = format!("{}: {column} is {}, and read again {}", name(left.0), told(was), told(is));
                        compared.tell(what);
                    }
                }
                (old, new) = (next(&mut a)?, next(&mut b)?);
            }
            (Some(left), right) if right.as_ref().is_none_or(|right| left.0 < right.0) => {
                compared.tell(format!("{}: the original has no such", name(left.0)));
                old = next(&mut a)?;
            }
            (_, Some(right)) => {
                compared.tell(format!("{}: it is missing", name(right.0)));
                new = next(&mut b)?;
            }
            (Some(_), None) => return Ok(()),
        }
    }
}

impl Compared {
    fn tell(&mut self, what: String) {
        self.differences += 1;
        if self.first.len() < TOLD {
            self.first.push(what);
        }
    }
}

type Line = (i64, Vec<Sql>);

fn next(rows: &mut Rows<'_>) -> Result<Option<Line>, QueryError> {
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(line(row)?))
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    let count = row.as_ref().column_count();
    let values = (1..count).map(|at| row.get_ref(at).map(owned)).collect::<Result<_, _>>()?;
    Ok((row.get(0)?, values))
}

/// Text that is no UTF-8 is compared by its bytes.
fn owned(value: ValueRef<'_>) -> Sql {
    match value {
        ValueRef::Null => Sql::Null,
        ValueRef::Integer(value) => Sql::Integer(value),
        ValueRef::Real(value) => Sql::Real(value),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Sql::Text(text.to_owned()),
            Err(_) => Sql::Blob(bytes.to_vec()),
        },
        ValueRef::Blob(bytes) => Sql::Blob(bytes.to_vec()),
    }
}

/// Characters of a value that are told.
const TOLD_CHARS: usize = 120;

fn told(value: &Sql) -> String {
    match value {
        Sql::Null => "absent".to_owned(),
        Sql::Integer(value) => value.to_string(),
        Sql::Real(value) => value.to_string(),
        Sql::Text(text) => text.chars().take(TOLD_CHARS).collect(),
        Sql::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// Rows that belong to no evidence file of the case, by table.
pub fn rows_of_no_evidence(reader: &CaseReader) -> Result<Vec<(&'static str, u64)>, QueryError> {
    let mut list = Vec::new();
    for (table, id) in [
        ("flow", "id >> 32"),
        ("event", "id >> 32"),
        ("flow_duplicate", "id >> 32"),
        ("import_warning", "evidence_id"),
        ("raw_block", "evidence_id"),
    ] {
        let sql = format!("SELECT count(*) FROM {table} WHERE {id} NOT IN (SELECT evidence_id FROM evidence)");
        let count: u64 = reader.conn.query_row(&sql, [], |r| r.get(0))?;
        list.extend((count > 0).then_some((table, count)));
    }
    Ok(list)
}

/// What an evidence file says of its rows and how many there are, where the two differ.
pub fn miscounted(reader: &CaseReader) -> Result<Vec<(EvidenceId, String)>, QueryError> {
    let mut list = Vec::new();
    for (table, count) in [("flow", "flow_count"), ("event", "event_count")] {
        let sql = format!(
            "SELECT e.evidence_id, e.{count},
               (SELECT count(*) FROM {table} WHERE id BETWEEN e.evidence_id << 32 AND (e.evidence_id << 32) + 4294967295) AS n
             FROM evidence e WHERE n <> e.{count} ORDER BY 1"
        );
        let mut statement = reader.conn.prepare(&sql)?;
        let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        for row in rows {
            let (id, said, there): (u32, i64, i64) = row?;
            list.push((EvidenceId(id), format!("it says {said} {table} rows, and there are {there}")));
        }
    }
    Ok(list)
}

/// What SQLite finds wrong with the file; empty where nothing is.
pub fn structure_faults(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    let mut statement = reader.conn.prepare("PRAGMA integrity_check(20)")?;
    let rows = statement.query_map([], |r| r.get::<_, String>(0))?;
    let told: Vec<String> = rows.collect::<Result<_, _>>()?;
    Ok(told.into_iter().filter(|line| line != "ok").collect())
}
