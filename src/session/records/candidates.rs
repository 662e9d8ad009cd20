//! What a table of records could be frozen as.

use super::Records;
use crate::model::{Dataset, RecordId, field};
use crate::present::chart::Shape;
use crate::present::display;
use crate::query::tables::RecordColumn;
use crate::query::{GroupBy, Measure, SeriesQuery};
use crate::questions::{
    COMPARED, CompareQuestion, EventQuestion, RecordsQuestion, SelectedQuestion, SeriesQuestion, fields_of,
};
use crate::session::record_columns::ShownColumn;
use crate::session::shown::{Candidate, Shown};

/// Selected rows that can be frozen one by one; of more, the table is meant.
const SELECTED: u64 = 5_000;

pub(super) fn of(records: &Records, shown: &Shown<'_>, limit: usize) -> Vec<Candidate> {
    let (dataset, mut list) = (records.dataset, Vec::new());
    let columns: Vec<RecordColumn> = records.shown_columns().into_iter().map(ShownColumn::as_column).collect();
    let query = records.query(shown.range, shown.duplicates);
    let table = RecordsQuestion { query, columns: columns.clone(), limit: Some(limit) };
    let ids: Vec<RecordId> = match records.selection.len() {
        1..=SELECTED => records.selected_ids(SELECTED as usize),
        _ => Vec::new(),
    };
    let count = || display::count(ids.len() as u64);
    if ids.len() > 1 {
        let chosen = SelectedQuestion { dataset, records: ids.clone(), columns: fields_of(dataset, &columns) };
        list.push(Candidate::of(count(), &chosen));
    }
    if COMPARED.contains(&ids.len()) {
        list.push(Candidate::of(count(), &CompareQuestion::of(dataset, ids.clone())));
    }
    list.push(Candidate::of("", &table));
    // What the histogram above the table draws.
    let by = field::by_name(dataset, if dataset == Dataset::Flows { "action" } else { "event_name" });
    let scope = shown.scope(dataset).clone();
    let query = SeriesQuery { by: by.map(GroupBy::Field), ..SeriesQuery::of(scope, Measure::Records) };
    list.push(Candidate::of("", &SeriesQuestion::new(query, Shape::default())));
    if let [id] = ids.as_slice() {
        list.push(Candidate::of(id.to_string(), &EventQuestion { dataset, record: *id }));
    }
    list
}
