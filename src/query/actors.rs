//! Who acted in each event of a case.

use super::lineage::Loaded;
use super::{Actors, Cancel, QueryError, lineage};
use crate::case::CaseReader;
use std::sync::Arc;

/// All events of a case as lineage knows them, kept in the same way.
///
/// # Errors
/// As of any query.
pub(crate) fn loaded_events(reader: &CaseReader, cancel: &Cancel) -> Result<Arc<Loaded>, QueryError> {
    cancel.watch(reader, || lineage::loaded(&reader.conn, &reader.cache, cancel))
}

/// Are those of the case, as it is now, found already?
///
/// # Errors
/// As of any query.
pub fn knows_actors(reader: &CaseReader) -> Result<bool, QueryError> {
    Ok(lineage::known_actors(&reader.conn, &reader.cache)?.is_some())
}

/// Found the first time that it is asked for, and kept until the case changes; never on the frame thread.
///
/// # Errors
/// As of any query.
pub fn event_actors(reader: &CaseReader, cancel: &Cancel) -> Result<Arc<Actors>, QueryError> {
    cancel.watch(reader, || lineage::actors(&reader.conn, &reader.cache, cancel))
}
