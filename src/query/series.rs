//! Measures over time: in bins, by group, with the hours told of which there is no evidence.

use super::columns_sql::read_value;
use super::directed::Counted;
use super::figures::Source;
use super::group::GroupBy;
use super::hours::{gaps, time_sql};
use super::rows::from_where;
use super::scope::Scope;
use super::sums::read_sum;
use super::top::{Measure, TopQuery, top};
use super::{Cancel, QueryError, engine, filter_sql};
use crate::case::CaseReader;
use crate::model::{SeriesKey, SeriesLine, SeriesTable, Value};
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
        BinWidth::Secs(_) => return Err(QueryError::Filter("a bin must be between 1 second and 1 day".to_owned())),
        BinWidth::Auto => auto_width(span(reader, &query.scope, cancel)?),
    };
    let lines = engine::attempt(reader, query.scope.dataset, cancel, |engine| engine.lines(query, bin_secs, &keys))?;
    let mut table = match lines {
        Some(table) => table,
        None => lines_by_sql(reader, query, bin_secs, keys, cancel)?,
    };
    table.gaps = gaps(reader, query.scope.dataset, query.scope.range, cancel)?;
    Ok(table)
}

/// Seconds from the first to the last record.
fn span(reader: &CaseReader, scope: &Scope, cancel: &Cancel) -> Result<i64, QueryError> {
    let records = scope.records(Vec::new());
    if let Some(span) =
        engine::attempt(reader, scope.dataset, cancel, |engine| engine.time_span(&*engine.chosen(&records)?))?
    {
        return Ok(span.map_or(0, |(first, last)| last.saturating_sub(first)));
    }
    let time = time_sql(scope.dataset);
    let (from, params) = from_where(&records, "")?;
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
    pub(super) fn new(keys: Vec<Vec<Value>>, grouped: bool) -> Self {
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
    pub(super) fn add_to(&mut self, place: usize, bin: u32, value: u128) {
        let Some(line) = self.lines.get_mut(place) else { return };
        match (line.at.last(), line.values.last_mut()) {
            (Some(at), Some(sum)) if *at == bin => *sum = sum.saturating_add(value),
            _ => {
                line.at.push(bin);
                line.values.push(value);
            }
        }
    }

    pub(super) fn finish(mut self) -> Vec<SeriesLine> {
        self.lines.retain(|line| line.key != SeriesKey::Other || !line.at.is_empty());
        self.lines
    }
}
