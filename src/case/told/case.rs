//! What the case says of itself, its settings, and the filters that are kept.

use super::super::error::CaseError;
use super::super::indicators::{REVISION_KEY, VALIDITY_KEY};
use super::super::journal::Stored;
use super::{Cells, Differences, Rows, Source, cells, is, key, of, parsed};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) fn differences(conn: &Connection, journal: &[Stored]) -> Result<Differences, CaseError> {
    let mut found = Differences::default();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let named = |key: &[Value]| format!("the case's {}", text(key.first()));
    let info = Source { from: "case_info", key: &["key"], named: &named };
    info.compare(conn, facts(journal), &mut found)?;
    let named = |key: &[Value]| format!("setting {}", text(key.first()));
    Source { from: "setting", key: &["key"], named: &named }.compare(conn, settings(journal), &mut found)?;
    let named = |key: &[Value]| format!("filter {} of {}", text(key.get(1)), text(key.first()));
    let filters = Source { from: "saved_filter", key: &["dataset", "name"], named: &named };
    filters.compare(conn, Filters::told(journal), &mut found)?;
    Ok(found)
}

/// The first entry tells what the case was made with.
fn facts(journal: &[Stored]) -> Rows {
    let Some((entry, parameters)) = parsed(journal).find(|(entry, _)| entry.action == "create") else {
        return Rows::new();
    };
    let rows = [
        ("title", of(&parameters, "title")),
        ("reference", of(&parameters, "reference")),
        ("examiner", is(entry.examiner.as_str())),
        ("created_utc", is(entry.at_utc.as_str())),
        ("tool_version", is(entry.tool_version.as_str())),
    ];
    rows.into_iter().map(|(name, value)| (key([name.into()]), cells([("value", value)]))).collect()
}

fn settings(journal: &[Stored]) -> Rows {
    let mut rows = Rows::new();
    let mut changes = 0u64;
    let mut validity_before = false;
    for (entry, parameters) in parsed(journal) {
        let of_validity = entry.action == "setting" && parameters["key"] == VALIDITY_KEY;
        match entry.action.as_str() {
            "setting" => {
                rows.insert(key([parameters["key"].clone()]), cells([("value", of(&parameters, "value"))]));
                changes += u64::from(of_validity);
            }
            // It takes the setting along in the same change.
            "indicator_carry" => changes += u64::from(!validity_before),
            action if action.starts_with("indicator_") || action.starts_with("label_") => changes += 1,
            _ => {}
        }
        validity_before = of_validity;
    }
    if changes > 0 {
        rows.insert(key([REVISION_KEY.into()]), cells([("value", is(changes.to_string()))]));
    }
    rows
}

/// Filters by dataset and name.
#[derive(Default)]
struct Filters(BTreeMap<(String, String), Cells>);

impl Filters {
    fn told(journal: &[Stored]) -> Rows {
        let mut filters = Self::default();
        for (entry, parameters) in parsed(journal) {
            filters.hear(entry, &parameters);
        }
        let rows = filters.0.into_iter();
        rows.map(|((dataset, name), cells)| (key([dataset.into(), name.into()]), cells)).collect()
    }

    fn hear(&mut self, entry: &Stored, parameters: &Value) {
        match entry.action.as_str() {
            "filter_save" => self.put(entry, &parameters["filter"]),
            "filter_remove" => {
                self.0.remove(&named(&parameters["before"]));
            }
            "filter_rename" => {
                let before = json!({"dataset": parameters["dataset"], "name": parameters["before"]});
                let Some(mut cells) = self.0.remove(&named(&before)) else { return };
                cells.extend(written(entry));
                self.0.insert(named(parameters), cells);
            }
            "filter_import" => {
                for filter in parameters["filters"].as_array().into_iter().flatten() {
                    self.import(entry, filter);
                }
            }
            _ => {}
        }
    }

    fn put(&mut self, entry: &Stored, filter: &Value) {
        let mut row = cells([("text", of(filter, "text")), ("note", of(filter, "note"))]);
        row.extend(written(entry));
        self.0.insert(named(filter), row);
    }

    /// As `CaseWriter::add_filters` does it: a name that another filter has gets a number.
    fn import(&mut self, entry: &Stored, filter: &Value) {
        let (dataset, name) = named(filter);
        let (text, note) = (of(filter, "text"), of(filter, "note"));
        let mut free = name.clone();
        let mut number = 1;
        while let Some(there) = self.0.get(&(dataset.clone(), free.clone())) {
            if there.get("text") == Some(&text) && there.get("note") == Some(&note) {
                return;
            }
            number += 1;
            free = format!("{name} ({number})");
        }
        self.put(entry, &json!({"dataset": dataset, "name": free, "text": filter["text"], "note": filter["note"]}));
    }
}

fn named(filter: &Value) -> (String, String) {
    let text = |name: &str| filter[name].as_str().unwrap_or_default().to_owned();
    (text("dataset"), text("name"))
}

fn written(entry: &Stored) -> Cells {
    cells([("saved_utc", is(entry.at_utc.as_str())), ("examiner", is(entry.examiner.as_str()))])
}
