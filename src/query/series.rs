//! Measures over time: in bins, by group, with the hours told of which there is no evidence.

use super::columns_sql::read_value;
use super::directed::Counted;
use super::figures::Source;
use super::group::GroupBy;
use super::rows::from_where;
use super::scope::Scope;
use super::sums::read_sum;
use super::top::{Measure, TopQuery, top};
use super::{Cancel, QueryError, Value, engine, filter_sql};
use crate::case::CaseReader;
use crate::model::{Dataset, TimeRange};
use rusqlite::params_from_iter;
use std::collections::HashMap;

/// Seconds of a bin that `BinWidth::Auto` chooses from, ascending.
pub const AUTO_WIDTHS: [u32; 15] = [1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];
/// `BinWidth::Auto` chooses the narrowest width that needs no more bins than this from the first to the last record; a
/// day where every width needs more.
pub const AUTO_BINS: i64 = 300;

/// How wide a bin is. Bins begin at whole multiples of their width since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BinWidth {
    /// The rule of `AUTO_BINS`.
    #[default]
    Auto,
    /// 1 second to 1 day.
    Secs(u32),
}

/// What is measured over time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SeriesQuery {
    pub scope: Scope,
    pub measure: Measure,
    pub bin: BinWidth,
    /// A line for each of the groups with the most, and one for the rest.
    pub by: Option<GroupBy>,
    /// How many groups have a line of their own.
    pub top: usize,
    /// Bins of a line that reach this are marked (the playbook's NAT alarm: 5,000,000 bytes in 900 seconds).
    pub threshold: Option<u64>,
}

impl SeriesQuery {
    /// One line over all records of the scope.
    pub fn of(scope: Scope, measure: Measure) -> Self {
        Self { scope, measure, bin: BinWidth::Auto, by: None, top: 10, threshold: None }
    }
}

/// Whose line it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SeriesKey {
    /// Of everything, where nothing is grouped by.
    All,
    /// A group, by one value for each of `GroupBy::names`.
    Group(Vec<Value>),
    /// The groups without a line of their own.
    Other,
}

/// A line: values at some of the table's bins. In the others it is zero where there is evidence (`SeriesTable::gap_at`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesLine {
    pub key: SeriesKey,
    /// Places in `SeriesTable::bins`, ascending.
    pub at: Vec<u32>,
    /// As long as `at`.
    pub values: Vec<u128>,
}

impl SeriesLine {
    /// The value in the bin at this place of `SeriesTable::bins`.
    pub fn value(&self, bin: usize) -> u128 {
        let found = u32::try_from(bin).ok().and_then(|bin| self.at.binary_search(&bin).ok());
        found.and_then(|place| self.values.get(place).copied()).unwrap_or(0)
    }

    /// Places in `SeriesTable::bins` whose values reach the threshold.
    pub fn reaching(&self, threshold: u64) -> impl Iterator<Item = u32> {
        self.at.iter().zip(&self.values).filter(move |(_, v)| **v >= u128::from(threshold)).map(|(at, _)| *at)
    }
}

/// Lines over the same bins. Between bins there is nothing: zero, or a gap in the evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeriesTable {
    pub bin_secs: u32,
    /// Starts of the bins that hold a record, in seconds, ascending.
    pub bins: Vec<i64>,
    /// Groups by their measure, greatest first; the rest last, where there is any.
    pub lines: Vec<SeriesLine>,
    /// Whole hours of the asked time range (open ends: of all evidence of the dataset) in which no record of the dataset
    /// starts, whatever the filter: seconds, from is inside, to is not. There the evidence says nothing; in every other
    /// hour a missing bin is a zero.
    pub gaps: Vec<(i64, i64)>,
    /// Records without a time, which are in no bin.
    pub untimed: u64,
    /// NODATA and SKIPDATA records: counted as records, left out of bytes and packets.
    pub left_out: u64,
}

impl SeriesTable {
    /// Does this bin lie in a gap as a whole?
    pub fn gap_at(&self, start_secs: i64) -> bool {
        let end = start_secs.saturating_add(self.bin_secs.into());
        let after = self.gaps.partition_point(|(from, _)| *from <= start_secs);
        after.checked_sub(1).and_then(|place| self.gaps.get(place)).is_some_and(|(_, to)| end <= *to)
    }
}

/// The lines of a query. Takes time in proportion to the records; never on the frame thread.
pub fn series(reader: &CaseReader, query: &SeriesQuery, cancel: &Cancel) -> Result<SeriesTable, QueryError> {
    let keys: Vec<Vec<Value>> = match query.by {
        None => Vec::new(),
        Some(by) => {
            let most = TopQuery { scope: query.scope.clone(), by, measure: query.measure, limit: Some(query.top) };
            top(reader, &most, cancel)?.rows.into_iter().map(|row| row.key).collect()
        }
    };
    series_of(reader, query, keys, cancel)
}

