//! A row for each hour of each source: what the evidence holds of it.

use super::{HOUR, trails};
use crate::analysis::definition::{Analysis, Asked};
use crate::case::CaseReader;
use crate::filter::{Check, Filter, Target, clause};
use crate::model::{Dataset, FieldId, TimeRange, Timestamp, Unit, Value};
use crate::query::tables::{Column, Rows};
use crate::query::{self, Cancel, QueryError, Scope, SourceHour, SourceTime, own_field};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The hours of every source of both datasets in the time range; where the scope has a filter, of its dataset alone.
/// The rows of a source reach from its first hour to its last, and where the time range has an end, to that, as far as
/// the case holds any record of the dataset.
pub static COVERAGE: Analysis =
    Analysis { name: "coverage", dataset: Dataset::Flows, parameters: &[], needs: &[], run, counted };

/// Hours of sources at most, those without a record too.
const MOST_ROWS: i64 = 2_000_000;

const COLUMNS: [(&str, Unit); 8] = [
    ("source_kind", Unit::Text),
    ("account", Unit::Text),
    ("region", Unit::Text),
    ("source", Unit::Text),
    ("hour", Unit::Time),
    ("state", Unit::Text),
    ("records", Unit::Count),
    ("evidence", Unit::Text),
];

/// What writes a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    Interface,
    TransitGateway,
    Trail,
}

impl SourceKind {
    const ALL: [Self; 3] = [Self::Interface, Self::TransitGateway, Self::Trail];

    pub fn name(self) -> &'static str {
        match self {
            Self::Interface => "interface",
            Self::TransitGateway => "transit_gateway",
            Self::Trail => "trail",
        }
    }

    fn dataset(self) -> Dataset {
        match self {
            Self::Interface | Self::TransitGateway => Dataset::Flows,
            Self::Trail => Dataset::Events,
        }
    }
}

/// Fields that tell sources apart: account, Region, source; of flow records a transit gateway besides. An event does
/// not name its trail.
fn source_fields(dataset: Dataset) -> Vec<FieldId> {
    let names: &[&'static str] = match dataset {
        Dataset::Flows => &["account_id", "region", "interface_id", "tgw_id"],
        Dataset::Events => &["recipient_account_id", "aws_region"],
    };
    names.iter().map(|name| own_field(dataset, name)).collect()
}

/// Who wrote the records: kind, account, Region, source.
type Source = (SourceKind, [Value; 3]);

fn source(dataset: Dataset, values: &[Value]) -> Source {
    let value = |at: usize| values.get(at).cloned().unwrap_or(Value::Null);
    let (account, region) = (value(0), value(1));
    match dataset {
        Dataset::Events => (SourceKind::Trail, [account, region, Value::Null]),
        Dataset::Flows if value(2) == Value::Null && value(3) != Value::Null => {
            (SourceKind::TransitGateway, [account, region, value(3)])
        }
        Dataset::Flows => (SourceKind::Interface, [account, region, value(2)]),
    }
}

/// What an hour of a trail can be by its records alone.
const STATES: [&str; 2] = ["data", "no_file"];

/// What the evidence holds of an hour. An hour in which AWS skipped records is not whole, whatever else it holds.
fn state(hour: &SourceHour) -> &'static str {
    match (hour.skip_data, hour.no_data) {
        (1.., _) => "skipdata",
        (0, no_data) if no_data == hour.records => "nodata",
        _ => "data",
    }
}

