//! What was offered to imports and is no evidence of its own.

use super::QueryError;
use crate::case::CaseReader;
use crate::model::{EvidenceId, Received, ReceivedState};

/// All of it, in the order in which it was offered, each with its number.
pub fn received(reader: &CaseReader) -> Result<Vec<(u64, Received)>, QueryError> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT received_id, state, path, at_utc, file_bytes, file_sha256, evidence_id, reason
         FROM received ORDER BY received_id",
    )?;
    let row = |r: &rusqlite::Row<'_>| {
        let received = Received {
            state: ReceivedState::from_code(r.get(1)?),
            path: r.get(2)?,
            at_utc: r.get(3)?,
            file_bytes: r.get(4)?,
            file_sha256: r.get(5)?,
            evidence: r.get::<_, Option<u32>>(6)?.map(EvidenceId),
            reason: r.get(7)?,
        };
        Ok((r.get(0)?, received))
    };
    Ok(statement.query_map([], row)?.collect::<Result<_, _>>()?)
}

/// How many there are in each state, by its name.
pub fn received_counts(reader: &CaseReader) -> Result<Vec<(ReceivedState, u64)>, QueryError> {
    let mut statement =
        reader.conn.prepare_cached("SELECT state, count(*) FROM received GROUP BY state ORDER BY state")?;
    let row = |r: &rusqlite::Row<'_>| Ok((ReceivedState::from_code(r.get(0)?), r.get(1)?));
    Ok(statement.query_map([], row)?.collect::<Result<_, _>>()?)
}
