//! The records of a query in order. They may be tens of millions: what is kept is a bit for each row, or, of a sorted set,
//! a number for each record.

use crate::case::index::Table;
use crate::columns::{Order, Selection};
use crate::model::RecordId;
use rustc_hash::FxHashSet;
use std::ops::Range;
use std::sync::Arc;

/// Records by place, from 0. Cheap to clone; what it says does not change when the case does.
#[derive(Clone, Debug, Default)]
pub struct RowSet(Arc<Form>);

#[derive(Debug)]
enum Form {
    Ids(Vec<i64>),
    /// In the order of ids.
    Chosen(Selection, Arc<Table>),
    /// Rows of the table.
    Sorted(Order, Arc<Table>),
}

impl Default for Form {
    fn default() -> Self {
        Self::Ids(Vec::new())
    }
}

impl RowSet {
    pub fn of_ids(ids: Vec<i64>) -> Self {
        Self(Arc::new(Form::Ids(ids)))
    }

    pub(super) fn chosen(selection: Selection, table: Arc<Table>) -> Self {
        Self(Arc::new(Form::Chosen(selection, table)))
    }

    pub(super) fn sorted(rows: Order, table: Arc<Table>) -> Self {
        Self(Arc::new(Form::Sorted(rows, table)))
    }

    pub fn len(&self) -> usize {
        match &*self.0 {
            Form::Ids(ids) => ids.len(),
            Form::Chosen(selection, _) => selection.len(),
            Form::Sorted(rows, _) => rows.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The record at a place. Some microseconds.
    pub fn get(&self, place: usize) -> Option<RecordId> {
        let id = match &*self.0 {
            Form::Ids(ids) => *ids.get(place)?,
            Form::Chosen(selection, table) => table.ids.id(selection.row(place)?)?,
            Form::Sorted(rows, table) => table.ids.id(rows.row(place)?)?,
        };
        Some(RecordId(id))
    }

    /// The records at these places; those behind the end are left out.
    pub fn ids(&self, places: Range<usize>) -> Vec<RecordId> {
        if let Form::Chosen(selection, table) = &*self.0 {
            let rows = selection.rows(places).into_iter();
            return rows.filter_map(|row| table.ids.id(row).map(RecordId)).collect();
        }
        (places.start..places.end.min(self.len())).filter_map(|place| self.get(place)).collect()
    }

    /// Every record in order.
    pub fn iter(&self) -> impl Iterator<Item = RecordId> + '_ {
        (0..self.len()).filter_map(|place| self.get(place))
    }

    /// The place of a record. In proportion to the records where they are sorted.
    pub fn place(&self, id: RecordId) -> Option<usize> {
        match &*self.0 {
            Form::Ids(ids) => ids.iter().position(|known| *known == id.0),
            Form::Chosen(selection, table) => selection.place(table.ids.row_of(id.0)?),
            Form::Sorted(rows, table) => rows.place(table.ids.row_of(id.0)?),
        }
    }

    /// The places of these records, ascending; those that are not among them are left out. In proportion to the records
    /// where they are sorted, however many are searched.
    pub fn places(&self, ids: &[RecordId]) -> Vec<usize> {
        match &*self.0 {
            Form::Ids(all) => {
                let wanted: FxHashSet<i64> = ids.iter().map(|id| id.0).collect();
                all.iter().enumerate().filter(|(_, id)| wanted.contains(*id)).map(|(place, _)| place).collect()
            }
            Form::Chosen(selection, table) => {
                let place = |id: &RecordId| selection.place(table.ids.row_of(id.0)?);
                let mut places: Vec<usize> = ids.iter().filter_map(place).collect();
                places.sort_unstable();
                places.dedup();
                places
            }
            Form::Sorted(rows, table) => rows.places(&ids.iter().filter_map(|id| table.ids.row_of(id.0)).collect()),
        }
    }

    /// Is it the very same result?
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
