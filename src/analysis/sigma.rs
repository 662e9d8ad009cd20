//! What the case's Sigma rules match, and the events of a rule.

use super::definition::{Analysis, Asked, Parameter, ParameterKind, event_of};
use super::lineage::actors;
use crate::case::CaseReader;
use crate::filter::{Filter, Target};
use crate::model::{Dataset, RecordId, SIGMA_LEVELS, Timestamp, Unit, Value};
use crate::query::tables::{Column, Rows};
use crate::query::{self, Cancel, EventTable, QueryError, Scope, SigmaMatches};
use crate::sigma::{RuleState, SigmaRule};
use rustc_hash::FxHashSet;

/// A row for each document of the files: rules that match first, and what cannot be used last, with the reason.
pub(crate) static SIGMA: Analysis =
    Analysis { name: "sigma", dataset: Dataset::Events, parameters: &[], needs: &[], run, counted };

/// A row for each rule and event that it matches.
pub(super) static SIGMA_EVENTS: Analysis = Analysis {
    name: "sigma-events",
    dataset: Dataset::Events,
    parameters: &[Parameter { name: "rule", kind: ParameterKind::Text, default: None, optional: true }],
    needs: &[],
    run: run_events,
    counted: counted_event,
};

const COLUMNS: [(&str, Unit); 14] = [
    ("title", Unit::Text),
    ("id", Unit::Text),
    ("level", Unit::Text),
    ("status", Unit::Text),
    ("tags", Unit::Text),
    ("file", Unit::Text),
    ("sha256", Unit::Text),
    ("matches", Unit::Count),
    ("failed", Unit::Count),
    ("actors", Unit::Count),
    ("first_seen", Unit::Time),
    ("last_seen", Unit::Time),
    ("state", Unit::Text),
    ("reason", Unit::Text),
];

const EVENT_COLUMNS: [(&str, Unit); 5] = [
    ("title", Unit::Text),
    ("id", Unit::Text),
    ("level", Unit::Text),
    ("event_id", Unit::Text),
    ("event_time", Unit::Time),
];

/// A call that was refused, or a sign-in that failed.
const FAILED: &str = "error_code exists or login_result = failure";

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn word(word: Option<&str>) -> Value {
    word.map_or(Value::Null, text)
}

fn run(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let found = query::sigma_matches(reader, cancel)?;
    let events = query::event_table(reader, &asked.scope, &[], cancel)?;
    let matched: Vec<(&SigmaRule, Vec<u32>)> =
        found.rules.iter().map(|(rule, ids)| (rule, rows_among(&events.ids, ids.iter().copied()))).collect();
    let any = matched.iter().any(|(_, rows)| !rows.is_empty());
    // Who acted is asked only where somebody is counted.
    let actors = if any { actors(reader, &asked.scope, cancel)? } else { Default::default() };
    let failed = if any { failures(reader, &asked.scope, &events, cancel)? } else { FxHashSet::default() };
    let row = |(rule, rows): &(&SigmaRule, Vec<u32>)| {
        let is_used = rule.state == RuleState::Used;
        let count = |count: usize| if is_used { Value::count(count as u64) } else { Value::Null };
        let acting: FxHashSet<u32> = ids(&events, rows).filter_map(|event| actors.get(&event).copied()).collect();
        let times = || rows.iter().filter_map(|row| events.time(*row as usize).map(Timestamp));
        vec![
            word(Some(rule.title.as_str()).filter(|title| !title.is_empty())),
            word(rule.id.as_deref()),
            word(rule.level),
            word(rule.status),
            if rule.tags.is_empty() { Value::Null } else { Value::Text(rule.tags.join(" ")) },
            text(&rule.path),
            text(&rule.sha256),
            count(rows.len()),
            count(rows.iter().filter(|row| failed.contains(row)).count()),
            count(acting.len()),
            Value::time(times().min()),
            Value::time(times().max()),
            text(rule.state.code()),
            reason(rule, &found),
        ]
    };
    let mut order: Vec<&(&SigmaRule, Vec<u32>)> = matched.iter().collect();
    order.sort_by_key(|(rule, rows)| {
        let state = (rule.state != RuleState::Used, rows.is_empty());
        (state, place(rule.level), &rule.title, &rule.id, &rule.path, &rule.sha256)
    });
    let rows = order.into_iter().take(asked.limit.unwrap_or(usize::MAX)).map(row).collect();
    Ok(Rows::new(Column::list(&COLUMNS), rows))
}