/// The same with lines for these groups, whichever have the most; everything else is the rest. Keys of groups that are not
/// there have empty lines.
pub fn series_of(
    reader: &CaseReader,
    query: &SeriesQuery,
    keys: Vec<Vec<Value>>,
    cancel: &Cancel,
) -> Result<SeriesTable, QueryError> {
    query.measure.check(query.scope.dataset)?;
    let bin_secs = match query.bin {
        BinWidth::Secs(secs @ 1..=86_400) => secs,
        BinWidth::Secs(_) => return Err(QueryError::Filter("a bin is 1 second to 1 day wide".to_owned())),
        BinWidth::Auto => auto_width(span(reader, &query.scope, cancel)?),
    };
    let lines = match query.scope.dataset {
        Dataset::Flows => engine::attempt(reader, cancel, |engine| engine.lines(query, bin_secs, &keys))?,
        Dataset::Events => None,
    };
    let mut table = match lines {
        Some(table) => table,
        None => lines_by_sql(reader, query, bin_secs, keys, cancel)?,
    };
    table.gaps = gaps(reader, query.scope.dataset, query.scope.range, cancel)?;
    Ok(table)
}

/// Seconds from the first to the last record.
fn span(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<i64, QueryError> {
    if scope.dataset == Dataset::Flows {
        let span =
            engine::attempt(reader, cancel, |engine| engine.start_span(&engine.chosen(&scope.records(Vec::new()))?))?;
        if let Some(span) = span {
            return Ok(span.map_or(0, |(first, last)| last.saturating_sub(first)));
        }
    }
    let time = time_sql(scope.dataset);
    let (from, params) = from_where(&scope.records(Vec::new()), "")?;
    filter_sql::prepare(reader)?;
    let sql = format!("SELECT min({time}), max({time}) {from}");
    let (first, last): (Option<i64>, Option<i64>) = cancel.watch(reader, || {
        Ok(reader.conn.query_row(&sql, params_from_iter(params), |r| Ok((r.get(0)?, r.get(1)?)))?)
    })?;
    Ok(first.zip(last).map_or(0, |(first, last)| last.saturating_sub(first)))
}

/// The width that `BinWidth::Auto` is for records so many seconds apart.
pub fn auto_width(span_secs: i64) -> u32 {
    AUTO_WIDTHS.into_iter().find(|width| span_secs / i64::from(*width) < AUTO_BINS).unwrap_or(86_400)
}

/// When a record is, in whole seconds, rounded towards the past.
fn time_sql(dataset: Dataset) -> &'static str {
    match dataset {
        Dataset::Flows => "f.start",
        Dataset::Events => "(e.time_millis - ((e.time_millis % 1000) + 1000) % 1000) / 1000",
    }
}

/// Everything but the gaps, by plain SQL over the rows.
pub(super) fn lines_by_sql(
    reader: &CaseReader,
    query: &SeriesQuery,
    bin_secs: u32,
    keys: Vec<Vec<Value>>,
    cancel: &Cancel,
) -> Result<SeriesTable, QueryError> {
    let mut table = SeriesTable { bin_secs, ..SeriesTable::default() };
    filter_sql::prepare(reader)?;
    let dataset = query.scope.dataset;
    let key = query.by.map(|by| by.sql(dataset)).transpose()?;
    let fields = key.as_ref().map_or(&[][..], |key| &key.fields);
    let source = Source::new(reader, dataset, fields, Counted::Once)?;
    let (from, params) = source.select_from(&query.scope.records(Vec::new()))?;
    let measure = match query.measure {
        Measure::Records => "n",
        other => other.name(),
    };
    let (names, own, other) = match &key {
        None => (String::new(), String::new(), None),
        Some(key) => {
            let names = format!(", {}", key.names());
            let other = key.two_sided.then_some("other_key1");
            (names, format!("{}, ", key.columns), other)
        }
    };
    let (time, width) = (time_sql(dataset), table.bin_secs);
    let both = other.map_or_else(String::new, |other| {
        format!(
            " UNION ALL SELECT bin, {other}, iif(key1 IS {other}, 0, n), bytes, packets,
               iif(key1 IS {other}, 0, left_out) FROM record"
        )
    });
    let sql = format!(
        "WITH record AS NOT MATERIALIZED (
           SELECT {own}{time} - (({time} % {width}) + {width}) % {width} AS bin, {} {from})
         SELECT bin, sum({measure} >> 32), sum({measure} & 4294967295), sum(n), sum(left_out){names} FROM (
           SELECT bin{names}, n, bytes, packets, left_out FROM record{both})
         GROUP BY bin{names} ORDER BY bin{names}",
        source.columns
    );
    let mut lines = Lines::new(keys, query.by.is_some());
    cancel.watch(reader, || {
        let mut statement = reader.conn.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(&params))?;
        while let Some(row) = rows.next()? {
            table.left_out += row.get::<_, u64>(4)?;
            let Some(start) = row.get::<_, Option<i64>>(0)? else {
                table.untimed += row.get::<_, u64>(3)?;
                continue;
            };
            if table.bins.last() != Some(&start) {
                table.bins.push(start);
            }
            let mut values = Vec::new();
            for (index, (dataset, kind)) in key.iter().flat_map(|key| &key.kinds).enumerate() {
                values.push(read_value(row, 5 + index, *dataset, *kind)?);
            }
            lines.add(&values, (table.bins.len() - 1) as u32, read_sum(row, 1)?.unwrap_or(0));
        }
        Ok(())
    })?;
    table.lines = lines.finish();
    Ok(table)
}

