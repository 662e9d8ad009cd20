//! Asking an exhibit's question and gathering what the answer rests on, all from one moment of the case.

use super::{ExhibitError, Exhibited, Facts, Frozen, Section};
use crate::case::CaseReader;
use crate::present::zone::Zone;
use crate::query::Cancel;

/// Rows of an exhibit at the most: what a reader may be given to read, and a report to hold in memory.
pub const MOST_ROWS: usize = 200_000;

/// The answer with what it rests on.
///
/// # Errors
/// As of the question; there are more rows than `MOST_ROWS`.
pub fn freeze(
    reader: &CaseReader,
    question: &dyn Exhibited,
    zone: Zone,
    cancel: &Cancel,
) -> Result<Frozen, ExhibitError> {
    let sections = answer(reader, question, zone, cancel)?;
    Ok(Frozen {
        kind: question.kind().to_owned(),
        query: question.query(),
        zone,
        sections,
        facts: Facts::gather(reader, &question.basis(reader)?, cancel)?,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

/// The answer alone, which is enough to compare.
pub(super) fn answer(
    reader: &CaseReader,
    question: &dyn Exhibited,
    zone: Zone,
    cancel: &Cancel,
) -> Result<Vec<Section>, ExhibitError> {
    let sections = question.sections(reader, zone, cancel)?;
    let rows: usize = sections.iter().map(|section| section.rows.len()).sum();
    if rows > MOST_ROWS { Err(ExhibitError::TooManyRows(rows as u64)) } else { Ok(sections) }
}
