//! What a case that was saved from a damaged one says of that.

use crate::case::{CaseError, CaseReader};
use serde_json::Value;

/// Where a rescued case comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Name and SHA-256 of the damaged file.
    pub of: String,
    pub sha256: String,
    pub at_utc: String,
    pub by: String,
    /// What could not be read, a line each; of very many only the first.
    pub lost: Vec<String>,
    /// How many they are.
    pub lost_count: u64,
}

/// Of the last time that the case was rescued, if it ever was.
pub(crate) fn origin(reader: &CaseReader) -> Result<Option<Origin>, CaseError> {
    let Some(entry) = reader.journal_of("rescue")?.pop() else { return Ok(None) };
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let (parameters, counts) = (json(&entry.parameters), json(&entry.counts));
    let text = |name: &str| parameters.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let lost = counts.get("lost").and_then(Value::as_array).into_iter().flatten();
    Ok(Some(Origin {
        of: text("of"),
        sha256: text("sha256"),
        at_utc: entry.at_utc,
        by: entry.examiner,
        lost: lost.filter_map(Value::as_str).map(str::to_owned).collect(),
        lost_count: counts.get("lost_ranges").and_then(Value::as_u64).unwrap_or_default(),
    }))
}