/// Why a document is not in use, or what of the events a rule does not speak of.
fn reason(rule: &SigmaRule, found: &SigmaMatches) -> Value {
    if let RuleState::Unusable(reason) = &rule.state {
        return text(reason);
    }
    if rule.state != RuleState::Used {
        return Value::Null;
    }
    let mut parts = Vec::new();
    if found.unread > 0 {
        parts.push(format!("events whose JSON could not be read: {}", found.unread));
    }
    if rule.is_correlation && found.untimed > 0 {
        parts.push(format!("events without a time, left out: {}", found.untimed));
    }
    if rule.is_correlation && found.is_cut {
        parts.push("there were too many groups at once, the oldest were dropped".to_owned());
    }
    if parts.is_empty() { Value::Null } else { Value::Text(parts.join("; ")) }
}

/// The highest level first, those without one last.
fn place(level: Option<&str>) -> usize {
    level.and_then(|level| SIGMA_LEVELS.iter().position(|known| *known == level)).unwrap_or(SIGMA_LEVELS.len())
}

fn ids(events: &EventTable, rows: &[u32]) -> impl Iterator<Item = RecordId> {
    rows.iter().filter_map(|row| events.ids.get(*row as usize).copied())
}

/// The rows of the events that failed.
fn failures(
    reader: &CaseReader,
    scope: &Scope,
    events: &EventTable,
    cancel: &Cancel,
) -> Result<FxHashSet<u32>, QueryError> {
    let filter = Scope::written(scope.dataset, FAILED)?.filter.unwrap_or(Filter::All);
    let rows = query::rows(reader, &scope.and(filter).records(Vec::new()), cancel)?;
    Ok(rows_among(&events.ids, rows.ids(0..rows.len()).into_iter()).into_iter().collect())
}

/// The rows of these records among all, both ascending.
fn rows_among(all: &[RecordId], ids: impl Iterator<Item = RecordId>) -> Vec<u32> {
    let mut from = 0;
    let mut found = Vec::new();
    for id in ids {
        from += all.get(from..).map_or(0, |rest| rest.partition_point(|known| *known < id));
        if all.get(from) == Some(&id) {
            found.push(from as u32);
        }
    }
    found
}

/// The events of a scope that match a rule of this name.
fn of_rule(scope: &Scope, name: &str) -> Scope {
    scope.and(Filter::named(Target::Sigma, name))
}

/// By the rule's id, else by its title.
fn counted(asked: &Asked, row: &[Value]) -> Option<Scope> {
    let (Some(Value::Integer(_)), [title, id, ..]) = (row.get(7), row) else { return None };
    let name = [id, title].into_iter().find_map(|name| match name {
        Value::Text(name) => Some(name),
        _ => None,
    });
    Some(of_rule(&asked.scope, name?))
}

fn run_events(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let found = query::sigma_matches(reader, cancel)?;
    let wanted = asked.parameters.get("rule");
    let is_wanted = |rule: &SigmaRule| wanted.is_none_or(|wanted| rule.names().any(|name| name == wanted));
    if let Some(name) = wanted.filter(|_| !found.rules.iter().any(|(rule, _)| is_wanted(rule))) {
        return Err(QueryError::Filter(format!("there is no Sigma rule {name}")));
    }
    let events = query::event_table(reader, &asked.scope, &[], cancel)?;
    let mut chosen: Vec<(&SigmaRule, Vec<u32>)> = found
        .rules
        .iter()
        .filter(|(rule, _)| is_wanted(rule))
        .map(|(rule, ids)| (rule, rows_among(&events.ids, ids.iter().copied())))
        .collect();
    chosen.sort_by_key(|(rule, _)| (place(rule.level), &rule.title, &rule.id, &rule.path, &rule.sha256));
    let most = asked.limit.unwrap_or(usize::MAX);
    let mut rows = Vec::new();
    for (rule, matched) in chosen {
        let records: Vec<RecordId> = ids(&events, &matched).collect();
        let names = query::event_ids(reader, &records, cancel)?;
        let mut order: Vec<(Option<i64>, Option<String>)> =
            matched.iter().enumerate().map(|(place, row)| (events.time(*row as usize), names.text(place))).collect();
        order.sort_by(|one, other| (one.0.is_none(), one).cmp(&(other.0.is_none(), other)));
        for (time, id) in order.into_iter().take(most - rows.len()) {
            let time = Value::time(time.map(Timestamp));
            rows.push(vec![
                text(&rule.title),
                word(rule.id.as_deref()),
                word(rule.level),
                id.map_or(Value::Null, Value::Text),
                time,
            ]);
        }
    }
    Ok(Rows::new(Column::list(&EVENT_COLUMNS), rows))
}

fn counted_event(asked: &Asked, row: &[Value]) -> Option<Scope> {
    event_of(&asked.scope, row.get(3)?)
}
