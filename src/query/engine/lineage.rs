//! Who acted, over columns.

use super::plan::Node;
use super::{Engine, EngineError};
use crate::filter::Check;
use crate::filter::eval::TextTest;
use crate::model::{FieldId, RecordId, Value};
use crate::query::QueryError;
use crate::query::event_table::Words;
use crate::query::lineage::{self, Actors};
use crate::query::values::Values;
use std::sync::Arc;

impl Engine<'_> {
    fn actors(&self) -> Result<Arc<Actors>, EngineError> {
        Ok(lineage::actors(&self.reader.conn, &self.reader.cache, self.cancel)?)
    }

    /// Events whose value of a field of lineage passes a check of texts.
    pub(super) fn of_lineage(&self, field: FieldId, check: &Check) -> Result<Node, EngineError> {
        let test = TextTest::new(check).map_err(|error| QueryError::Filter(error.to_string()))?;
        let actors = self.actors()?;
        let passes: Vec<bool> =
            actors.all().iter().map(|acted| acted.value(field).is_some_and(|text| test.passes(text))).collect();
        let passing = actors.records().filter(|(_, number)| passes.get(*number as usize) == Some(&true));
        let rows = passing.filter_map(|(record, _)| self.records.ids.row_of(record.0));
        Ok(self.places(rows.map(|row| row..row + 1)))
    }

    /// The values of a field of lineage.
    pub(super) fn lineage_values(&self, ids: &[RecordId], field: FieldId) -> Result<Values, EngineError> {
        let actors = self.actors()?;
        let mut words = Words::default();
        let value = |text: Option<&str>| text.map_or(Value::Null, |text| Value::Text(text.to_owned()));
        let places: Vec<u32> = actors.all().iter().map(|acted| words.place(value(acted.value(field)))).collect();
        let of = |id: &RecordId| actors.number(*id).and_then(|number| places.get(number as usize)).copied();
        let of: Vec<u32> = ids.iter().map(|id| of(id).unwrap_or(0)).collect();
        Ok(Values::Words { words: words.into_values(), of: Arc::new(of) })
    }
}