pub(super) struct Lines {
    places: HashMap<Vec<Value>, usize>,
    lines: Vec<SeriesLine>,
}

impl Lines {
    /// A line for each key and one for the rest; without groups, one line.
    pub fn new(keys: Vec<Vec<Value>>, grouped: bool) -> Self {
        let line = |key: SeriesKey| SeriesLine { key, at: Vec::new(), values: Vec::new() };
        let places = keys.iter().cloned().enumerate().map(|(place, key)| (key, place)).collect();
        let mut lines: Vec<SeriesLine> = keys.into_iter().map(|key| line(SeriesKey::Group(key))).collect();
        lines.push(line(if grouped { SeriesKey::Other } else { SeriesKey::All }));
        Self { places, lines }
    }

    fn add(&mut self, key: &[Value], bin: u32, value: u128) {
        self.add_to(self.places.get(key).copied().unwrap_or(self.lines.len() - 1), bin, value);
    }

    /// Adds to the line at this place. Bins come in order.
    pub fn add_to(&mut self, place: usize, bin: u32, value: u128) {
        let Some(line) = self.lines.get_mut(place) else { return };
        match (line.at.last(), line.values.last_mut()) {
            (Some(at), Some(sum)) if *at == bin => *sum = sum.saturating_add(value),
            _ => {
                line.at.push(bin);
                line.values.push(value);
            }
        }
    }

    pub fn finish(mut self) -> Vec<SeriesLine> {
        self.lines.retain(|line| line.key != SeriesKey::Other || !line.at.is_empty());
        self.lines
    }
}

const HOUR: i64 = 3600;

/// The hours without a record of the dataset, whatever the filter, as ranges in seconds.
pub fn gaps(
    reader: &CaseReader,
    dataset: Dataset,
    range: TimeRange,
    cancel: &Cancel,
) -> Result<Vec<(i64, i64)>, QueryError> {
    let hours = hours_with_records(reader, dataset, cancel)?;
    let (Some(first), Some(last)) = (hours.first(), hours.last()) else { return Ok(Vec::new()) };
    let from = range.from.map_or(*first, |from| from.secs().div_euclid(HOUR) * HOUR);
    let to = range.to.map_or(last + HOUR, |to| {
        (to.secs() + i64::from(to.0.rem_euclid(1000) != 0) + HOUR - 1).div_euclid(HOUR) * HOUR
    });
    let mut gaps = Vec::new();
    let mut open = from;
    for hour in hours.into_iter().filter(|hour| (from..to).contains(hour)) {
        if hour > open {
            gaps.push((open, hour));
        }
        open = hour + HOUR;
    }
    if to > open {
        gaps.push((open, to));
    }
    Ok(gaps)
}

/// Starts of the hours in which a record of the dataset starts, in seconds, ascending.
pub fn hours_with_records(reader: &CaseReader, dataset: Dataset, cancel: &Cancel) -> Result<Vec<i64>, QueryError> {
    if dataset == Dataset::Flows
        && let Some(hours) = engine::attempt(reader, cancel, |engine| engine.hours())?
    {
        return Ok(hours);
    }
    hours_by_sql(reader, dataset, cancel)
}

/// The same by plain SQL over the rows.
pub(super) fn hours_by_sql(reader: &CaseReader, dataset: Dataset, cancel: &Cancel) -> Result<Vec<i64>, QueryError> {
    let time = time_sql(dataset);
    let table = if dataset == Dataset::Flows { "flow f" } else { "event e" };
    let sql = format!(
        "SELECT DISTINCT {time} - (({time} % {HOUR}) + {HOUR}) % {HOUR} AS hour FROM {table}
         WHERE hour IS NOT NULL ORDER BY hour"
    );
    cancel.watch(reader, || {
        let mut statement = reader.conn.prepare_cached(&sql)?;
        let rows = statement.query_map([], |r| r.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}
