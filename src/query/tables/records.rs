//! Records as a table.

use super::{Column, RecordColumn, Storage, Table};
use crate::case::CaseReader;
use crate::model::{Dataset, FieldId, Home, RecordId, Value, field};
use crate::query::batch::{self, Words};
use crate::query::{self, Batch, Cancel, Draft, QueryError, RowSet, Values, identities};
use serde_json::Value as Json;
use std::cell::RefCell;

/// Records with these columns.
pub struct Records<'a> {
    reader: &'a CaseReader,
    dataset: Dataset,
    rows: RowSet,
    shown: Vec<RecordColumn>,
    /// A last column `extra`: what flow records say besides, as JSON.
    with_extras: bool,
    columns: Vec<Column>,
    words: RefCell<Words>,
}

/// The fields that an export of records holds: of flows those of the default format and every other that the case has a
/// value of; of events those that are members of the event, so that nothing is there twice.
pub fn record_columns(reader: &CaseReader, dataset: Dataset, cancel: &Cancel) -> Result<Vec<FieldId>, QueryError> {
    let mut fields = Vec::new();
    for field in field::own(dataset) {
        let wanted = match (dataset, field.home) {
            (Dataset::Flows, _) if field.since == 2 => true,
            (Dataset::Flows, _) => query::has_values(reader, field, cancel)?,
            (Dataset::Events, Home::Event(path) | Home::Call(path)) => !path.contains('.'),
            (Dataset::Events, _) => true,
        };
        fields.extend(wanted.then_some(field));
    }
    Ok(fields)
}

impl<'a> Records<'a> {
    /// Everything that the records say, under the names that AWS delivers it with. `with_ref`: the record's own name in
    /// front. Where flow records of the case say more than its fields, a column `extra` holds that.
    ///
    /// # Errors
    /// The case cannot be read.
    pub fn whole(
        reader: &'a CaseReader,
        dataset: Dataset,
        rows: RowSet,
        fields: &[FieldId],
        with_ref: bool,
    ) -> Result<Self, QueryError> {
        let fields = fields.iter().map(|field| RecordColumn::Field(field.name()));
        let shown: Vec<RecordColumn> = with_ref.then_some(RecordColumn::Ref).into_iter().chain(fields).collect();
        let mut table = Self::new(reader, dataset, rows, shown);
        for (column, shown) in table.columns.iter_mut().zip(&table.shown) {
            if let Some(field) = shown.field(dataset) {
                column.name = delivered_name(field);
            }
        }
        if dataset == Dataset::Flows && query::has_extras(reader)? {
            table.with_extras = true;
            table.columns.push(Column::new("extra", crate::model::Unit::Json));
        }
        Ok(table)
    }

    pub fn new(reader: &'a CaseReader, dataset: Dataset, rows: RowSet, shown: Vec<RecordColumn>) -> Self {
        let columns = shown.iter().map(|column| Column::new(column.name(), column.unit(dataset))).collect();
        Self { reader, dataset, rows, shown, with_extras: false, columns, words: RefCell::default() }
    }

    fn needs(&self, column: impl Fn(&RecordColumn) -> bool) -> bool {
        self.shown.iter().any(column)
    }

    /// The records from the columns of the case; `None` where its rows have to be read.
    fn columns_of(&self, ids: &[RecordId], cancel: &Cancel) -> Result<Option<Draft>, QueryError> {
        use RecordColumn::{Conflict, Extra, Inside};
        if self.needs(|column| matches!(column, Conflict | Inside(_) | Extra(_))) {
            return Ok(None);
        }
        let fields: Vec<FieldId> = self.shown.iter().filter_map(|column| column.field(self.dataset)).collect();
        let mut words = self.words.borrow_mut();
        let told = batch::values(self.reader, self.dataset, ids, &fields, self.with_extras, &mut words, cancel)?;
        let Some(batch::Told { rows, fields, extra, identities }) = told else { return Ok(None) };
        let ids = ids.get(..rows).unwrap_or(ids);
        let mut fields = fields.into_iter();
        let numbers = |number: fn(&RecordId) -> u32| Values::Integers(ids.iter().map(|id| number(id).into()).collect());
        let column = |column: &RecordColumn| match column {
            RecordColumn::Ref => Some(Values::Each(ids.iter().map(|id| Value::Text(id.to_string())).collect())),
            RecordColumn::Evidence => Some(numbers(|id| id.evidence().0)),
            RecordColumn::Position => Some(numbers(|id| id.position())),
            _ => fields.next(),
        };
        let columns: Option<Vec<Values>> = self.shown.iter().map(column).chain(extra.map(Some)).collect();
        let is_identity = |(_, column): &(usize, &RecordColumn)| {
            column.field(self.dataset).is_some_and(|field| field.home == identities::HOME)
        };
        let places = self.shown.iter().enumerate().filter(is_identity).map(|(at, _)| at);
        let later = identities.map(|identities| (places.collect(), identities));
        Ok(columns.map(|columns| Draft::new(Batch::new(rows, columns), later)))
    }
}

