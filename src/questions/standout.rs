//! What an examiner would look at first: few facts that named queries and analyses find by themselves, each a sentence with
//! a figure, and the records that it counts.
//!
//! A fact is found by a row of [`FINDERS`]. None says what happened; each says what the records hold.

use super::catalogue::{Given, named};
use super::group;
use crate::analysis::coverage::SourceGap;
use crate::case::CaseReader;
use crate::filter::{Check, Filter, Literal, Network, Target};
use crate::model::{Address, Dataset, PRIVATE_SPACE, TimeRange, Timestamp, Value};
use crate::query::{self, Cancel, Figures, GroupBy, Measure, QueryError, Scope, TopQuery, TopRow, own_field};

/// A fact, and the records that it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standout {
    /// Stable; `standout-NAME` is its sentence.
    pub name: &'static str,
    /// What the sentence is filled with.
    pub values: Vec<(&'static str, Told)>,
    pub scope: Scope,
    /// How many records the scope has.
    pub records: u64,
}

/// A value of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Count(u64),
    Bytes(u128),
    Time(Timestamp),
    /// As the evidence writes it.
    Text(String),
    /// A principal's name.
    Principal(String),
    /// Names with the time of the first record of each.
    Times(Vec<(String, Timestamp)>),
}

type Found = Result<Vec<Standout>, QueryError>;

/// Where a fact is found.
#[derive(Clone, Copy)]
pub enum Find {
    /// Among the records.
    Records(fn(&CaseReader, &Cancel) -> Found),
    /// Among the hours that sources of flow records lack, which the overview counts anyway.
    Gaps(fn(&CaseReader, &[SourceGap], &Cancel) -> Found),
}

impl Find {
    /// # Errors
    /// As of any query.
    pub fn run(self, reader: &CaseReader, gaps: &[SourceGap], cancel: &Cancel) -> Found {
        match self {
            Find::Records(find) => find(reader, cancel),
            Find::Gaps(find) => find(reader, gaps, cancel),
        }
    }
}

/// What is searched for, in the order in which it is shown.
pub static FINDERS: [Find; 9] = [
    Find::Records(indicators),
    Find::Records(trail),
    Find::Gaps(gaps),
    Find::Records(denied),
    Find::Records(root),
    Find::Records(logins),
    Find::Records(users),
    Find::Records(rejected),
    Find::Records(outbound),
];

/// Calls of one principal that were denied, at least.
const DENIED: u64 = 20;
/// Records of one source that were rejected, at least.
const REJECTED: u64 = 100;
/// Facts of one kind at most.
const MOST: usize = 2;

/// The records of a named query without parameters.
fn of_query(name: &str) -> Result<Scope, QueryError> {
    let query = named(name).ok_or_else(|| QueryError::Filter(format!("no query is named {name}")))?;
    Scope::written(query.dataset, &query.text(&Given::default()))
}

/// From when to when, as far as the records have times.
fn span(figures: &Figures) -> Vec<(&'static str, Told)> {
    let ends = [("first", figures.first), ("last", figures.last)];
    ends.into_iter().filter_map(|(name, time)| Some((name, Told::Time(time?)))).collect()
}

/// All records of a scope as one fact; none where there are no records.
fn counted(
    name: &'static str,
    scope: Scope,
    reader: &CaseReader,
    cancel: &Cancel,
) -> Result<Option<Standout>, QueryError> {
    let figures = query::figures(reader, &scope, cancel)?;
    let values = [("count", Told::Count(figures.records))].into_iter().chain(span(&figures)).collect();
    Ok((figures.records > 0).then_some(Standout { name, values, scope, records: figures.records }))
}

fn indicators(reader: &CaseReader, cancel: &Cancel) -> Found {
    let mut found = Vec::new();
    for (name, dataset) in [("flow-indicators", Dataset::Flows), ("event-indicators", Dataset::Events)] {
        found.extend(counted(name, Scope::written(dataset, "indicator exists")?, reader, cancel)?);
    }
    Ok(found)
}

