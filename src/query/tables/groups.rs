//! Top lists, series and single figures as tables.

use super::{Column, LeftOut, Rows, Table, Total};
use crate::model::{SeriesKey, SeriesLine, SeriesTable, Timestamp, Unit, Value};
use crate::query::{
    Figure, Figures, GroupBy, GroupsQuery, GroupsTable, Measure, QueryError, SeriesQuery, TopQuery, TopTable,
};

/// The columns of a group's key.
fn key_columns(by: GroupBy) -> impl Iterator<Item = Column> {
    by.names().into_iter().zip(by.units()).map(|(name, unit)| Column::new(name, unit))
}

/// A top list.
pub fn top(query: &TopQuery, table: &TopTable) -> Rows {
    let figures = query.columns().map(|name| {
        let is_bytes = ["sent", "received", "total", "total_bytes"].contains(&name);
        Column::new(name, if is_bytes { Unit::Bytes } else { Unit::Count })
    });
    let rows = table.rows.iter().map(|row| row.key.iter().cloned().chain(query.values(row)).collect());
    let totals = vec![Total::new("groups", Unit::Count, Value::count(table.groups))];
    Rows { totals, ..Rows::new(key_columns(query.by).chain(figures).collect(), rows.collect()) }
}

/// Groups of equal values, with their shares of all records. What is in none of them is the last row: without a key, and
/// with the number of its groups in the last column, which is absent in every other row.
pub fn equal_groups(query: &GroupsQuery, table: &GroupsTable) -> Rows {
    let keys = query.by.iter().zip(query.units()).map(|(key, unit)| Column::new(key.to_string(), unit));
    let mut columns: Vec<Column> = keys.collect();
    columns.push(Column::new(query.measure.column(), query.measure.unit()));
    let has_shares = !query.has_several();
    if has_shares {
        columns.extend([Column::new("share", Unit::Ratio), Column::new(OTHER_GROUPS, Unit::Count)]);
    }
    let row = |key: Vec<Value>, value: Option<u128>, groups: Value| {
        let mut row = key;
        row.push(Value::sum(value));
        if has_shares {
            row.extend([share(value, table.all), groups]);
        }
        row
    };
    let mut rows: Vec<Vec<Value>> =
        table.rows.iter().map(|group| row(group.key.clone(), group.value, Value::Null)).collect();
    if let Some(other) = &table.other {
        rows.push(row(vec![Value::Null; query.by.len()], other.value, Value::count(other.groups)));
    }
    let totals = vec![Total::new("groups", Unit::Count, Value::count(table.groups))];
    Rows { totals, ..Rows::new(columns, rows) }
}

/// The column that tells the row of all other groups from theirs.
pub const OTHER_GROUPS: &str = "other_groups";

/// Millionths, rounded, of 1.
fn share(value: Option<u128>, all: Option<u128>) -> Value {
    const PARTS: u128 = 1_000_000;
    let (Some(value), Some(all)) = (value, all.filter(|all| *all > 0)) else { return Value::Null };
    let Some(parts) = value.checked_mul(PARTS).and_then(|parts| parts.checked_add(all / 2)) else { return Value::Null };
    let parts = parts / all;
    Value::Number(format!("{}.{:06}", parts / PARTS, parts % PARTS).into())
}

/// What the values of a measure are.
pub fn measure_unit(measure: Measure) -> Unit {
    if measure == Measure::Bytes { Unit::Bytes } else { Unit::Count }
}

fn series_columns(query: &SeriesQuery) -> Vec<Column> {
    let mut columns = vec![
        Column::new("bin_start", Unit::Time),
        Column::new("series", Unit::Text),
        Column::new("value", measure_unit(query.measure)),
    ];
    columns.extend(query.threshold.map(|_| Column::new("reached", Unit::Boolean)));
    columns
}

fn series_row(query: &SeriesQuery, start: i64, line: &SeriesLine, value: Value, sum: u128) -> Vec<Value> {
    let mut row = vec![Value::Time(Timestamp::from_secs(start)), series_name(&line.key, query), value];
    row.extend(query.threshold.map(|threshold| Value::Boolean(sum >= u128::from(threshold))));
    row
}

fn series_left_out(query: &SeriesQuery, table: &SeriesTable) -> LeftOut {
    let of_sums = if query.measure == Measure::Records { 0 } else { table.left_out };
    LeftOut { of_sums, untimed: table.untimed, allowed: 0 }
}

/// A series: a row for each bin and line that has a value.
pub fn series(query: &SeriesQuery, table: &SeriesTable) -> Rows {
    let mut rows = Vec::new();
    for (place, start) in table.bins.iter().enumerate() {
        for line in &table.lines {
            if u32::try_from(place).is_ok_and(|place| line.at.binary_search(&place).is_ok()) {
                let value = line.value(place);
                rows.push(series_row(query, *start, line, Value::sum(Some(value)), value));
            }
        }
    }
    Rows { left_out: series_left_out(query, table), ..Rows::new(series_columns(query), rows) }
}

