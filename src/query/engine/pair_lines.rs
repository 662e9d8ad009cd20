//! Lines of a series for pairs that are named.

use super::{Engine, EngineError};
use crate::columns::{KeyPart, Map};
use crate::query::Value;
use rustc_hash::FxHashMap;

impl Engine<'_> {
    /// A key of lines: the place of a row's pair among `keys` (source and destination), and behind them for all others.
    /// `column` holds the pair.
    pub(super) fn pair_line_part(&self, column: usize, keys: &[Vec<Value>]) -> Result<KeyPart, EngineError> {
        let rest = u32::try_from(keys.len()).map_err(|_| EngineError::Unsupported)?;
        let ids = |value: Option<&Value>| match value {
            None | Some(Value::Null) => Ok(vec![0]),
            Some(Value::Text(text)) => self.address_ids(text),
            Some(_) => Err(EngineError::Unsupported),
        };
        let mut lines: FxHashMap<(u64, u64), u32> = FxHashMap::default();
        for (key, line) in keys.iter().zip(0..) {
            let destinations = ids(key.get(1))?;
            for source in ids(key.first())? {
                lines.extend(destinations.iter().map(|destination| ((source, *destination), line)));
            }
        }
        let line =
            |source: u32, destination: u32| lines.get(&(source.into(), destination.into())).copied().unwrap_or(rest);
        let pairs = self.pairs()?;
        let by_pair: Vec<u32> =
            pairs.source.iter().zip(pairs.destination.iter()).map(|(source, other)| line(*source, *other)).collect();
        Ok(KeyPart { column, map: Map::Table(by_pair.into()), absent: line(0, 0), size: rest + 1 })
    }
}
