//! Events whose values, together, did not occur in the days before.

mod terms;

use super::definition::{Analysis, Asked, Parameter, ParameterKind};
use crate::case::CaseReader;
use crate::filter::{Target, clause, target_named};
use crate::model::{Dataset, RecordId, TimeRange, Timestamp, Unit, Value};
use crate::query::tables::{Column, Rows};
use crate::query::{self, Cancel, Duplicates, EventTable, QueryError, Scope, own_field};
use rustc_hash::FxHashMap;
use terms::{Occurrence, Term, new_terms};

/// A row for each time at which values occur that did not in the days before. What came before the time range counts as
/// seen.
pub(super) static NEW_TERMS: Analysis = Analysis {
    name: "new-terms",
    dataset: Dataset::Events,
    parameters: &[
        Parameter {
            name: "fields",
            kind: ParameterKind::Fields,
            default: Some("user_identity_arn,event_source,event_name"),
            optional: false,
        },
        DAYS,
    ],
    needs: &[],
    run,
    counted,
};

/// So long a value is remembered.
const DAYS: Parameter = Parameter { name: "days", kind: ParameterKind::Days, default: Some("7"), optional: false };

const COLUMNS: [(&str, Unit); 5] = [
    ("event_time", Unit::Time),
    ("event_id", Unit::Text),
    ("status", Unit::Text),
    ("history_days", Unit::Count),
    ("last_seen_before", Unit::Time),
];

fn run(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let targets = targets(asked)?;
    let days = asked.number(&DAYS)?;
    let anytime = Scope { range: TimeRange::default(), ..asked.scope.clone() };
    let events = query::event_table(reader, &anytime, &targets, cancel)?;
    let (occurrences, tuples) = occurrences(&events);
    let first = first_of_all(reader, &asked.scope, &events, cancel)?;
    let terms = first.map_or_else(Vec::new, |first| new_terms(&occurrences, first, days));
    let terms: Vec<Term> = terms.into_iter().filter(|term| asked.scope.range.contains(Timestamp(term.time))).collect();
    let unit = |target: &Target| match target {
        Target::Field(field) => Unit::of(*field),
        _ => Unit::Text,
    };
    let mut columns: Vec<Column> = targets.iter().map(|target| Column::new(target.to_string(), unit(target))).collect();
    columns.extend(Column::list(&COLUMNS));
    let mut rows = Vec::with_capacity(terms.len());
    for (term, id) in terms.iter().zip(first_ids(reader, &events, &terms, cancel)?) {
        let words = tuples.get(term.tuple as usize).map(Vec::as_slice).unwrap_or_default();
        let mut row: Vec<Value> =
            words.iter().enumerate().map(|(column, word)| events.value(column, *word).clone()).collect();
        row.extend([
            Value::Time(Timestamp(term.time)),
            id.map_or(Value::Null, Value::Text),
            Value::Text(term.status.name().to_owned()),
            Value::Integer(term.history_days),
            Value::time(term.last_seen_before.map(Timestamp)),
        ]);
        rows.push(row);
    }
    let (time, id) = (targets.len(), targets.len() + 1);
    rows.sort_by_cached_key(|row| {
        let time = match row.get(time) {
            Some(Value::Time(time)) => time.0,
            _ => i64::MAX,
        };
        (time, row.get(id).map(Value::to_text))
    });
    rows.truncate(asked.limit.unwrap_or(usize::MAX));
    Ok(Rows::new(columns, rows))
}

/// The event that a row is about.
fn counted(asked: &Asked, row: &[Value]) -> Option<Scope> {
    let id = targets(asked).ok()?.len() + 1;
    let id = row.get(id).filter(|id| **id != Value::Null)?;
    Some(asked.scope.and(clause::clause(id, own_field(Dataset::Events, "event_id"), false)))
}

fn targets(asked: &Asked) -> Result<Vec<Target>, QueryError> {
    let fields = asked.parameters.get("fields").map(String::as_str).unwrap_or_default();
    let names = fields.split(',').map(str::trim).filter(|name| !name.is_empty());
    let target = |name| target_named(Dataset::Events, name).map_err(|error| QueryError::Filter(error.to_string()));
    let targets = names.map(target).collect::<Result<Vec<_>, _>>()?;
    match targets.len() {
        1..=query::MOST_KEYS => Ok(targets),
        _ => Err(QueryError::Filter(ParameterKind::Fields.expected().to_owned())),
    }
}

/// Events that have a time and all values, ascending by time; and the numbers of the values of each tuple.
fn occurrences(events: &EventTable) -> (Vec<Occurrence>, Vec<Vec<u32>>) {
    let mut known: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
    let mut tuples = Vec::new();
    let mut found = Vec::new();
    let mut words = Vec::new();
    for row in 0..events.len() {
        words.clear();
        words.extend((0..events.columns.len()).map(|column| events.word(column, row)));
        let Some(time) = events.time(row).filter(|_| !words.contains(&0)) else { continue };
        let tuple = match known.get(&words) {
            Some(tuple) => *tuple,
            None => {
                let tuple = tuples.len() as u32;
                tuples.push(words.clone());
                known.insert(words.clone(), tuple);
                tuple
            }
        };
        found.push((time, tuple, row));
    }
    found.sort_unstable();
    (found, tuples)
}

/// When the evidence begins, whatever the filter.
fn first_of_all(
    reader: &CaseReader,
    scope: &Scope,
    events: &EventTable,
    cancel: &Cancel,
) -> Result<Option<i64>, QueryError> {
    if scope.filter.is_some() {
        let all = Scope { duplicates: Duplicates::Once, ..Scope::all(Dataset::Events) };
        return Ok(query::figures(reader, &all, cancel)?.first.map(|first| first.0));
    }
    Ok((0..events.len()).filter_map(|row| events.time(row)).min())
}

/// Of each term the least id of its events.
fn first_ids(
    reader: &CaseReader,
    events: &EventTable,
    terms: &[Term],
    cancel: &Cancel,
) -> Result<Vec<Option<String>>, QueryError> {
    let record = |row: &usize| events.ids.get(*row).copied();
    let mut wanted: Vec<RecordId> = terms.iter().flat_map(|term| &term.events).filter_map(record).collect();
    wanted.sort_unstable();
    let ids = query::event_ids(reader, &wanted, cancel)?;
    let place = |row: &usize| record(row).and_then(|id| wanted.binary_search(&id).ok());
    let least = |term: &Term| {
        let places = term.events.iter().filter_map(place);
        places.min_by(|one, other| ids.compare(*one, *other)).and_then(|place| ids.text(place))
    };
    Ok(terms.iter().map(least).collect())
}