/// Flow records under AWS's own names; events under those of the Athena table, which are the members' names in lower
/// case.
fn delivered_name(field: FieldId) -> String {
    let path = if field.dataset == Dataset::Events { field.event_path() } else { None };
    path.map_or_else(|| field.name().to_owned(), |path| path.replace('.', "_").to_ascii_lowercase())
}

impl Table for Records<'_> {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let ids = self.rows.ids(from..from.saturating_add(count));
        let fields: Vec<FieldId> = self.shown.iter().filter_map(|column| column.field(self.dataset)).collect();
        let page = query::page(self.reader, self.dataset, &ids, &fields)?;
        let single = self.needs(|column| matches!(column, RecordColumn::Extra(_)));
        let mut extras = match self.with_extras || single {
            true => query::extras(self.reader, &ids)?.into_iter(),
            false => Vec::new().into_iter(),
        };
        let mut conflicts = match self.needs(|column| *column == RecordColumn::Conflict) {
            true => query::in_conflict(self.reader, &ids)?.into_iter(),
            false => Vec::new().into_iter(),
        };
        let row = |(id, values): (&RecordId, Vec<Value>)| {
            let extra = extras.next();
            let members = extra.as_ref().filter(|_| single).and_then(|extra| match extra {
                Value::Text(json) => serde_json::from_str::<Json>(json).ok(),
                _ => None,
            });
            let conflict = conflicts.next().unwrap_or(false);
            let mut values = values.into_iter();
            let mut next = || values.next().unwrap_or(Value::Null);
            let cells = self.shown.iter().map(|column| match column {
                RecordColumn::Ref => Value::Text(id.to_string()),
                RecordColumn::Evidence => Value::Integer(i64::from(id.evidence().0)),
                RecordColumn::Position => Value::Integer(i64::from(id.position())),
                RecordColumn::Conflict => Value::Boolean(conflict),
                RecordColumn::Field(_) => next(),
                RecordColumn::Inside(inside) => inside.value(&next()),
                RecordColumn::Extra(key) => {
                    members.as_ref().and_then(|members| members.get(key)).map_or(Value::Null, of_json)
                }
            });
            let mut cells: Vec<Value> = cells.collect();
            cells.extend(extra.filter(|_| self.with_extras));
            cells
        };
        Ok(ids.iter().zip(page).map(row).collect())
    }

    fn batch(&self, from: usize, most: usize, cancel: &Cancel) -> Result<Draft, QueryError> {
        let ids = self.rows.ids(from..from.saturating_add(most));
        match self.columns_of(&ids, cancel)? {
            Some(batch) => Ok(batch),
            None => Ok(Batch::of_rows(self.rows(from, most.min(super::PAGE))?, self.columns.len()).into()),
        }
    }

    fn storage(&self) -> Storage {
        match self.dataset {
            Dataset::Flows => Storage::AwsFlows,
            Dataset::Events => Storage::AwsEvents,
        }
    }
}

/// A further value as the log gave it.
fn of_json(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::String(text) => Value::Text(text.clone()),
        Json::Bool(value) => Value::Boolean(*value),
        other => other.as_i64().map_or_else(|| Value::Text(other.to_string()), Value::Integer),
    }
}
