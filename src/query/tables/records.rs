//! Records as a table.

use super::{Column as TableColumn, Storage, Table};
use crate::case::CaseReader;
use crate::filter::{Check, Filter, Target};
use crate::model::{Dataset, FieldId, Home, RecordId, Unit, field};
use crate::query::named::Column;
use crate::query::{self, Cancel, Duplicates, QueryError, RowSet, Scope, Value};

/// Records with all their fields, under AWS's own column names.
pub struct Records<'a> {
    reader: &'a CaseReader,
    dataset: Dataset,
    rows: RowSet,
    fields: Vec<(FieldId, Option<Column>)>,
    with_ref: bool,
    /// A last column `extra`: what flow records say besides, as JSON.
    with_extras: bool,
    columns: Vec<TableColumn>,
}

/// The fields that an export of records holds: of flows those of the default format and every other that the case has a
/// value of; of events those that are members of the event, so that nothing stands there twice.
pub fn record_columns(reader: &CaseReader, dataset: Dataset, cancel: &Cancel) -> Result<Vec<FieldId>, QueryError> {
    let mut fields = Vec::new();
    for field in field::of(dataset) {
        let wanted = match (dataset, field.home) {
            (Dataset::Flows, _) if field.since == 2 => true,
            (Dataset::Flows, _) => {
                let present = Filter::test(Target::Field(field), Check::Present);
                let scope = Scope { duplicates: Duplicates::All, ..Scope::of(dataset, present) };
                query::named::any(reader, &scope, cancel)?
            }
            (Dataset::Events, Home::Event(path) | Home::Call(path)) => !path.contains('.'),
            (Dataset::Events, _) => true,
        };
        fields.extend(wanted.then_some(field));
    }
    Ok(fields)
}

impl<'a> Records<'a> {
    /// `with_ref`: a column `ref` in front, by which a row is found in the case. Where flow records of the case say more
    /// than its fields, a column `extra` holds that.
    ///
    /// # Errors
    /// The case cannot be read.
    pub fn new(
        reader: &'a CaseReader,
        dataset: Dataset,
        rows: RowSet,
        fields: Vec<FieldId>,
        with_ref: bool,
    ) -> Result<Self, QueryError> {
        let named = fields.into_iter().map(|field| (field, None, column_of(field)));
        let mut source = Self::over(reader, dataset, rows, named.collect(), with_ref);
        if dataset == Dataset::Flows && query::has_extras(reader)? {
            source.with_extras = true;
            source.columns.push(TableColumn::new("extra", Unit::Json));
        }
        Ok(source)
    }

    /// The columns of a named query.
    pub fn named(reader: &'a CaseReader, dataset: Dataset, rows: RowSet, columns: &[Column]) -> Self {
        let named = columns.iter().filter_map(|column| {
            let field = column.field(dataset)?;
            let shown = match column {
                // Under the names that the query's table has on the screen.
                Column::Field(name) => TableColumn::new(*name, Unit::of(field)),
                Column::Inside { name, .. } => TableColumn::new(*name, Unit::Text),
            };
            Some((field, Some(*column), shown))
        });
        Self::over(reader, dataset, rows, named.collect(), true)
    }

    fn over(
        reader: &'a CaseReader,
        dataset: Dataset,
        rows: RowSet,
        list: Vec<(FieldId, Option<Column>, TableColumn)>,
        with_ref: bool,
    ) -> Self {
        let mut columns: Vec<TableColumn> = Vec::new();
        columns.extend(with_ref.then(|| TableColumn::new("ref", Unit::Record)));
        let mut fields = Vec::new();
        for (field, own, column) in list {
            fields.push((field, own));
            columns.push(column);
        }
        Self { reader, dataset, rows, fields, with_ref, with_extras: false, columns }
    }
}

/// Flow records under AWS's own names; events under those of the Athena table, which are the members' names in lower case.
fn column_of(field: FieldId) -> TableColumn {
    let path = if field.dataset == Dataset::Events { field.event_path() } else { None };
    let name = path.map_or_else(|| field.name().to_owned(), |path| path.replace('.', "_").to_ascii_lowercase());
    TableColumn::new(name, Unit::of(field))
}

impl Table for Records<'_> {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let ids = self.rows.ids(from..from.saturating_add(count));
        let fields: Vec<FieldId> = self.fields.iter().map(|(field, _)| *field).collect();
        let page = query::page(self.reader, self.dataset, &ids, &fields)?;
        let extras = if self.with_extras { query::extras(self.reader, &ids)? } else { Vec::new() };
        let mut extras = extras.into_iter();
        let row = |(id, values): (&RecordId, Vec<Value>)| {
            let id = self.with_ref.then(|| Value::Text(id.to_string()));
            let values = values.into_iter().zip(&self.fields).map(|(value, (_, own))| match own {
                Some(column) => column.value(value),
                None => value,
            });
            id.into_iter().chain(values).chain(extras.next()).collect()
        };
        Ok(ids.iter().zip(page).map(row).collect())
    }

    fn storage(&self) -> Storage {
        match self.dataset {
            Dataset::Flows => Storage::AwsFlows,
            Dataset::Events => Storage::AwsEvents,
        }
    }
}