/// The greatest groups of a scope that have a name, by their records; `MOST` of them.
fn greatest(scope: &Scope, by: GroupBy, reader: &CaseReader, cancel: &Cancel) -> Result<Vec<TopRow>, QueryError> {
    // One may be that of the records without a name.
    let (rows, _) = groups(scope, by, MOST + 1, reader, cancel)?;
    let named = rows.into_iter().filter(|row| row.key.first().is_some_and(|name| *name != Value::Null));
    Ok(named.take(MOST).collect())
}

/// Greatest groups of a scope by their records, and how many groups there are.
fn groups(
    scope: &Scope,
    by: GroupBy,
    limit: usize,
    reader: &CaseReader,
    cancel: &Cancel,
) -> Result<(Vec<TopRow>, u64), QueryError> {
    let query = TopQuery { scope: scope.clone(), by, measure: Measure::Records, limit: Some(limit) };
    let table = query::top(reader, &query, cancel)?;
    Ok((table.rows, table.groups))
}

/// The records of one group.
fn of_group(scope: &Scope, by: GroupBy, row: &TopRow) -> Scope {
    let own = scope.filter.clone().unwrap_or(Filter::All);
    Scope { filter: Some(own.narrowed(group::clause(by, &row.key))), ..scope.clone() }
}

/// Whether trails were stopped, started or changed, and when first.
fn trail(reader: &CaseReader, cancel: &Cancel) -> Found {
    let changed = of_query("trail-changes")?.filter.unwrap_or(Filter::All);
    let started = Scope::written(Dataset::Events, "event_name in (StartLogging, PutEventSelectors)")?.filter;
    let scope = Scope::of(Dataset::Events, Filter::any_of([changed].into_iter().chain(started)));
    let by = GroupBy::Field(own_field(Dataset::Events, "event_name"));
    let (rows, _) = groups(&scope, by, usize::MAX, reader, cancel)?;
    let records = rows.iter().map(|row| row.figures.records).sum();
    let time = |row: &TopRow| Some((row.key.first()?.to_text(), row.figures.first?));
    let mut times: Vec<(String, Timestamp)> = rows.iter().filter_map(time).collect();
    times.sort_by_key(|(_, time)| *time);
    let values = vec![("count", Told::Count(records)), ("events", Told::Times(times))];
    Ok((records > 0).then_some(Standout { name: "trail", values, scope, records }).into_iter().collect())
}

/// Interfaces and transit gateways with hours without a record between hours with some. What is counted are the records
/// of the source from the hour before the first of them to the hour after it.
fn gaps(reader: &CaseReader, gaps: &[SourceGap], cancel: &Cancel) -> Found {
    const HOUR: i64 = 3600;
    let mut found = Vec::new();
    for gap in gaps.iter().take(MOST) {
        let SourceGap { runs, records: scope, .. } = gap;
        let Some((from, to)) = runs.first().copied() else { continue };
        let around = |secs: i64| Some(Timestamp::from_secs(secs));
        let range = TimeRange { from: around(from - HOUR), to: around(to + HOUR) };
        let scope = Scope { range, ..scope.clone() };
        let records = query::figures(reader, &scope, cancel)?.records;
        let values = vec![
            ("source", Told::Text(gap.name())),
            ("first", Told::Time(Timestamp::from_secs(from))),
            ("last", Told::Time(Timestamp::from_secs(to))),
            ("hours", Told::Count(gap.hours())),
            ("more", Told::Count(runs.len() as u64 - 1)),
        ];
        found.push(Standout { name: if runs.len() > 1 { "gaps" } else { "gap" }, values, scope, records });
    }
    Ok(found)
}

