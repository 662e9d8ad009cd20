//! The entries of a list in the order in which a table shows them; some lists have a million.

use super::{EntryColumn, IndicatorRow};
use crate::case::CaseReader;
use crate::query::{self, Cancel, QueryError};
use std::ops::Range;

/// The entries of a list, those that were removed too, in an order.
#[derive(Clone, Debug)]
pub struct IndicatorEntries {
    list: i64,
    len: usize,
    /// Their numbers, in another order than the list's.
    order: Option<Vec<i64>>,
}

impl IndicatorEntries {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// A list, and by which column its entries are ordered, and whether descending; else in the order of the list.
pub type IndicatorEntriesQuery = (i64, Option<(EntryColumn, bool)>);

/// # Errors
/// What SQLite says.
pub fn indicator_entries_of(
    reader: &CaseReader,
    (list, sort): &IndicatorEntriesQuery,
    _: &Cancel,
) -> Result<IndicatorEntries, QueryError> {
    let len = usize::try_from(query::indicator_entry_count(reader, *list)?).unwrap_or(usize::MAX);
    let order = |(column, descending): &_| query::indicator_entry_order(reader, *list, *column, *descending);
    Ok(IndicatorEntries { list: *list, len, order: sort.as_ref().map(order).transpose()? })
}

/// The rows at these places.
///
/// # Errors
/// What SQLite says.
pub fn indicator_entry_rows(
    reader: &CaseReader,
    of: &IndicatorEntries,
    places: Range<usize>,
) -> Result<Vec<IndicatorRow>, QueryError> {
    let Some(order) = &of.order else {
        return query::indicator_entries(reader, of.list, places.start as u64, places.len() as u64);
    };
    let ids = order.get(places.start..places.end.min(order.len())).unwrap_or_default();
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(query::indicator_entry(reader, *id)?);
    }
    Ok(rows)
}
