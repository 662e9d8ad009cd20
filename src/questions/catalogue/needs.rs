//! Which fields the evidence lacks. A query that needs one of them would say nothing, and is not offered.

use super::{NamedQuery, Shape};
use crate::case::CaseReader;
use crate::model::{Dataset, FieldId, field};
use crate::query::{self, Cancel, Duplicates, QueryError, Scope};

/// Why a query says nothing in this case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lack {
    /// No record of the dataset.
    Records(Dataset),
    /// No record of the case has a value of this field.
    Field(FieldId),
}

/// What the case lacks of what the query needs, first of all; `None` where it can be asked.
///
/// # Errors
/// The case cannot be read.
pub fn lacking(reader: &CaseReader, query: &NamedQuery, cancel: &Cancel) -> Result<Option<Lack>, QueryError> {
    // An analysis says itself what there is none of.
    let is_of_records = !matches!(query.shape, Shape::Analysis(_));
    if is_of_records
        && !query::any(reader, &Scope { duplicates: Duplicates::All, ..Scope::all(query.dataset) }, cancel)?
    {
        return Ok(Some(Lack::Records(query.dataset)));
    }
    for name in query.needs {
        let Some(field) = field::by_name(query.dataset, name) else { continue };
        if !query::has_values(reader, field, cancel)? {
            return Ok(Some(Lack::Field(field)));
        }
    }
    Ok(None)
}
