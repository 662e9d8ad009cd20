//! Top lists, series and single figures as tables.

use super::{Column, Rows};
use crate::model::{Timestamp, Unit};
use crate::query::named::Figure;
use crate::query::{Figures, GroupBy, Measure, SeriesKey, SeriesQuery, SeriesTable, TopQuery, TopTable, Value};

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
    Rows { columns: key_columns(query.by).chain(figures).collect(), rows: rows.collect() }
}

/// What the values of a measure are.
pub fn measure_unit(measure: Measure) -> Unit {
    if measure == Measure::Bytes { Unit::Bytes } else { Unit::Count }
}

/// A series: a row for each bin and line that has a value.
pub fn series(query: &SeriesQuery, table: &SeriesTable) -> Rows {
    let mut columns = vec![
        Column::new("bin_start", Unit::Time),
        Column::new("series", Unit::Text),
        Column::new("value", measure_unit(query.measure)),
    ];
    columns.extend(query.threshold.map(|_| Column::new("reached", Unit::Boolean)));
    let mut rows = Vec::new();
    for (place, start) in (0u32..).zip(&table.bins) {
        for line in table.lines.iter().filter(|line| line.at.binary_search(&place).is_ok()) {
            let value = line.value(place as usize);
            let start = Value::Time(Timestamp::from_secs(*start));
            let mut row = vec![start, series_name(&line.key, query), Value::sum(Some(value))];
            row.extend(query.threshold.map(|threshold| Value::Boolean(value >= u128::from(threshold))));
            rows.push(row);
        }
    }
    Rows { columns, rows }
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
    Rows { columns, rows }
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
    Rows { columns: vec![Column::new(figure.name(), unit)], rows: vec![vec![value]] }
}
