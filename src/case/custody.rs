//! The chain of custody: entries of the journal, which nothing changes.

use super::error::CaseError;
use super::journal::{self, Stored};
use super::open::CaseReader;
use super::write::CaseWriter;
use crate::model::{Custody, CustodyEntry};
use serde_json::{Value as Json, json};

const ACTION: &str = "custody_add";

impl CaseWriter {
    /// Writes down who passed what to whom.
    ///
    /// # Errors
    /// The case cannot be written.
    pub fn add_custody(&mut self, custody: &Custody, at_utc: &str) -> Result<(), CaseError> {
        self.whole(|writer| {
            let parameters = json!({
                "from": custody.from, "to": custody.to, "at": custody.at, "medium": custody.medium,
                "sha256": custody.sha256, "note": custody.note, "evidence": custody.evidence,
            });
            writer.journal(&journal::Entry { action: ACTION, parameters, counts: json!({}) }, at_utc)
        })
    }
}

impl CaseReader {
    /// Every entry, in order.
    ///
    /// # Errors
    /// The case cannot be read.
    pub fn custody(&self) -> Result<Vec<CustodyEntry>, CaseError> {
        Ok(journal::read_of(&self.conn, ACTION)?.into_iter().map(entry).collect())
    }
}

fn entry(stored: Stored) -> CustodyEntry {
    let parameters: Json = serde_json::from_str(&stored.parameters).unwrap_or_default();
    let text = |name: &str| parameters.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let numbers = parameters.get("evidence").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let custody = Custody {
        from: text("from"),
        to: text("to"),
        at: text("at"),
        medium: text("medium"),
        sha256: text("sha256"),
        note: text("note"),
        evidence: numbers.iter().filter_map(|number| u32::try_from(number.as_u64()?).ok()).collect(),
    };
    CustodyEntry { seq: stored.seq, recorded_utc: stored.at_utc, examiner: stored.examiner, custody }
}