fn run(reader: &CaseReader, asked: &Asked, cancel: &Cancel) -> Result<Rows, QueryError> {
    let mut rows = Vec::new();
    for dataset in [Dataset::Flows, Dataset::Events] {
        let scope = match asked.scope.dataset == dataset {
            true => asked.scope.clone(),
            false if asked.scope.filter.is_some() => continue,
            false => Scope { dataset, ..asked.scope.clone() },
        };
        let hours = query::source_hours(reader, &scope, &source_fields(dataset), cancel)?;
        let of_dataset = query::hours_with_records(reader, dataset, cancel)?;
        let (Some(first), Some(last)) = (of_dataset.first(), of_dataset.last()) else { continue };
        let sources: BTreeSet<Vec<String>> =
            hours.iter().map(|hour| hour.source.iter().map(Value::to_text).collect()).collect();
        let (from, to) = bounds(scope.range, *first, *last);
        let (begin, end) = (from.unwrap_or(*first), to.unwrap_or(*last));
        let hours_each = (end - begin) / HOUR + 1;
        // A record with a time far from all others would give rows without end.
        if sources.len() as i64 > MOST_ROWS / hours_each.max(1) {
            return Err(QueryError::Filter(format!(
                "from {} to {} there are more than {MOST_ROWS} hours of sources; narrow the time range",
                Timestamp::from_secs(begin).to_iso(),
                Timestamp::from_secs(end).to_iso(),
            )));
        }
        let mut of_sources = table(dataset, hours, (from, to));
        if dataset == Dataset::Events {
            let trails = trails::trails(reader, cancel)?;
            of_sources.iter_mut().for_each(|row| of_trail(&trails, row));
        }
        rows.extend(of_sources);
    }
    rows.truncate(asked.limit.unwrap_or(usize::MAX));
    Ok(Rows::new(Column::list(&COLUMNS), rows))
}

/// Completes the state of an hour of a trail by what is known besides its records.
fn of_trail(trails: &trails::Trails, row: &mut [Value]) {
    if let [_, account, region, _, Value::Time(hour), state, ..] = row
        && let Some(known) = STATES.into_iter().find(|known| Value::Text((*known).to_owned()) == *state)
    {
        *state = Value::Text(trails.state(account, region, hour.secs(), known).to_owned());
    }
}

/// First and last hour that the time range asks for, where it has ends, within those of the dataset.
fn bounds(range: TimeRange, first: i64, last: i64) -> (Option<i64>, Option<i64>) {
    let hour = |secs: i64| secs.div_euclid(HOUR) * HOUR;
    let from = range.from.map(|from| hour(from.secs()).max(first));
    // `to` is outside: the hour that holds the moment before it is the last.
    let to = range.to.map(|to| hour(Timestamp(to.0.saturating_sub(1)).secs()).min(last));
    (from, to)
}

/// The rows by source and hour; hours of a source without a record are among them.
fn table(dataset: Dataset, hours: Vec<SourceHour>, (from, to): (Option<i64>, Option<i64>)) -> Vec<Vec<Value>> {
    let mut hours: Vec<(Source, SourceHour)> =
        hours.into_iter().map(|hour| (source(dataset, &hour.source), hour)).collect();
    let text = |value: &Value| value.to_text();
    // What has no time is behind the hours of its source.
    hours.sort_by_cached_key(|((kind, names), hour)| {
        (*kind, names.each_ref().map(text), Reverse(hour.hour.map(Reverse)))
    });
    let mut rows = Vec::new();
    for of_source in hours.chunk_by(|one, other| one.0 == other.0) {
        let Some((source, _)) = of_source.first() else { continue };
        let own = || of_source.iter().filter_map(|(_, hour)| hour.hour);
        let mut next = from.or_else(|| own().next());
        for (_, hour) in of_source {
            if let (Some(due), Some(at)) = (next, hour.hour) {
                rows.extend(missing(source, due, at));
                next = Some(at + HOUR);
            }
            let evidence = hour.evidence.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(" ");
            let time = Value::time(hour.hour.map(Timestamp::from_secs));
            rows.push(row(source, time, state(hour), hour.records, Value::Text(evidence)));
        }
        if let (Some(due), Some(to)) = (next, to) {
            rows.extend(missing(source, due, to + HOUR));
        }
    }
    rows
}

/// The hours of a source from here to before there, of which no file holds a record.
fn missing(source: &Source, from: i64, to: i64) -> impl Iterator<Item = Vec<Value>> {
    let hours = std::iter::successors(Some(from), |hour| Some(hour + HOUR)).take_while(move |hour| *hour < to);
    hours.map(|hour| row(source, Value::Time(Timestamp::from_secs(hour)), "no_file", 0, Value::Null))
}

fn row((kind, names): &Source, hour: Value, state: &str, records: u64, evidence: Value) -> Vec<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    let [account, region, source] = names.clone();
    vec![text(kind.name()), account, region, source, hour, text(state), Value::count(records), evidence]
}

