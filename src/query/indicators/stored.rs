//! The lists, entries, issues and labels as the case holds them.

use super::known::span;
use crate::case::{CaseReader, REVISION_KEY, VALIDITY_KEY};
use crate::model::{
    IndicatorEntry, IndicatorIssue, IndicatorKind, IndicatorList, IssueReason, Label, PatternPart, Purpose, TimeRange,
    Timestamp,
};
use crate::query::QueryError;
use rusqlite::{Connection, OptionalExtension, Row};

/// Counts the changes of lists, entries and labels; what was matched against another one is old.
pub fn indicator_revision(reader: &CaseReader) -> Result<i64, QueryError> {
    revision_of(&reader.conn)
}

pub(super) fn revision_of(conn: &Connection) -> Result<i64, QueryError> {
    let sql = "SELECT CAST(value AS INTEGER) FROM setting WHERE key = ?";
    Ok(conn.prepare_cached(sql)?.query_row([REVISION_KEY], |r| r.get(0)).optional()?.unwrap_or(0))
}

/// Does an entry count only for records of the time in which it was known to be bad?
pub fn honours_validity(reader: &CaseReader) -> Result<bool, QueryError> {
    validity_of(&reader.conn)
}

pub(super) fn validity_of(conn: &Connection) -> Result<bool, QueryError> {
    let sql = "SELECT value FROM setting WHERE key = ?";
    let value: Option<String> = conn.prepare_cached(sql)?.query_row([VALIDITY_KEY], |r| r.get(0)).optional()?;
    Ok(value.is_none_or(|value| value != "off"))
}

const LISTS: &str = "SELECT l.list_id, l.name, l.purpose, l.source, l.format, l.sha256, l.list_date, l.licence,
    l.added_utc, l.examiner, l.enabled, l.removed_utc IS NOT NULL,
    ifnull(c.entries, 0), ifnull(c.enabled, 0),
    (SELECT count(*) FROM indicator_issue i WHERE i.list_id = l.list_id)
  FROM indicator_list l
  LEFT JOIN (SELECT list_id, count(*) AS entries, sum(enabled) AS enabled FROM indicator_entry
             WHERE removed_utc IS NULL GROUP BY list_id) c ON c.list_id = l.list_id";

/// All lists in the order in which they came; those that were removed too where `removed` says so.
pub fn indicator_lists(reader: &CaseReader, removed: bool) -> Result<Vec<IndicatorList>, QueryError> {
    let sql = format!("{LISTS} WHERE l.removed_utc IS NULL OR ? ORDER BY l.list_id");
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let mut rows = statement.query([removed])?;
    let mut lists = Vec::new();
    while let Some(row) = rows.next()? {
        lists.push(list(row)?);
    }
    Ok(lists)
}

/// The names of all lists, those that were removed too.
pub fn indicator_list_names(reader: &CaseReader) -> Result<Vec<String>, QueryError> {
    let mut statement = reader.conn.prepare_cached("SELECT name FROM indicator_list ORDER BY list_id")?;
    let names = statement.query_map([], |r| r.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// The list that came from a file of this hash, if the case has one; removed or not.
pub fn indicator_list_of(reader: &CaseReader, sha256: &str) -> Result<Option<IndicatorList>, QueryError> {
    let sql =
        format!("{LISTS} WHERE l.sha256 = ? AND l.format <> 'typed' ORDER BY l.removed_utc IS NOT NULL, l.list_id");
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let mut rows = statement.query([sha256])?;
    rows.next()?.map(list).transpose()
}

/// One list, removed or not.
pub fn indicator_list(reader: &CaseReader, id: i64) -> Result<Option<IndicatorList>, QueryError> {
    let mut statement = reader.conn.prepare_cached(&format!("{LISTS} WHERE l.list_id = ?"))?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(list).transpose()
}

fn list(row: &Row<'_>) -> Result<IndicatorList, QueryError> {
    let purpose: String = row.get(2)?;
    Ok(IndicatorList {
        id: row.get(0)?,
        name: row.get(1)?,
        // A purpose that this program does not know searches for nothing.
        purpose: Purpose::from_code(&purpose).unwrap_or(Purpose::WellKnown),
        source: row.get(3)?,
        format: row.get(4)?,
        sha256: row.get(5)?,
        list_date: row.get(6)?,
        licence: row.get(7)?,
        added_utc: row.get(8)?,
        examiner: row.get(9)?,
        enabled: row.get(10)?,
        removed: row.get(11)?,
        entries: row.get(12)?,
        enabled_entries: row.get(13)?,
        issues: row.get(14)?,
    })
}

/// An entry with its place in the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndicatorRow {
    pub id: i64,
    pub list_id: i64,
    pub list: String,
    pub removed: bool,
    pub entry: IndicatorEntry,
}

const ENTRIES: &str = "SELECT e.entry_id, e.list_id, l.name, e.removed_utc IS NOT NULL, e.position, e.kind,
    ifnull(e.written, e.value), e.value, e.first_key, e.last_key, e.port, ifnull(e.name, ''), ifnull(e.comment, ''),
    ifnull(e.severity, ''), e.tags, e.valid_from, e.valid_to, e.enabled, p.pattern, p.part
  FROM indicator_entry e JOIN indicator_list l ON l.list_id = e.list_id
  LEFT JOIN indicator_part p ON p.entry_id = e.entry_id";

/// By which column the entries of a list are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryColumn {
    Position,
    Value,
    Kind,
    State,
    Name,
    Comment,
    Severity,
    Tags,
    ValidFrom,
    ValidTo,
}

