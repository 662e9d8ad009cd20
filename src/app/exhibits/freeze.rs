//! Asking an exhibit's question and gathering what the answer rests on, all from one moment of the case.

use super::{Facts, Frozen};
use crate::case::CaseReader;
use crate::present::zone::Zone;
use crate::query::Cancel;
use crate::questions::{AskError, MOST_ROWS, Question, Section};

/// The answer with what it rests on.
///
/// # Errors
/// As of the question; there are more rows than `MOST_ROWS`.
pub fn freeze(reader: &CaseReader, question: &dyn Question, zone: Zone, cancel: &Cancel) -> Result<Frozen, AskError> {
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
    question: &dyn Question,
    zone: Zone,
    cancel: &Cancel,
) -> Result<Vec<Section>, AskError> {
    let sections = question.sections(reader, zone, cancel)?;
    let rows: usize = sections.iter().map(|section| section.rows.len()).sum();
    if rows > MOST_ROWS { Err(AskError::TooManyRows(rows as u64)) } else { Ok(sections) }
}