/// The records of the hour and source of a row.
fn counted(asked: &Asked, row: &[Value]) -> Option<Scope> {
    let [kind, account, region, source, hour, _, records, _] = row else { return None };
    let kind = SourceKind::ALL.into_iter().find(|known| Value::Text(known.name().to_owned()) == *kind)?;
    if *records == Value::Integer(0) {
        return None;
    }
    let dataset = kind.dataset();
    let filter = records_of(kind, [account, region, source]);
    let scope = Scope { dataset, filter: asked.scope.filter.clone(), ..asked.scope.clone() };
    match hour {
        Value::Time(hour) => {
            let end = Timestamp(hour.0.saturating_add(HOUR * 1000));
            let from = scope.range.from.map_or(*hour, |from| from.max(*hour));
            let to = scope.range.to.map_or(end, |to| to.min(end));
            Some(Scope { range: TimeRange { from: Some(from), to: Some(to) }, ..scope }.and(filter))
        }
        _ => {
            let time = if dataset == Dataset::Flows { "start" } else { "event_time" };
            let untimed = Filter::test(Target::Field(own_field(dataset, time)), Check::Absent);
            Some(scope.and(filter).and(untimed))
        }
    }
}

/// The filter that keeps exactly the records of a source, by its account, Region and name.
fn records_of(kind: SourceKind, [account, region, source]: [&Value; 3]) -> Filter {
    let dataset = kind.dataset();
    let is = |name, value: &Value| clause::clause(value, own_field(dataset, name), false);
    let absent = |name| Filter::test(Target::Field(own_field(dataset, name)), Check::Absent);
    match kind {
        SourceKind::Interface => {
            let none = if *source == Value::Null { absent("tgw_id") } else { Filter::All };
            Filter::all_of([is("account_id", account), is("region", region), is("interface_id", source), none])
        }
        SourceKind::TransitGateway => {
            let of = [is("account_id", account), is("region", region), absent("interface_id"), is("tgw_id", source)];
            Filter::all_of(of)
        }
        SourceKind::Trail => Filter::all_of([is("recipient_account_id", account), is("aws_region", region)]),
    }
}

/// The sources of a dataset, and those of which hours are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    pub dataset: Dataset,
    /// How many there are.
    pub count: u64,
    /// Those with hours between their first and their last of which no file holds a record; the most hours first.
    pub gaps: Arc<[SourceGap]>,
}

/// A source with hours of which no file holds a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceGap {
    pub kind: SourceKind,
    /// Account, Region, and of flow records the interface or transit gateway.
    pub account: Value,
    pub region: Value,
    pub source: Value,
    /// Runs of hours, ascending: seconds, from is inside, to is not.
    pub runs: Vec<(i64, i64)>,
    /// All of its records.
    pub records: Scope,
}

impl SourceGap {
    /// Hours without a record.
    pub fn hours(&self) -> u64 {
        super::hours_of(&self.runs)
    }

    /// What it is called: the interface, the transit gateway; of a trail its Region.
    pub fn name(&self) -> String {
        if self.kind == SourceKind::Trail { self.region.to_text() } else { self.source.to_text() }
    }
}

/// The sources of a dataset. Takes time in proportion to the records; never on the frame thread.
///
/// # Errors
/// As of any query.
pub fn sources(reader: &CaseReader, dataset: Dataset, cancel: &Cancel) -> Result<Sources, QueryError> {
    let hours = query::hours_of_sources(reader, dataset, &source_fields(dataset), cancel)?;
    Ok(missing_of(dataset, &hours))
}

