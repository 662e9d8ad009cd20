//! Values of records by their ids, column by column: from the column index and the dictionaries where these say all of
//! a record, from its row where it says more.

use super::values::Values;
use super::{Cancel, QueryError, engine, extras, rows};
use crate::case::CaseReader;
use crate::model::{Dataset, FieldId, RecordId, Value};

pub(crate) use engine::Words;

/// The values of some records.
pub(crate) struct Told {
    /// A column for each field.
    pub fields: Vec<Values>,
    /// The further values as JSON, where they were asked for.
    pub extra: Option<Values>,
}

/// The values of fields of records, in the order of the ids; `None` where the rows have to be read. `words` is for one list
/// of fields.
pub(crate) fn values(
    reader: &CaseReader,
    dataset: Dataset,
    ids: &[RecordId],
    fields: &[FieldId],
    with_extra: bool,
    words: &mut Words,
    cancel: &Cancel,
) -> Result<Option<Told>, QueryError> {
    if dataset != Dataset::Flows {
        return Ok(None);
    }
    engine::over_columns(1, reader, Dataset::Flows, cancel, |engine| {
        let engine::Told { mut columns, open, with_extra: places } = engine.values(ids, fields, words)?;
        let of = |places: &[usize]| places.iter().filter_map(|at| ids.get(*at).copied()).collect::<Vec<_>>();
        let page = rows::page(reader, dataset, &of(&open), fields)?;
        for (at, values) in open.iter().zip(page) {
            columns.iter_mut().zip(values).for_each(|(column, value)| column.set(*at, value));
        }
        let extra = match with_extra {
            true => {
                let mut column = Values::all(Value::Null, ids.len());
                let texts = extras::extras(reader, &of(&places))?;
                places.iter().zip(texts).for_each(|(at, value)| column.set(*at, value));
                Some(column)
            }
            false => None,
        };
        Ok(Told { fields: columns, extra })
    })
}