/// The same with a row for every bin from the first to the last and every line: 0 where there is evidence of that hour and
/// no value where there is none. Rows are made as they are read, because they can be many more than the records.
pub struct FilledSeries {
    query: SeriesQuery,
    table: SeriesTable,
    columns: Vec<Column>,
}

impl FilledSeries {
    pub fn new(query: SeriesQuery, table: SeriesTable) -> Self {
        let columns = series_columns(&query);
        Self { query, table, columns }
    }
}

impl Table for FilledSeries {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn len(&self) -> usize {
        let (Some(first), Some(last)) = (self.table.bins.first(), self.table.bins.last()) else { return 0 };
        let bins = (last - first) / i64::from(self.table.bin_secs.max(1)) + 1;
        usize::try_from(bins).unwrap_or(usize::MAX).saturating_mul(self.table.lines.len())
    }

    fn rows(&self, from: usize, count: usize) -> Result<Vec<Vec<Value>>, QueryError> {
        let Some(first) = self.table.bins.first() else { return Ok(Vec::new()) };
        let lines = self.table.lines.len();
        let row = |at: usize| {
            let line = self.table.lines.get(at.checked_rem(lines)?)?;
            let bin = i64::try_from(at / lines).ok()?;
            let start = first.checked_add(bin.checked_mul(self.table.bin_secs.into())?)?;
            let sum = self.table.bins.binary_search(&start).ok().map(|place| line.value(place));
            let value = match sum {
                Some(sum) => Value::sum(Some(sum)),
                None if self.table.gap_at(start) => Value::Null,
                None => Value::Integer(0),
            };
            Some(series_row(&self.query, start, line, value, sum.unwrap_or(0)))
        };
        Ok((from..from.saturating_add(count).min(self.len())).filter_map(row).collect())
    }

    fn left_out(&self) -> LeftOut {
        series_left_out(&self.query, &self.table)
    }
}

/// The same with the number of each line, from 0, so that lines whose groups read alike stay apart, the name of its kind
/// (`all`, `group`, `other`), and the values of its group in columns of their own.
pub fn series_lines(query: &SeriesQuery, table: &SeriesTable) -> Rows {
    let keys: Vec<Column> = query.by.map(key_columns).into_iter().flatten().collect();
    let width = keys.len();
    let mut columns = vec![
        Column::new("bin_start", Unit::Time),
        Column::new("line", Unit::Number),
        Column::new("line_kind", Unit::Text),
    ];
    columns.extend(keys);
    columns.push(Column::new(query.measure.name(), measure_unit(query.measure)));
    let mut rows = Vec::new();
    for (place, start) in (0u32..).zip(&table.bins) {
        for (number, line) in (0i64..).zip(&table.lines) {
            if line.at.binary_search(&place).is_err() {
                continue;
            }
            let (kind, key) = match &line.key {
                SeriesKey::All => ("all", Vec::new()),
                SeriesKey::Group(key) => ("group", key.clone()),
                SeriesKey::Other => ("other", Vec::new()),
            };
            let mut row =
                vec![Value::Time(Timestamp::from_secs(*start)), Value::Integer(number), Value::Text(kind.to_owned())];
            row.extend(key.into_iter().chain(std::iter::repeat(Value::Null)).take(width));
            row.push(Value::sum(Some(line.value(place as usize))));
            rows.push(row);
        }
    }
    Rows::new(columns, rows)
}

/// What a line is called: its key's values; `other` for the rest; the measure where there is one line for all.
pub fn series_name(key: &SeriesKey, query: &SeriesQuery) -> Value {
    match key {
        SeriesKey::All => Value::Text(query.measure.name().to_owned()),
        SeriesKey::Other => Value::Text("other".to_owned()),
        SeriesKey::Group(values) => match query.by.map_or(values.as_slice(), |by| by.telling(values)) {
            [Value::Null] => Value::Null,
            values => {
                let text = |value: &Value| if *value == Value::Null { "-".to_owned() } else { value.to_text() };
                Value::Text(values.iter().map(text).collect::<Vec<_>>().join(" "))
            }
        },
    }
}

/// One number over records.
pub fn figure(figure: Figure, figures: &Figures) -> Rows {
    let (unit, value) = match figure {
        Figure::Records => (Unit::Count, Value::count(figures.records)),
        Figure::Bytes => (Unit::Bytes, Value::sum(figures.bytes)),
    };
    let left_out = LeftOut { of_sums: figures.left_out, ..LeftOut::default() };
    Rows { left_out, ..Rows::new(vec![Column::new(figure.name(), unit)], vec![vec![value]]) }
}
