//! The column index of a case as the application sees it: how it is, completing it, removing it, rebuilding it.

use super::import::now_utc;
use crate::case::index::{IndexError, IndexFault, IndexState};
use crate::case::{CaseError, CaseReader, CaseWriter, IndexStep, Target, journal};
use crate::model::Cancel;
use crate::query::{self, QueryError};
use serde_json::json;

/// Whether queries can use it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IndexHealth {
    /// It holds every row.
    #[default]
    Ready,
    /// It holds some; the others are read from the rows.
    Behind { rows: u64 },
    /// There is none, or it lags far behind. Queries ask the rows, which takes longer. Why.
    Missing(String),
    /// It is damaged or does not match the rows, and has to be rebuilt. As `Missing`.
    Damaged(String),
}

impl IndexHealth {
    pub fn of(reader: &CaseReader) -> Result<Self, CaseError> {
        Ok(match reader.index_state()? {
            IndexState::Ready(snapshot) if snapshot.behind() == 0 => Self::Ready,
            IndexState::Ready(snapshot) => Self::Behind { rows: snapshot.behind() },
            IndexState::Unusable(fault @ (IndexFault::Absent | IndexFault::Behind)) => Self::Missing(fault.to_string()),
            IndexState::Unusable(fault) => Self::Damaged(fault.to_string()),
        })
    }
}

/// How bringing it up to date ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Completed {
    Yes,
    /// Stopped; what was done stays.
    Stopped,
    /// The case holds rows that no index can hold.
    Impossible(IndexFault),
}

/// Brings the index up to date; `anew` removes first what is there, and is journalled. `told` hears of every step.
pub(crate) fn complete<'c>(
    case: impl Into<Target<'c>>,
    anew: bool,
    cancel: &Cancel,
    told: &mut dyn FnMut(),
) -> Result<Completed, CaseError> {
    let mut writer = CaseWriter::open(case)?;
    let done = steps(&mut writer, anew, cancel, told);
    let closed = writer.close();
    let done = done?;
    closed?;
    Ok(done)
}

fn steps(writer: &mut CaseWriter, anew: bool, cancel: &Cancel, told: &mut dyn FnMut()) -> Result<Completed, CaseError> {
    if anew {
        writer.drop_index(&now_utc())?;
    }
    loop {
        if cancel.is_cancelled() {
            return Ok(Completed::Stopped);
        }
        match writer.index_step()? {
            IndexStep::More => told(),
            IndexStep::Impossible(fault) => return Ok(Completed::Impossible(fault)),
            IndexStep::Complete => break,
        }
    }
    if anew {
        writer.begin()?;
        let entry = journal::Entry { action: "index_rebuilt", parameters: json!({}), counts: json!({}) };
        if let Err(error) = writer.journal(&entry, &now_utc()).and_then(|()| writer.commit()) {
            writer.rollback();
            return Err(error);
        }
    }
    Ok(Completed::Yes)
}

/// Takes the index out of the case.
pub(crate) fn remove<'c>(case: impl Into<Target<'c>>) -> Result<(), CaseError> {
    let mut writer = CaseWriter::open(case)?;
    let done = writer.drop_index(&now_utc());
    let closed = writer.close();
    done?;
    closed
}

/// Compares the index with every row: why they differ, where they do.
pub(crate) fn differences(reader: &CaseReader) -> Result<Option<IndexFault>, CaseError> {
    match reader.check_index() {
        Ok(()) => Ok(None),
        Err(IndexError::Index(fault)) => Ok(Some(fault)),
        Err(IndexError::Case(error)) => Err(error),
    }
}

/// What `coldtrail index` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IndexReport {
    pub health: IndexHealth,
    pub sizes: query::IndexSizes,
}

pub(crate) fn report(reader: &CaseReader) -> Result<IndexReport, QueryError> {
    Ok(IndexReport { health: IndexHealth::of(reader)?, sizes: query::index_sizes(reader)? })
}
