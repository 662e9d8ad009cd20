//! Events that match monitoring rules, by SQL over the rows.

use super::{CompileError, Compiler, joined, steps_text};
use crate::case::schema::EVENT_ONCE;
use crate::filter::eval::rules_passing;
use crate::filter::{Burst, Check, Filter};
use crate::query::event_source::EventSource;
use rusqlite::types::Value;

impl Compiler {
    /// 0 or 1: the event matches a rule whose id passes the check.
    pub(super) fn rule(&mut self, check: &Check) -> Result<String, CompileError> {
        let mut parts = Vec::new();
        for rule in rules_passing(check) {
            let part = match &rule.burst {
                None => self.filter(&rule.filter)?,
                Some(burst) => self.burst(&rule.filter, burst)?,
            };
            parts.push(format!("({part})"));
        }
        Ok(joined(&parts, "OR"))
    }

    /// The event is in a burst of events that match the filter: a run of so many begins at it, or at one before it that
    /// the run reaches.
    fn burst(&mut self, filter: &Filter, burst: &Burst) -> Result<String, CompileError> {
        let condition = self.filter(filter)?;
        let mut sources = Vec::new();
        let mut keys = Vec::new();
        for (at, target) in burst.by.iter().enumerate() {
            let source =
                EventSource::of(target).map_err(|_| CompileError::WrongDataset { field: target.to_string() })?;
            let key = match source.steps.is_empty() {
                true => source.sql(),
                false => {
                    let steps = self.bind(Value::Text(steps_text(&source.steps)));
                    format!("coldtrail_inside({}, {steps})", source.sql())
                }
            };
            keys.push(format!("{key} AS key{at}"));
            sources.push(source);
        }
        let names: Vec<String> = (0..keys.len()).map(|at| format!("key{at}")).collect();
        let present: String = names.iter().map(|name| format!(" AND {name} IS NOT NULL")).collect();
        let (keys, names, joins) = (keys.join(", "), names.join(", "), EventSource::joins(&sources));
        let more = burst.events.saturating_sub(1);
        let most = burst.seconds.saturating_mul(1000);
        Ok(format!(
            "e.id IN (WITH kept AS (SELECT e.id AS id, e.time_millis AS time, {keys} FROM event e {joins}
                 {EVENT_ONCE} AND e.time_millis IS NOT NULL AND ({condition})),
               run AS (SELECT id, time, {names}, lead(time, {more}) OVER (PARTITION BY {names} ORDER BY time, id) - time
                 < {most} AS begins FROM kept WHERE 1{present}),
               reached AS (SELECT id, max(begins) OVER (PARTITION BY {names} ORDER BY time, id
                 ROWS BETWEEN {more} PRECEDING AND CURRENT ROW) AS met FROM run)
             SELECT id FROM reached WHERE met)"
        ))
    }
}
