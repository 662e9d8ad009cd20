//! Every record of a scope with its time and the values of some targets.

use super::figures;
use crate::case::CaseReader;
use crate::filter::Target;
use crate::model::{Dataset, Value};
use crate::query::tables::{RecordColumn, Records, Table};
use crate::query::{self, Cancel, QueryError, Scope, Values};

/// Records that are read at once.
const BATCH: usize = 65_536;

/// Calls `each` for every record, in the order of their ids.
///
/// # Errors
/// The case cannot be read; it was stopped; a target that records have no single value of; what `each` says.
pub(super) fn each(
    reader: &CaseReader,
    scope: &Scope,
    targets: &[Target],
    cancel: &Cancel,
    mut each: impl FnMut(&Value, &[Value]) -> Result<(), QueryError>,
) -> Result<(), QueryError> {
    match scope.dataset {
        Dataset::Events => of_events(reader, scope, targets, cancel, &mut each),
        Dataset::Flows => of_flows(reader, scope, targets, cancel, &mut each),
    }
}

type Each<'e> = dyn FnMut(&Value, &[Value]) -> Result<(), QueryError> + 'e;

fn of_events(
    reader: &CaseReader,
    scope: &Scope,
    targets: &[Target],
    cancel: &Cancel,
    each: &mut Each<'_>,
) -> Result<(), QueryError> {
    let events = query::event_table(reader, scope, targets, cancel)?;
    let mut values = Vec::with_capacity(targets.len());
    for row in 0..events.len() {
        if row % BATCH == 0 && cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        values.clear();
        values.extend((0..targets.len()).map(|column| events.value(column, events.word(column, row)).clone()));
        let time = events.time(row).map(crate::model::Timestamp);
        each(&Value::time(time), &values)?;
    }
    Ok(())
}

fn of_flows(
    reader: &CaseReader,
    scope: &Scope,
    targets: &[Target],
    cancel: &Cancel,
    each: &mut Each<'_>,
) -> Result<(), QueryError> {
    let mut shown = vec![RecordColumn::Field(figures::start(Dataset::Flows))];
    for target in targets {
        shown.push(match target {
            Target::Field(field) => RecordColumn::Field(field.name()),
            Target::Extra(name) => RecordColumn::Extra(name.to_string()),
            other => {
                return Err(QueryError::Filter(format!("a flow record has no single value of {other}")));
            }
        });
    }
    let rows = query::rows(reader, &scope.records(Vec::new()), cancel)?;
    let table = Records::new(reader, Dataset::Flows, rows, shown);
    let mut from = 0;
    let mut values = Vec::with_capacity(targets.len());
    while from < table.len() {
        if cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        let batch = table.batch(from, BATCH, cancel)?.finish()?;
        if batch.is_empty() {
            break;
        }
        let columns: &[Values] = batch.columns();
        for row in 0..batch.len() {
            values.clear();
            values.extend(columns.iter().skip(1).map(|column| column.get(row)));
            let time = columns.first().map_or(Value::Null, |column| column.get(row));
            each(&time, &values)?;
        }
        from += batch.len();
    }
    Ok(())
}