/// `hours`: of each source together, ascending.
fn missing_of(dataset: Dataset, hours: &[SourceTime]) -> Sources {
    let (mut count, mut gaps) = (0, Vec::new());
    for of_source in hours.chunk_by(|one, other| one.0 == other.0) {
        count += 1;
        let Some((name, _)) = of_source.first() else { continue };
        let own: BTreeSet<i64> = of_source.iter().filter_map(|(_, hour)| *hour).collect();
        let next = own.iter().skip(1);
        let runs: Vec<(i64, i64)> = own
            .iter()
            .zip(next)
            .filter(|(at, next)| **at + HOUR < **next)
            .map(|(at, next)| (at + HOUR, *next))
            .collect();
        if runs.is_empty() {
            continue;
        }
        let (kind, [account, region, source]) = source(dataset, name);
        let records = Scope::of(dataset, records_of(kind, [&account, &region, &source]));
        gaps.push(SourceGap { kind, account, region, source, runs, records });
    }
    gaps.sort_by_key(|gap: &SourceGap| Reverse(gap.hours()));
    Sources { dataset, count, gaps: gaps.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EvidenceId;

    fn hour(eni: &str, hour: Option<i64>, [records, no_data, skip_data]: [u64; 3]) -> SourceHour {
        let text = |text: &str| Value::Text(text.to_owned());
        let source = vec![text("111122223333"), Value::Null, text(eni), Value::Null];
        SourceHour { source, hour, records, no_data, skip_data, evidence: vec![EvidenceId(1), EvidenceId(7)] }
    }

    fn lines(rows: &[Vec<Value>]) -> Vec<String> {
        rows.iter().map(|row| row.iter().skip(3).map(Value::to_text).collect::<Vec<_>>().join(",")).collect()
    }

    #[test]
    fn every_hour_of_a_source_has_a_row_and_a_state() {
        let hours = vec![
            hour("eni-b", Some(7200), [3, 0, 0]),
            hour("eni-a", None, [1, 0, 0]),
            hour("eni-a", Some(0), [2, 2, 0]),
            hour("eni-a", Some(10_800), [5, 1, 1]),
        ];
        let rows = table(Dataset::Flows, hours.clone(), (None, None));
        assert_eq!(
            lines(&rows),
            [
                "eni-a,1970-01-01T00:00:00Z,nodata,2,1 7",
                "eni-a,1970-01-01T01:00:00Z,no_file,0,",
                "eni-a,1970-01-01T02:00:00Z,no_file,0,",
                "eni-a,1970-01-01T03:00:00Z,skipdata,5,1 7",
                "eni-a,,data,1,1 7",
                "eni-b,1970-01-01T02:00:00Z,data,3,1 7",
            ]
        );
        // With ends, every source reaches from the one to the other.
        let rows = table(
            Dataset::Flows,
            hours,
            bounds(TimeRange { from: Some(Timestamp(3_700_000)), to: Some(Timestamp(10_800_000)) }, 0, 10_800),
        );
        assert_eq!(
            lines(&rows).iter().filter(|line| line.starts_with("eni-b")).collect::<Vec<_>>(),
            ["eni-b,1970-01-01T01:00:00Z,no_file,0,", "eni-b,1970-01-01T02:00:00Z,data,3,1 7",]
        );
    }

    #[test]
    fn hours_that_a_source_lacks_are_told_as_runs() {
        let hours = [
            hour("eni-a", Some(0), [2, 2, 0]),
            hour("eni-a", Some(10_800), [5, 1, 1]),
            hour("eni-a", Some(14_400), [1, 0, 0]),
            hour("eni-a", Some(21_600), [1, 0, 0]),
            hour("eni-b", None, [1, 0, 0]),
            hour("eni-b", Some(7200), [3, 0, 0]),
        ];
        let found = missing_of(Dataset::Flows, &hours.map(|hour| (hour.source, hour.hour)));
        assert_eq!((found.count, found.gaps.len()), (2, 1));
        let gap = &found.gaps[0];
        assert_eq!((gap.name().as_str(), gap.hours()), ("eni-a", 3));
        assert_eq!(gap.runs, [(3600, 10_800), (18_000, 21_600)]);
        let wanted = "account_id = 111122223333 and region is null and interface_id = eni-a";
        assert_eq!(gap.records.filter, crate::filter::parse(wanted, Dataset::Flows).ok());
    }

    #[test]
    fn a_transit_gateway_is_a_source_where_no_interface_is_named() {
        let text = |text: &str| Value::Text(text.to_owned());
        let values = [text("1"), text("eu-west-1"), Value::Null, text("tgw-1")];
        assert_eq!(
            source(Dataset::Flows, &values),
            (SourceKind::TransitGateway, [text("1"), text("eu-west-1"), text("tgw-1")])
        );
        assert_eq!(source(Dataset::Events, &[text("1"), text("us-east-1")]).0, SourceKind::Trail);
    }
}