impl EntryColumn {
    pub const ALL: [EntryColumn; 10] = [
        EntryColumn::Position,
        EntryColumn::Value,
        EntryColumn::Kind,
        EntryColumn::State,
        EntryColumn::Name,
        EntryColumn::Comment,
        EntryColumn::Severity,
        EntryColumn::Tags,
        EntryColumn::ValidFrom,
        EntryColumn::ValidTo,
    ];

    /// Stable name, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            EntryColumn::Position => "position",
            EntryColumn::Value => "value",
            EntryColumn::Kind => "kind",
            EntryColumn::State => "state",
            EntryColumn::Name => "name",
            EntryColumn::Comment => "comment",
            EntryColumn::Severity => "severity",
            EntryColumn::Tags => "tags",
            EntryColumn::ValidFrom => "valid_from",
            EntryColumn::ValidTo => "valid_to",
        }
    }

    /// What entries are ordered by; NULL for an empty value.
    fn keys(self) -> &'static [&'static str] {
        match self {
            EntryColumn::Position => &["position"],
            // Addresses by their value, texts behind them.
            EntryColumn::Value => &["first_key", "value"],
            EntryColumn::Kind => &["kind"],
            // Searched for, turned off, removed.
            EntryColumn::State => &["(removed_utc IS NOT NULL) * 2 + NOT enabled"],
            EntryColumn::Name => &["nullif(name, '')"],
            EntryColumn::Comment => &["nullif(comment, '')"],
            EntryColumn::Severity => &["nullif(severity, '')"],
            EntryColumn::Tags => &["tags"],
            EntryColumn::ValidFrom => &["valid_from"],
            EntryColumn::ValidTo => &["valid_to"],
        }
    }
}

/// The numbers of a list's entries in the order of a column, those removed too; absent values last, ties in the order
/// of the list.
pub fn indicator_entry_order(
    reader: &CaseReader,
    list: i64,
    by: EntryColumn,
    descending: bool,
) -> Result<Vec<i64>, QueryError> {
    let way = if descending { "DESC" } else { "ASC" };
    let keys: Vec<String> = by.keys().iter().map(|key| format!("{key} {way} NULLS LAST")).collect();
    let sql = format!(
        "SELECT entry_id FROM indicator_entry WHERE list_id = ? ORDER BY {}, position, entry_id",
        keys.join(", ")
    );
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let ids = statement.query_map([list], |r| r.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Entries that are turned off in lists that are searched for, of one list or of all: what a list gives as context
/// only, and what an examiner turned off.
pub fn not_looked_for(reader: &CaseReader, list: Option<&str>) -> Result<Vec<IndicatorRow>, QueryError> {
    let sql = format!(
        "{ENTRIES} WHERE NOT e.enabled AND e.removed_utc IS NULL AND l.enabled AND l.removed_utc IS NULL AND l.purpose = ?1
         AND l.name = ifnull(?2, l.name) ORDER BY e.list_id, e.position, e.entry_id"
    );
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let mut rows = statement.query((Purpose::KnownBad.code(), list))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.extend(entry(row)?);
    }
    Ok(found)
}

/// A part of a list's entries in the order of the list, those removed too.
pub fn indicator_entries(
    reader: &CaseReader,
    list: i64,
    offset: u64,
    limit: u64,
) -> Result<Vec<IndicatorRow>, QueryError> {
    let sql = format!("{ENTRIES} WHERE e.list_id = ? ORDER BY e.position, e.entry_id LIMIT ? OFFSET ?");
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let mut rows = statement.query((list, limit, offset))?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.extend(entry(row)?);
    }
    Ok(entries)
}

