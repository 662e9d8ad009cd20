//! The chain of custody as a use case.

use super::import::now_utc;
use crate::case::{CaseError, CaseReader, CaseWriter, Target};
use crate::model::{Custody, EvidenceId, Unit, Value};
use crate::query::tables::{Column, Rows};
use crate::query::{self, QueryError};

#[derive(Debug, thiserror::Error)]
pub enum CustodyError {
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error("an entry of the chain of custody needs to say who received it")]
    Nobody,
    #[error("{0} is no SHA-256: it has 64 hexadecimal digits")]
    BadHash(String),
    #[error("the case has no evidence file {0}")]
    NoEvidence(u32),
}

impl From<CaseError> for CustodyError {
    fn from(error: CaseError) -> Self {
        CustodyError::Query(error.into())
    }
}

/// Adds an entry; there is no way to change one.
///
/// # Errors
/// Nobody received it; the hash is none; an evidence file is not in the case; the case cannot be written.
pub fn add<'c>(case: impl Into<Target<'c>>, custody: Custody) -> Result<(), CustodyError> {
    if custody.to.trim().is_empty() {
        return Err(CustodyError::Nobody);
    }
    let sha256 = custody.sha256.trim().to_ascii_lowercase();
    if !sha256.is_empty() && (sha256.len() != 64 || !sha256.chars().all(|c| c.is_ascii_hexdigit())) {
        return Err(CustodyError::BadHash(custody.sha256));
    }
    let target = case.into();
    let reader = CaseReader::open(target.path)?;
    for number in &custody.evidence {
        query::evidence(&reader, EvidenceId(*number))?.ok_or(CustodyError::NoEvidence(*number))?;
    }
    drop(reader);
    let mut writer = CaseWriter::open(target)?;
    let done = writer.add_custody(&Custody { sha256, ..custody }, &now_utc());
    writer.close()?;
    Ok(done?)
}

/// Every entry as a table, in the order in which they were written.
///
/// # Errors
/// The case cannot be read.
pub fn table(reader: &CaseReader) -> Result<Rows, QueryError> {
    let columns = Column::list(&[
        ("entry_number", Unit::Number),
        ("custody_from", Unit::Text),
        ("custody_to", Unit::Text),
        ("custody_at", Unit::Text),
        ("custody_medium", Unit::Text),
        ("custody_sha256", Unit::Text),
        ("custody_evidence", Unit::Text),
        ("custody_note", Unit::Text),
        ("recorded_time", Unit::Text),
        ("custody_examiner", Unit::Text),
    ]);
    let text = |text: String| if text.is_empty() { Value::Null } else { Value::Text(text) };
    let rows = reader.custody()?.into_iter().map(|entry| {
        let of = entry.custody;
        let evidence = of.evidence.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
        vec![
            Value::Integer(entry.seq),
            text(of.from),
            text(of.to),
            text(of.at),
            text(of.medium),
            text(of.sha256),
            text(evidence),
            text(of.note),
            text(entry.recorded_utc),
            text(entry.examiner),
        ]
    });
    Ok(Rows::new(columns, rows.collect()))
}
