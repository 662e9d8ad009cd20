//! The rows of a table of sightings in the order of a column.

use super::{By, Sighting, SightingTable};
use crate::case::CaseReader;
use crate::query::QueryError;
use crate::query::pairs::{AddressOrder, absent_last};
use rustc_hash::FxHashMap;

/// By which column of a table of sightings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SightingSort {
    pub column: &'static str,
    pub descending: bool,
}

/// The column `comment` of exhibits of version 0.1, where a name stood for a comment that was not there.
pub const COMMENT_OR_NAME: &str = "comment_or_name";

impl SightingSort {
    /// What is largest is asked for first, what is text from its beginning.
    pub fn first(column: &'static str) -> Self {
        Self {
            column,
            descending: !["indicator", "kind", "list", "comment", "name", "severity", "host", "sha256"]
                .contains(&column),
        }
    }
}

/// Places of the rows in order: absent values last, ties by key ascending.
///
/// # Errors
/// What SQLite says.
pub(super) fn order(
    reader: &CaseReader,
    table: &SightingTable,
    sort: SightingSort,
    addresses: Option<&AddressOrder>,
) -> Result<Vec<u32>, QueryError> {
    let texts = texts(reader, table.by, sort.column)?;
    let host = |row: &Sighting| addresses.zip(u32::try_from(row.key).ok());
    let value = |row: &Sighting| -> Option<i128> {
        if let Some(texts) = &texts {
            return texts.get(&row.key).copied().map(i128::from);
        }
        let sum = |sum: Option<u128>| sum.map(|sum| i128::try_from(sum).unwrap_or(i128::MAX));
        match sort.column {
            "host" => host(row).and_then(|(order, id)| i128::try_from(order.place(id)?).ok()),
            "internal" => host(row).map(|(order, id)| i128::from(order.is_internal(id))),
            "hits" => Some(row.hits().into()),
            "flows" => Some(row.flows.into()),
            "events" => Some(row.events.into()),
            "mentions" => Some(row.mentions.into()),
            "outside" => Some(row.outside.into()),
            "hosts" | "indicators" | "entries_seen" => Some(row.others.into()),
            "principals" => Some(row.principals.into()),
            "accepted" => Some(row.accepted.into()),
            "rejected" => Some(row.rejected.into()),
            "bytes_to" => sum(row.bytes_to),
            "bytes_from" => sum(row.bytes_from),
            "first_seen" => row.first.map(|time| time.0.into()),
            "last_seen" => row.last.map(|time| time.0.into()),
            _ => None,
        }
    };
    let key = |row: &Sighting| match host(row) {
        Some((order, id)) => (order.place(id).unwrap_or(u128::MAX), row.key),
        None => (0, row.key),
    };
    let mut keyed: Vec<(Option<i128>, (u128, i64), u32)> = Vec::with_capacity(table.len());
    for (place, row) in (0..).zip((0..table.len()).filter_map(|place| table.get(place))) {
        keyed.push((value(&row), key(&row), place));
    }
    keyed.sort_unstable_by(|a, b| absent_last(a.0, b.0, sort.descending).then(a.1.cmp(&b.1)));
    Ok(keyed.into_iter().map(|(_, _, place)| place).collect())
}

/// Ranks of a column that the case's own tables hold, by the number of the entry or list; empty texts have none.
fn texts(reader: &CaseReader, by: By, column: &str) -> Result<Option<FxHashMap<i64, i64>>, QueryError> {
    let entry = "FROM indicator_entry e JOIN indicator_list l ON l.list_id = e.list_id";
    let sql = match (by, column) {
        // As they are read: addresses by their value, texts behind them.
        (By::Indicator, "indicator") => {
            format!("SELECT e.entry_id, dense_rank() OVER (ORDER BY e.first_key IS NULL, e.first_key, e.value) {entry}")
        }
        (By::Indicator, "kind") => ranked("e.entry_id", "e.kind", entry),
        (By::Indicator, "list") => ranked("e.entry_id", "l.name", entry),
        (By::Indicator, "comment") => ranked("e.entry_id", "e.comment", entry),
        (By::Indicator, COMMENT_OR_NAME) => ranked("e.entry_id", "coalesce(nullif(e.comment, ''), e.name)", entry),
        (By::Indicator, "name") => ranked("e.entry_id", "e.name", entry),
        (By::Indicator, "looked_for") => "SELECT entry_id, enabled FROM indicator_entry".to_owned(),
        (By::Indicator, "severity") => ranked("e.entry_id", "e.severity", entry),
        (By::List, "list") => ranked("l.list_id", "l.name", "FROM indicator_list l"),
        (By::List, "sha256") => ranked("l.list_id", "l.sha256", "FROM indicator_list l"),
        (By::List, "entries") => "SELECT list_id, sum(enabled) FROM indicator_entry
            WHERE removed_utc IS NULL GROUP BY list_id"
            .to_owned(),
        _ => return Ok(None),
    };
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let ranks = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(Some(ranks.collect::<Result<_, _>>()?))
}

fn ranked(id: &str, value: &str, from: &str) -> String {
    format!("SELECT {id}, dense_rank() OVER (ORDER BY {value}) {from} WHERE nullif({value}, '') IS NOT NULL")
}
