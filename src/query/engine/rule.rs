//! Events that match monitoring rules, and Sigma rules.

use super::plan::Node;
use super::{Engine, EngineError};
use crate::filter::eval::rules_passing;
use crate::filter::{Burst, Check, Filter, Rule, Target};
use crate::model::Dataset;
use crate::query::Scope;
use crate::query::bursts::burst_rows;
use crate::query::event_source::EventSource;
use crate::query::sigma::{self, WantedRules};

impl Engine<'_> {
    /// Events that match a rule whose id passes the check.
    pub(super) fn of_rules(&self, check: &Check) -> Result<Node, EngineError> {
        let node = |rule: &'static Rule| match &rule.burst {
            None => self.filter(&rule.filter),
            Some(burst) => self.of_burst(&rule.filter, burst),
        };
        Ok(Node::or(rules_passing(check).map(node).collect::<Result<Vec<_>, _>>()?))
    }

    /// Events that match a Sigma rule whose title, id or level passes the check.
    pub(super) fn of_sigma(&self, target: &Target, check: &Check) -> Result<Node, EngineError> {
        let wanted = WantedRules::of(target, check).ok_or(EngineError::Unsupported)?;
        let events = wanted.events(&*sigma::found(&self.reader.conn, &self.reader.cache)?)?;
        let rows = events.iter().filter_map(|event| self.records.ids.row_of(event.0));
        Ok(self.places(rows.map(|row| row..row + 1)))
    }

    fn of_burst(&self, filter: &Filter, burst: &Burst) -> Result<Node, EngineError> {
        let sources = burst.by.iter().map(EventSource::of).collect::<Result<Vec<_>, _>>()?;
        let table = self.event_table(&Scope::of(Dataset::Events, filter.clone()), &sources)?;
        let id = |row: u32| table.ids.get(row as usize).and_then(|id| self.records.ids.row_of(id.0));
        let rows: Vec<u32> = burst_rows(&table, burst).into_iter().filter_map(id).collect();
        Ok(self.places(rows.into_iter().map(|row| row..row + 1)))
    }
}
