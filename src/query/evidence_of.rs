//! Which evidence files a set of records comes from.

use super::rows::rows;
use super::{Cancel, QueryError, Scope};
use crate::case::CaseReader;
use crate::model::{EvidenceId, RecordId};

/// The evidence files that hold a record of the scope, in order of their numbers.
pub fn evidence_of(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<Vec<EvidenceId>, QueryError> {
    let found = rows(reader, &scope.records(Vec::new()), cancel)?;
    let mut list = Vec::new();
    let mut place = 0;
    // In the order of ids the records of a file stand together: from each to the first of the next is a short search.
    while let Some(id) = found.get(place) {
        let evidence = id.evidence();
        list.push(evidence);
        let next = RecordId((i64::from(evidence.0) + 1) << 32);
        let (mut low, mut high) = (place + 1, found.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match found.get(middle) {
                Some(id) if id < next => low = middle + 1,
                _ => high = middle,
            }
        }
        place = low;
    }
    Ok(list)
}