/// How many entries a list has, those removed too.
pub fn indicator_entry_count(reader: &CaseReader, list: i64) -> Result<u64, QueryError> {
    let sql = "SELECT count(*) FROM indicator_entry WHERE list_id = ?";
    Ok(reader.conn.prepare_cached(sql)?.query_row([list], |r| r.get(0))?)
}

/// One entry by its number.
pub fn indicator_entry(reader: &CaseReader, id: i64) -> Result<Option<IndicatorRow>, QueryError> {
    entry_of(&reader.conn, id)
}

pub(super) fn entry_of(conn: &Connection, id: i64) -> Result<Option<IndicatorRow>, QueryError> {
    let mut statement = conn.prepare_cached(&format!("{ENTRIES} WHERE e.entry_id = ?"))?;
    let mut rows = statement.query([id])?;
    Ok(rows.next()?.map(entry).transpose()?.flatten())
}

/// `None` for a kind that this program does not know.
fn entry(row: &Row<'_>) -> Result<Option<IndicatorRow>, QueryError> {
    let Some(kind) = IndicatorKind::from_code(&row.get::<_, String>(5)?) else { return Ok(None) };
    let tags: Option<String> = row.get(14)?;
    let time = |column: usize| -> Result<Option<Timestamp>, QueryError> {
        Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp))
    };
    Ok(Some(IndicatorRow {
        id: row.get(0)?,
        list_id: row.get(1)?,
        list: row.get(2)?,
        removed: row.get(3)?,
        entry: IndicatorEntry {
            position: row.get(4)?,
            kind,
            written: row.get(6)?,
            value: row.get(7)?,
            span: span(row, 8)?,
            port: row.get(10)?,
            name: row.get(11)?,
            comment: row.get(12)?,
            severity: row.get(13)?,
            tags: tags.and_then(|tags| serde_json::from_str(&tags).ok()).unwrap_or_default(),
            valid: TimeRange { from: time(15)?, to: time(16)? },
            enabled: row.get(17)?,
            part: match (row.get(18)?, row.get(19)?) {
                (Some(pattern), Some(part)) => Some(PatternPart { pattern, part }),
                _ => None,
            },
        },
    }))
}

/// What of a list could not be used, in the order of the list.
pub fn indicator_issues(reader: &CaseReader, list: i64) -> Result<Vec<IndicatorIssue>, QueryError> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT position, reason, detail, raw FROM indicator_issue WHERE list_id = ? ORDER BY position, rowid",
    )?;
    let mut rows = statement.query([list])?;
    let mut issues = Vec::new();
    while let Some(row) = rows.next()? {
        let reason: String = row.get(1)?;
        issues.push(IndicatorIssue {
            position: row.get(0)?,
            reason: IssueReason::from_code(&reason).unwrap_or(IssueReason::Malformed),
            detail: row.get(2)?,
            raw: row.get(3)?,
        });
    }
    Ok(issues)
}

/// The labels by kind and value; those that were removed too where `removed` says so.
pub fn labels(reader: &CaseReader, removed: bool) -> Result<Vec<Label>, QueryError> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT label_id, kind, value, first_key, last_key, name, note, added_utc, examiner, removed_utc IS NOT NULL
         FROM label WHERE removed_utc IS NULL OR ? ORDER BY kind, first_key, value, label_id",
    )?;
    let mut rows = statement.query([removed])?;
    let mut labels = Vec::new();
    while let Some(row) = rows.next()? {
        labels.extend(label(row)?);
    }
    Ok(labels)
}

pub(super) fn label_of(conn: &Connection, id: i64) -> Result<Option<Label>, QueryError> {
    let mut statement = conn.prepare_cached(
        "SELECT label_id, kind, value, first_key, last_key, name, note, added_utc, examiner, removed_utc IS NOT NULL
         FROM label WHERE label_id = ?",
    )?;
    let mut rows = statement.query([id])?;
    Ok(rows.next()?.map(label).transpose()?.flatten())
}

fn label(row: &Row<'_>) -> Result<Option<Label>, QueryError> {
    let Some(kind) = IndicatorKind::from_code(&row.get::<_, String>(1)?) else { return Ok(None) };
    Ok(Some(Label {
        id: row.get(0)?,
        kind,
        value: row.get(2)?,
        span: span(row, 3)?,
        name: row.get(5)?,
        note: row.get(6)?,
        added_utc: row.get(7)?,
        examiner: row.get(8)?,
        removed: row.get(9)?,
    }))
}
