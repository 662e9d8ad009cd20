//! Values of records by their ids, column by column: from the column index and the dictionaries where these say all of
//! a record, from its row where it says more.

use super::identities::{self, Identities};
use super::values::Values;
use super::{Cancel, QueryError, engine, extras, rows};
use crate::case::CaseReader;
use crate::model::{Dataset, FieldId, RecordId, Value};

pub(crate) use engine::Words;

/// Events of a batch: their values are texts mostly, and what they take at once is to stay small.
const MOST_EVENTS: usize = 16_384;

/// The values of some records.
pub(crate) struct Told {
    /// Records that it is of, from the first on.
    pub rows: usize,
    /// A column for each field.
    pub fields: Vec<Values>,
    /// The further values as JSON, where they were asked for.
    pub extra: Option<Values>,
    /// What the columns of `user_identity` are made of.
    pub identities: Option<Identities>,
}

/// The values of fields of records, in the order of the ids; `None` where the rows have to be read. `words` is for one list
/// of fields. Of many events those that come first.
pub(crate) fn values(
    reader: &CaseReader,
    dataset: Dataset,
    ids: &[RecordId],
    fields: &[FieldId],
    with_extra: bool,
    words: &mut Words,
    cancel: &Cancel,
) -> Result<Option<Told>, QueryError> {
    engine::over_columns(1, reader, dataset, cancel, |engine| {
        let mut ids = ids;
        let mut identities = None;
        if dataset == Dataset::Events {
            ids = ids.get(..MOST_EVENTS).unwrap_or(ids);
            if fields.iter().any(|field| field.home == identities::HOME) {
                let some = Identities::of(reader, ids)?;
                ids = ids.get(..some.len()).unwrap_or(ids);
                identities = Some(some);
            }
        }
        let engine::Told { mut columns, open, with_extra: places } = match dataset {
            Dataset::Flows => engine.values(ids, fields, words)?,
            Dataset::Events => engine.event_values(ids, fields, words)?,
        };
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
        Ok(Told { rows: ids.len(), fields: columns, extra, identities })
    })
}
