//! The monitoring rules: what each matches, and the events that it matches.

mod matches;
mod overview;

pub use overview::{Monitored, RuleMatches, monitored};

use super::definition::{Analysis, Asked, Parameter, ParameterKind, event_of};
use super::lineage::actors;
use crate::case::CaseReader;
use crate::filter::{Rule, rule_named, rules};
use crate::model::{Dataset, RecordId, Unit, Value};
use crate::query::tables::{Column, Rows};
use crate::query::{Cancel, QueryError, Scope};
use matches::{Matches, of_rule};
use rustc_hash::{FxHashMap, FxHashSet};

/// A row for each rule, those without a match too.
pub static MONITOR: Analysis =
    Analysis { name: "monitor", dataset: Dataset::Events, parameters: &[], needs: &[], run, counted };

/// A row for each rule and event that it matches.
pub(super) static MONITOR_EVENTS: Analysis = Analysis {
    name: "monitor-events",
    dataset: Dataset::Events,
    parameters: &[Parameter { name: "rule", kind: ParameterKind::Text, default: None, optional: true }],
    needs: &[],
    run: run_events,
    counted: counted_event,
};

const COLUMNS: [(&str, Unit); 10] = [
    ("rule", Unit::Text),
    ("group", Unit::Text),
    ("attack_v18", Unit::Text),
    ("attack_v19", Unit::Text),
    ("matches", Unit::Count),
    ("failed", Unit::Count),
    ("actors", Unit::Count),
    ("first_seen", Unit::Time),
    ("last_seen", Unit::Time),
    ("event_ids_sha256", Unit::Text),
];

const EVENT_COLUMNS: [(&str, Unit); 3] = [("rule", Unit::Text), ("event_id", Unit::Text), ("event_time", Unit::Time)];

fn run(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let found = Matches::find(reader, &asked.scope, rules().iter(), cancel)?;
    let failed = found.failed(reader, &asked.scope, cancel)?;
    let actors = actors(reader, &asked.scope, cancel)?;
    let text = |text: &str| Value::Text(text.to_owned());
    let row = |(rule, rows): &(&'static Rule, Vec<u32>)| {
        let of = overview::of_rule(&found, (rule, rows), &failed, &actors, None);
        let [old, new] = rule.attack.map(|technique| text(technique.unwrap_or("-")));
        vec![
            text(rule.id),
            text(rule.group),
            old,
            new,
            Value::count(of.matches),
            Value::count(of.failed),
            Value::count(of.actors),
            Value::time(of.first),
            Value::time(of.last),
            found.digest(rows).map_or(Value::Null, Value::Text),
        ]
    };
    let rows = found.rules.iter().take(asked.limit.unwrap_or(usize::MAX)).map(row).collect();
    Ok(Rows::new(Column::list(&COLUMNS), rows))
}

/// How many actors these events have.
fn distinct(actors: &FxHashMap<RecordId, u32>, events: impl Iterator<Item = RecordId>) -> u64 {
    let found: FxHashSet<u32> = events.filter_map(|event| actors.get(&event).copied()).collect();
    found.len() as u64
}

fn counted(asked: &Asked, row: &[Value]) -> Option<Scope> {
    let Some(Value::Text(rule)) = row.first() else { return None };
    Some(of_rule(&asked.scope, rule_named(rule)?))
}

fn run_events(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let wanted = match asked.parameters.get("rule") {
        None => None,
        Some(id) => {
            let rule = rule_named(id).ok_or_else(|| QueryError::Filter(format!("there is no rule {id}")))?;
            Some(rule)
        }
    };
    let is_wanted = |rule: &&'static Rule| wanted.is_none_or(|wanted| wanted == *rule);
    let found = Matches::find(reader, &asked.scope, rules().iter().filter(is_wanted), cancel)?;
    let most = asked.limit.unwrap_or(usize::MAX);
    let mut rows = Vec::new();
    for (rule, matched) in &found.rules {
        for row in found.in_order(matched).into_iter().take(most - rows.len()) {
            let id = found.event_id(row).map_or(Value::Null, Value::Text);
            rows.push(vec![Value::Text(rule.id.to_owned()), id, Value::time(found.time(row))]);
        }
    }
    Ok(Rows::new(Column::list(&EVENT_COLUMNS), rows))
}

fn counted_event(asked: &Asked, row: &[Value]) -> Option<Scope> {
    event_of(&asked.scope, row.get(1)?)
}
