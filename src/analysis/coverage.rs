//! Which time there is evidence of, and which not: of a dataset as a whole, of what a set of records leaves out, and hour by
//! hour of each source (a network interface, a transit gateway, a trail by its account and Region).

mod hourly;
mod left_out;
mod trails;

pub use hourly::{COVERAGE, SourceGap, SourceKind, Sources, sources};
pub use left_out::LeftOut;

use crate::case::CaseReader;
use crate::model::{Dataset, TimeRange};
use crate::query::{self, Cancel, Figures, QueryError, Scope};

/// What there is of one kind of record, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    pub dataset: Dataset,
    pub figures: Figures,
    /// Hours (UTC) in which a record starts.
    pub hours: u64,
    /// Runs of hours between them in which none does: seconds, from is inside, to is not.
    pub gaps: Vec<(i64, i64)>,
}

const HOUR: i64 = 3600;

impl Coverage {
    /// Hours between the first and the last in which no record starts.
    pub fn missing_hours(&self) -> u64 {
        hours_of(&self.gaps)
    }
}

/// How many hours the gaps are together.
pub fn hours_of(gaps: &[(i64, i64)]) -> u64 {
    gaps.iter().map(|(from, to)| to.saturating_sub(*from).max(0).unsigned_abs() / HOUR.unsigned_abs()).sum()
}

/// `None` where the case has no record of the kind.
///
/// # Errors
/// The case cannot be read.
pub fn coverage(reader: &CaseReader, dataset: Dataset, cancel: &Cancel) -> Result<Option<Coverage>, QueryError> {
    let figures = query::figures(reader, &Scope::all(dataset), cancel)?;
    if figures.records == 0 {
        return Ok(None);
    }
    let hours = query::hours_with_records(reader, dataset, cancel)?;
    let gaps = query::gaps_between(&hours, TimeRange::default());
    Ok(Some(Coverage { dataset, figures, hours: hours.len() as u64, gaps }))
}
