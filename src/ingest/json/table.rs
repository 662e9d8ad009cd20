//! Results of queries as JSON: Athena's `get-query-results` (`ResultSet.Rows`, the first of which holds the names) and
//! CloudTrail Lake's (`QueryResultRows`, where each cell has its name).

use super::flow::field_named;
use super::text::{get, members, value_text};
use super::wrap::{Held, Inside};
use crate::ingest::cloudtrail::columns::Layout;
use crate::ingest::cloudtrail::event::EventReader;
use crate::ingest::emit::FlowFields;
use crate::ingest::flow;
use crate::model::Wrapper;
use serde_json::value::RawValue;

/// The names of the columns, as far as they have been seen.
#[derive(Debug, Default)]
pub(crate) struct Table {
    names: Vec<String>,
}

/// What a row is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// The names of the columns.
    Names,
    Record(Held),
    /// Values without names: why they are no record.
    Unread(String),
    /// Nothing of ours.
    Other,
}

impl Table {
    /// A row of Athena's: `{"Data": [{"VarCharValue": "..."}, {}]}`; an empty cell is NULL.
    ///
    /// # Errors
    /// The text is no JSON.
    pub(crate) fn athena_row(&mut self, text: &str, reader: &EventReader) -> Result<Row, String> {
        serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|error| error.to_string())?;
        let Some(values) = athena_values(text) else { return Ok(Row::Other) };
        let names: Vec<String> = values.iter().map(|value| value.clone().unwrap_or_default()).collect();
        if Layout::of_header(&names).is_some() || flow::are_columns(&names) {
            self.names = names;
            return Ok(Row::Names);
        }
        if self.names.is_empty() {
            let why = "a result of Athena without the row that names the columns of an event or a flow record: import the \
                       first page as well, in one file, or the CSV that Athena keeps in S3";
            return Ok(Row::Unread(why.to_owned()));
        }
        if self.names.len() != values.len() {
            let (found, wanted) = (values.len(), self.names.len());
            return Ok(Row::Unread(format!("{found} cells, the row with the names of the columns has {wanted}")));
        }
        let inside = record(&self.names, &values, reader);
        Ok(inside.map_or(Row::Other, |inside| Row::Record(Held { wrapper: Wrapper::Athena, inside: vec![inside] })))
    }
}

/// A row of Lake's: `[{"eventID": "..."}, {"eventName": "..."}]`; `None` for any other list.
pub(crate) fn lake_row(items: &[&RawValue], reader: &EventReader) -> Option<Held> {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for item in items {
        for (name, value) in members(item.get())? {
            names.push(name.into_owned());
            values.push(value_text(value.get()).map(|text| text.into_owned()));
        }
    }
    let inside = record(&names, &values, reader)?;
    Some(Held { wrapper: Wrapper::Lake, inside: vec![inside] })
}

fn athena_values(text: &str) -> Option<Vec<Option<String>>> {
    let row = members(text)?;
    let cells: Vec<&RawValue> = serde_json::from_str(get(&row, "Data")?).ok()?;
    let value = |cell: &&RawValue| {
        let of = members(cell.get())?;
        Some(get(&of, "VarCharValue").and_then(value_text).map(|text| text.into_owned()))
    };
    cells.iter().map(value).collect()
}

