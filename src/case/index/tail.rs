//! Rows that are not a full segment yet, as plain columns; and reading them from the tables.

use super::{IndexError, IndexFault, IndexedTable, event_source, flow};
use crate::case::flows;
use crate::columns::{IdRuns, NULL, PackedColumn};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

/// Rows in plain columns, at most a segment of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Tail {
    pub ids: IdRuns,
    /// By number; the id's own stays empty.
    pub columns: Vec<Vec<i64>>,
}

impl Tail {
    pub(super) fn new(table: IndexedTable) -> Self {
        Self { ids: IdRuns::default(), columns: vec![Vec::new(); table.columns()] }
    }

    pub(super) fn rows(&self) -> usize {
        self.ids.rows() as usize
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        self.ids.truncate(rows as u32);
        self.columns.iter_mut().for_each(|column| column.truncate(rows));
    }

    /// Takes rows off the front of `columns[from..]`, until there are `full`; gives how many. `columns[0]` are the ids; a
    /// column that is not there holds nothing.
    pub(super) fn fill(&mut self, columns: &[Vec<i64>], from: usize, full: usize) -> Result<usize, IndexFault> {
        let ids = columns.first().and_then(|ids| ids.get(from..)).unwrap_or_default();
        let taken = ids.len().min(full.saturating_sub(self.rows()));
        if !self.ids.extend(&ids[..taken]) {
            return Err(IndexFault::Mismatch);
        }
        // Whoever has this many goes on to a full segment: growing step by step would copy all of it several times.
        let room = if self.rows() > full / 16 { full } else { 0 };
        for (number, column) in self.columns.iter_mut().enumerate().skip(1) {
            column.reserve_exact(room.saturating_sub(column.len()));
            match columns.get(number).and_then(|values| values.get(from..from + taken)) {
                Some(values) => column.extend_from_slice(values),
                None if number == flow::DUPLICATE => column.resize(column.len() + taken, 0),
                None => column.resize(column.len() + taken, NULL),
            }
        }
        Ok(taken)
    }

    /// Marks a record that is here as a duplicate; `false` where it is not.
    pub(super) fn mark_duplicate(&mut self, id: i64) -> bool {
        let Some(row) = self.ids.row_of(id) else { return false };
        match self.columns.get_mut(flow::DUPLICATE).and_then(|column| column.get_mut(row as usize)) {
            Some(value) => {
                *value = 1;
                true
            }
            None => false,
        }
    }

    /// Adds rows from stored columns.
    pub(super) fn restore(&mut self, ids: &IdRuns, columns: &[PackedColumn]) {
        self.ids = ids.clone();
        for (values, column) in self.columns.iter_mut().skip(1).zip(columns) {
            values.resize(column.rows(), NULL);
            column.read(0, values);
        }
    }
}

/// Up to `limit` rows of a table with ids above `after`, as columns; those of flow with their duplicate marks.
pub(super) fn rows_after(
    conn: &Connection,
    table: IndexedTable,
    after: i64,
    limit: usize,
) -> Result<Vec<Vec<i64>>, IndexError> {
    let (names, name, id) = match table {
        IndexedTable::Flow => (flows::COLUMNS.join(", "), "flow", "id"),
        IndexedTable::Pair => ("pair_id, source_id, destination_id".to_owned(), "pair", "pair_id"),
        IndexedTable::Event => (event_source::select_list(), "event_row", "id"),
    };
    let sql = format!("SELECT {names} FROM {name} WHERE {id} > ? ORDER BY {id} LIMIT ?");
    let mut statement = conn.prepare_cached(&sql)?;
    let count = statement.column_count();
    let mut columns: Vec<Vec<i64>> = vec![Vec::new(); count];
    let mut rows = statement.query(params![after, limit as i64])?;
    while let Some(row) = rows.next()? {
        for (number, column) in columns.iter_mut().enumerate() {
            column.push(match row.get_ref(number)? {
                ValueRef::Null => NULL,
                ValueRef::Integer(value) if value != NULL => value,
                other => return Err(IndexFault::Rows(format!("{:?} in table {name}", other.data_type())).into()),
            });
        }
    }
    if table == IndexedTable::Flow {
        let ids = columns.first().map(Vec::as_slice).unwrap_or_default();
        let mut marks = vec![0; ids.len()];
        if let (Some(first), Some(last)) = (ids.first(), ids.last()) {
            let mut statement = conn.prepare_cached("SELECT id FROM flow_duplicate WHERE id BETWEEN ? AND ?")?;
            let mut rows = statement.query([first, last])?;
            while let Some(row) = rows.next()? {
                if let Some(mark) = ids.binary_search(&row.get(0)?).ok().and_then(|at| marks.get_mut(at)) {
                    *mark = 1;
                }
            }
        }
        columns.push(marks);
    }
    Ok(columns)
}
