//! What was offered to imports and is no evidence of its own.

use super::QueryError;
use crate::case::CaseReader;
use crate::model::EvidenceId;

/// One thing that was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedRow {
    pub id: u64,
    /// `ReceivedState::code`.
    pub state: String,
    pub path: String,
    pub at_utc: String,
    pub file_bytes: Option<u64>,
    pub file_sha256: Option<String>,
    /// Of a copy: the evidence that holds the same bytes.
    pub evidence: Option<EvidenceId>,
    pub reason: String,
}

/// All of it, in the order in which it was offered.
pub fn received(reader: &CaseReader) -> Result<Vec<ReceivedRow>, QueryError> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT received_id, state, path, at_utc, file_bytes, file_sha256, evidence_id, reason
         FROM received ORDER BY received_id",
    )?;
    let row = |r: &rusqlite::Row<'_>| {
        Ok(ReceivedRow {
            id: r.get(0)?,
            state: r.get(1)?,
            path: r.get(2)?,
            at_utc: r.get(3)?,
            file_bytes: r.get(4)?,
            file_sha256: r.get(5)?,
            evidence: r.get::<_, Option<u32>>(6)?.map(EvidenceId),
            reason: r.get(7)?,
        })
    };
    Ok(statement.query_map([], row)?.collect::<Result<_, _>>()?)
}

/// How many there are in each state, by its name.
pub fn received_counts(reader: &CaseReader) -> Result<Vec<(String, u64)>, QueryError> {
    let mut statement =
        reader.conn.prepare_cached("SELECT state, count(*) FROM received GROUP BY state ORDER BY state")?;
    Ok(statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<Result<_, _>>()?)
}