fn record(names: &[String], values: &[Option<String>], reader: &EventReader) -> Option<Inside> {
    if let Some(layout) = Layout::of_header(names) {
        let texts: Vec<&str> = values.iter().map(|value| value.as_deref().unwrap_or_default()).collect();
        let (json, how) = layout.render(&texts);
        let values = reader.read(&json).ok()?;
        return Some(Inside::Event { json, values, how, fault: None });
    }
    if !flow::are_columns(names) {
        return None;
    }
    let mut record = FlowFields::default();
    for (name, value) in names.iter().zip(values) {
        match (value, field_named(name)) {
            (None, _) => {}
            (Some(value), Some(field)) => record.fields.push((field, value.clone())),
            (Some(value), None) => {
                record.extras.push((name.clone(), serde_json::Value::from(value.as_str()).to_string()));
            }
        }
    }
    Some(Inside::Flow(record))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::batch::Completeness;

    fn athena(cells: &[Option<&str>]) -> String {
        let cell = |cell: &Option<&str>| match cell {
            Some(text) => serde_json::json!({ "VarCharValue": text }),
            None => serde_json::json!({}),
        };
        serde_json::json!({"Data": cells.iter().map(cell).collect::<Vec<_>>()}).to_string()
    }

    fn rows(rows: &[&[Option<&str>]]) -> Vec<Row> {
        let (mut table, reader) = (Table::default(), EventReader::new());
        rows.iter().map(|cells| table.athena_row(&athena(cells), &reader).unwrap()).collect()
    }

    fn one(row: &Row) -> &Inside {
        match row {
            Row::Record(Held { inside, .. }) => &inside[0],
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn athenas_first_row_names_the_columns_and_an_empty_cell_is_null() {
        let read = rows(&[
            &[Some("eventid"), Some("eventname"), Some("sourceipaddress"), Some("useridentity")],
            &[Some("e-1"), Some("GetObject"), None, Some("{type=Root, accountid=042}")],
            &[Some("e-2"), Some("GetObject"), Some("10.0.0.1")],
        ]);
        assert_eq!(read[0], Row::Names);
        let Inside::Event { json, how, .. } = one(&read[1]) else { panic!("{read:?}") };
        assert_eq!(
            json,
            r#"{"eventID":"e-1","eventName":"GetObject","userIdentity":{"type":"Root","accountId":"042"}}"#
        );
        assert_eq!(*how, Completeness::QueryCsv);
        assert_eq!(read[2], Row::Unread("3 cells, the row with the names of the columns has 4".into()));
    }

    #[test]
    fn flow_records_of_athena_and_rows_that_are_none() {
        let read = rows(&[
            &[Some("sourceaddress"), Some("destinationaddress"), Some("start"), Some("numbytes"), Some("note")],
            &[Some("10.0.0.1"), Some("10.0.0.2"), Some("1741064400"), None, Some("x")],
        ]);
        let Inside::Flow(record) = one(&read[1]) else { panic!("{read:?}") };
        let fields: Vec<_> = record.fields.iter().map(|(id, value)| format!("{}={value}", id.name())).collect();
        assert_eq!(fields, ["srcaddr=10.0.0.1", "dstaddr=10.0.0.2", "start=1741064400"]);
        assert_eq!(record.extras, [("note".to_owned(), "\"x\"".to_owned())]);
        let sums: &[&[_]] = &[&[Some("srcaddr"), Some("_col1")], &[Some("10.0.0.1"), Some("5")]];
        let unread = |row: &Row| matches!(row, Row::Unread(why) if why.contains("first page"));
        assert!(rows(sums).iter().all(unread));
        assert_eq!(Table::default().athena_row("{\"Data\":5}", &EventReader::new()), Ok(Row::Other));
        assert!(Table::default().athena_row("{\"Data\":", &EventReader::new()).is_err());
    }

    #[test]
    fn lakes_cells_have_their_names() {
        let row = |json: &str| {
            let items: Vec<&RawValue> = serde_json::from_str(json).unwrap();
            lake_row(&items, &EventReader::new())
        };
        let held =
            row(r#"[{"eventID":"e"},{"eventName":"n"},{"errorCode":null},{"userIdentity":"{type=Root}"}]"#).unwrap();
        let [Inside::Event { json, .. }] = held.inside.as_slice() else { panic!("{held:?}") };
        assert_eq!(json, r#"{"eventID":"e","eventName":"n","userIdentity":{"type":"Root"}}"#);
        let whole = r#"[{"eventJson":"{\"eventVersion\":\"1.08\"}"}]"#;
        assert!(matches!(&row(whole).unwrap().inside[0], Inside::Event { how: Completeness::Full, .. }));
        assert_eq!(row(r#"[{"a":"e"},{"b":"n"}]"#), None);
    }
}