fn denied(reader: &CaseReader, cancel: &Cancel) -> Found {
    let scope = of_query("access-denied")?;
    let by = GroupBy::Principal;
    let rows = greatest(&scope, by, reader, cancel)?;
    let fact = |row: &TopRow| {
        let who = row.key.first().map(Value::to_text).unwrap_or_default();
        let values = [("count", Told::Count(row.figures.records)), ("who", Told::Principal(who))];
        let values = values.into_iter().chain(span(&row.figures)).collect();
        Standout { name: "denied", values, scope: of_group(&scope, by, row), records: row.figures.records }
    };
    Ok(rows.iter().filter(|row| row.figures.records >= DENIED).map(fact).collect())
}

fn root(reader: &CaseReader, cancel: &Cancel) -> Found {
    Ok(counted("root", of_query("root-use")?, reader, cancel)?.into_iter().collect())
}

fn logins(reader: &CaseReader, cancel: &Cancel) -> Found {
    let text = "event_name = ConsoleLogin and error_code is null and additionalEventData.MFAUsed = 'No'";
    Ok(counted("logins", Scope::written(Dataset::Events, text)?, reader, cancel)?.into_iter().collect())
}

fn users(reader: &CaseReader, cancel: &Cancel) -> Found {
    Ok(counted("users", of_query("created-users")?, reader, cancel)?.into_iter().collect())
}

/// Sources of which many records were rejected, with the number of ports that they tried.
fn rejected(reader: &CaseReader, cancel: &Cancel) -> Found {
    let scope = of_query("VpcFlowLogsRejectedTraffic")?;
    let [by, port] = ["srcaddr", "dstport"].map(|name| GroupBy::Field(own_field(Dataset::Flows, name)));
    let rows = greatest(&scope, by, reader, cancel)?;
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| row.figures.records >= REJECTED) {
        let own = of_group(&scope, by, row);
        let (_, ports) = groups(&own, port, 1, reader, cancel)?;
        let values = [
            ("source", Told::Text(row.key.first().map(Value::to_text).unwrap_or_default())),
            ("count", Told::Count(row.figures.records)),
            ("ports", Told::Count(ports)),
        ];
        let values = values.into_iter().chain(span(&row.figures)).collect();
        found.push(Standout { name: "rejected", values, scope: own, records: row.figures.records });
    }
    Ok(found)
}

/// The pairs with the most bytes from inside to outside.
fn outbound(reader: &CaseReader, cancel: &Cancel) -> Found {
    let internal = query::internal_space(reader)?;
    let literal = |key: u128| Literal::Address(Address::of_key(key));
    let inside = |name| {
        let target = Target::Field(own_field(Dataset::Flows, name));
        let private = PRIVATE_SPACE.iter().filter_map(|text| Network::parse(text)).map(Literal::Network).collect();
        let own = internal.own().iter().map(|span| Check::Between(literal(span.first), literal(span.last)));
        let checks = std::iter::once(Check::In(private)).chain(own);
        Filter::any_of(checks.map(|check| Filter::test(target.clone(), check)))
    };
    let there = Filter::test(Target::Field(own_field(Dataset::Flows, "dstaddr")), Check::Present);
    let leaves = inside("srcaddr").and(there).exclude(inside("dstaddr"));
    let scope = Scope::of(Dataset::Flows, leaves);
    let query = TopQuery { scope, by: GroupBy::Pair, measure: Measure::Bytes, limit: Some(MOST) };
    let table = query::top(reader, &query, cancel)?;
    let fact = |row: &TopRow| {
        let text = |at: usize| Told::Text(row.key.get(at).map(Value::to_text).unwrap_or_default());
        let values = [
            ("source", text(0)),
            ("destination", text(1)),
            ("bytes", Told::Bytes(row.figures.bytes.unwrap_or(0))),
            ("count", Told::Count(row.figures.records)),
        ];
        let values = values.into_iter().chain(span(&row.figures)).collect();
        // Both ends say by themselves that it leads outside.
        let scope = Scope::of(Dataset::Flows, group::clause(GroupBy::Pair, &row.key));
        Standout { name: "outbound", values, scope, records: row.figures.records }
    };
    Ok(table.rows.iter().filter(|row| row.figures.bytes > Some(0)).map(fact).collect())
}
