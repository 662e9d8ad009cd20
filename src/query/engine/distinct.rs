//! How many different values of a field the groups of another have.

use super::top::Kind;
use super::{Engine, EngineError};
use crate::columns::Grouping;
use crate::model::{FieldId, Value};
use crate::query::scope::Scope;

/// Each worker has a bit for every group and value together: 64 MiB.
const MOST_SLOTS: u64 = 1 << 29;

impl Engine<'_> {
    /// As `query::distinct_counts`.
    pub(crate) fn distinct_counts(
        &self,
        scope: &Scope,
        by: FieldId,
        of: FieldId,
    ) -> Result<Vec<(Value, u64)>, EngineError> {
        // Of flow records, numbers of other fields may stand for one value.
        let (Kind::Ranked { dictionary, examples, .. }, part) = self.field_part(by)? else {
            return Err(EngineError::Unsupported);
        };
        let (Kind::Ranked { .. }, counted) = self.field_part(of)? else { return Err(EngineError::Unsupported) };
        let (width, none) = (u64::from(counted.size.max(1)), u64::from(counted.absent));
        let grouping = Grouping::new(vec![part, counted]).ok_or(EngineError::Unsupported)?;
        if grouping.slots() > MOST_SLOTS {
            return Err(EngineError::Unsupported);
        }
        let used = self.used_slots(&self.chosen(&scope.records(Vec::new()))?, &grouping)?;
        let mut counts: Vec<(u64, u64)> = Vec::new();
        // Slots ascend, those of a group one after the other.
        for slot in used.iter().map(|slot| slot as u64) {
            let (group, value) = (slot / width, slot % width);
            if counts.last().is_none_or(|(last, _)| *last != group) {
                counts.push((group, 0));
            }
            if let Some((_, count)) = counts.last_mut().filter(|_| value != none) {
                *count += 1;
            }
        }
        let values = self.numbered_values(&dictionary)?;
        let key =
            |group: u64| examples.get(group as usize).and_then(|id| values.get(id)).cloned().unwrap_or(Value::Null);
        Ok(counts.into_iter().map(|(group, count)| (key(group), count)).collect())
    }
}
