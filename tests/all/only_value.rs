//! "Only this value" over real records: the filter that the window makes of a cell finds the row that the cell is in,
//! and "Exclude this value" does not.

use coldtrail::case::CaseReader;
use coldtrail::filter::{self, Filter, JsonPath, Target, clause};
use coldtrail::model::{Dataset, FieldId, RecordId, Value};
use coldtrail::query::{self, Cancel, RecordQuery, RowSet};
use coldtrail::session::record_columns::ShownColumn;
use std::collections::HashSet;

/// Values tried of each column; the records are spread over the whole case.
const VALUES: usize = 8;
const RECORDS: usize = 1_500;

fn rows(reader: &CaseReader, dataset: Dataset, filter: Option<Filter>) -> RowSet {
    let query = RecordQuery { filter, ..RecordQuery::all(dataset) };
    query::rows(reader, &query, &Cancel::default()).unwrap_or_else(|e| panic!("{query:?}: {e}"))
}

/// The filter as it is printed is what runs: read it again before it is asked.
fn finds(reader: &CaseReader, dataset: Dataset, clause: &Filter, id: RecordId) -> bool {
    let text = clause.to_string();
    let read = filter::parse(&text, dataset).unwrap_or_else(|e| panic!("{text}: {e}"));
    rows(reader, dataset, Some(read)).place(id).is_some()
}

struct Tried {
    values: usize,
    wrong: Vec<String>,
}

impl Tried {
    fn one(&mut self, reader: &CaseReader, dataset: Dataset, id: RecordId, clause: &dyn Fn(bool) -> Filter) {
        self.values += 1;
        for exclude in [false, true] {
            let filter = clause(exclude);
            if finds(reader, dataset, &filter, id) == exclude {
                self.wrong.push(format!("{} (record {id}, exclude: {exclude})", filter));
            }
        }
    }
}

/// Records from the whole of the case, at even distances.
fn spread(all: &RowSet) -> Vec<RecordId> {
    let step = all.len().div_ceil(RECORDS).max(1);
    (0..all.len()).step_by(step).filter_map(|place| all.get(place)).collect()
}

fn columns_of(reader: &CaseReader, dataset: Dataset, ids: &[RecordId], tried: &mut Tried) {
    for column in ShownColumn::all(dataset) {
        let fields: [FieldId; 1] = [column.field];
        let page = query::page(reader, dataset, ids, &fields).unwrap();
        let mut seen = HashSet::new();
        let mut values: Vec<(RecordId, Value)> = ids
            .iter()
            .zip(page)
            .map(|(id, mut row)| (*id, column.value(row.remove(0))))
            .filter(|(_, value)| seen.insert(value.to_text()))
            .collect();
        // The longest are the most likely to be written in another way than they are read; the others as they come.
        values.sort_by_key(|(id, value)| (std::cmp::Reverse(value.to_text().len()), *id));
        let rest = values.split_off(values.len().min(VALUES / 2));
        let step = rest.len().div_ceil(VALUES / 2).max(1);
        values.extend(rest.into_iter().step_by(step));
        for (id, value) in values {
            tried.one(reader, dataset, id, &|exclude| column.clause(&value, exclude));
        }
    }
}

fn leaves(path: &JsonPath, json: &serde_json::Value, out: &mut Vec<(JsonPath, String)>) {
    match json {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                leaves(&path.clone().member(name), member, out);
            }
        }
        serde_json::Value::String(text) => out.push((path.clone(), text.clone())),
        serde_json::Value::Number(number) => out.push((path.clone(), number.to_string())),
        serde_json::Value::Bool(is) => out.push((path.clone(), is.to_string())),
        serde_json::Value::Null | serde_json::Value::Array(_) => {}
    }
}

/// What is anywhere inside an event's JSON.
fn members(reader: &CaseReader, ids: &[RecordId], tried: &mut Tried) {
    let mut seen = HashSet::new();
    for id in ids {
        let Some(json) = query::record(reader, *id).unwrap().json else { continue };
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let mut found = Vec::new();
        for (name, member) in json.as_object().into_iter().flatten() {
            leaves(&JsonPath::key(name), member, &mut found);
        }
        for (path, text) in found.into_iter().filter(|(path, _)| seen.insert(path.clone())).take(2) {
            tried.one(reader, Dataset::Events, *id, &|exclude| {
                clause::target_clause(&Value::Text(text.clone()), Target::Path(path.clone()), exclude)
            });
        }
    }
}

/// Asserts it for a case with records of both kinds; `at_least` values of it are tried.
pub(crate) fn every_value_finds_its_record(reader: &CaseReader, at_least: usize) {
    let mut tried = Tried { values: 0, wrong: Vec::new() };
    for dataset in [Dataset::Flows, Dataset::Events] {
        let ids = spread(&rows(reader, dataset, None));
        columns_of(reader, dataset, &ids, &mut tried);
        if dataset == Dataset::Events {
            members(reader, &ids[..ids.len().min(300)], &mut tried);
        }
    }
    assert!(tried.values >= at_least, "{} values", tried.values);
    assert!(tried.wrong.is_empty(), "{} of {}:\n{}", tried.wrong.len(), tried.values, tried.wrong.join("\n"));
}
