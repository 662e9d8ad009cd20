//! The filters that an examiner keeps in the case.

use super::QueryError;
use crate::case::{CaseReader, dataset_named};
use crate::model::SavedFilter;

/// All of them, by dataset and name; with when they were saved and by whom.
pub fn saved_filters(reader: &CaseReader) -> Result<Vec<(SavedFilter, String, String)>, QueryError> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT dataset, name, text, note, saved_utc, examiner FROM saved_filter ORDER BY dataset DESC, name",
    )?;
    let mut rows = statement.query([])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        // A case that somebody tampered with may name a dataset of its own; there is nothing to filter there.
        let Some(dataset) = dataset_named(&row.get::<_, String>(0)?) else { continue };
        let filter = SavedFilter { dataset, name: row.get(1)?, text: row.get(2)?, note: row.get(3)? };
        list.push((filter, row.get(4)?, row.get(5)?));
    }
    Ok(list)
}
