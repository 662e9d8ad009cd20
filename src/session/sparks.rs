//! Small series: bytes over time of the pairs on screen, all on one axis of time so that rows can be compared.

use super::source::{Cancel, CaseReader};
use crate::filter::{Check, Filter, Literal, Target};
use crate::model::{Address, Dataset, SeriesKey, Timestamp, Value, field};
use crate::query::{self, BinWidth, GroupBy, Measure, PairKey, PairQuery, QueryError, SeriesQuery};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Values of one small series.
pub(crate) const BINS: usize = 40;

/// A row on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SparkRow {
    pub at: u64,
    pub ends: [Option<String>; 2],
    pub direction: Option<String>,
}

/// The rows on screen, and the axis of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SparkQuestion {
    revision: u64,
    /// Both directions in one series.
    folded: bool,
    query: PairQuery,
    pub rows: Vec<SparkRow>,
    first_secs: i64,
    last_secs: i64,
    bin_secs: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Sparks(BTreeMap<u64, Arc<[f32]>>);

impl Sparks {
    /// Of the row at this place; all zero where it has no bytes.
    pub(crate) fn of(&self, row: u64) -> Option<&Arc<[f32]>> {
        self.0.get(&row)
    }
}

/// `None` where there is nothing to draw: no rows, or no time.
pub(crate) fn question(
    (revision, folded): (u64, bool),
    mut query: PairQuery,
    rows: Vec<SparkRow>,
    span: Option<(Timestamp, Timestamp)>,
) -> Option<SparkQuestion> {
    if rows.is_empty() {
        return None;
    }
    // The rows are named: their order and whose they are does not matter.
    query.sort.clear();
    let first = query.scope.range.from.or(span.map(|s| s.0))?.secs();
    let last = query.scope.range.to.or(span.map(|s| s.1))?.secs();
    let width = last.saturating_sub(first).max(0) / BINS as i64 + 1;
    let bin_secs = u32::try_from(width.min(86_400)).unwrap_or(86_400);
    Some(SparkQuestion { revision, folded, query, rows, first_secs: first, last_secs: last, bin_secs })
}

/// One query for all rows; by direction, one for each direction among them.
pub(crate) fn read(reader: &CaseReader, question: &SparkQuestion, cancel: &Cancel) -> Result<Sparks, QueryError> {
    let by_direction = question.query.by == PairKey::AddressesAndDirection;
    let directions: BTreeSet<Option<&str>> =
        question.rows.iter().map(|row| row.direction.as_deref().filter(|_| by_direction)).collect();
    let mut sums: BTreeMap<u64, Vec<(i64, u128)>> = question.rows.iter().map(|row| (row.at, Vec::new())).collect();
    for direction in directions {
        let of_direction = |row: &&SparkRow| !by_direction || row.direction.as_deref() == direction;
        let rows: Vec<&SparkRow> = question.rows.iter().filter(of_direction).collect();
        read_rows(reader, question, direction.filter(|_| by_direction), &rows, &mut sums, cancel)?;
    }
    Ok(Sparks(sums.into_iter().map(|(at, values)| (at, spread(question, &values))).collect()))
}

fn read_rows(
    reader: &CaseReader,
    question: &SparkQuestion,
    direction: Option<&str>,
    rows: &[&SparkRow],
    sums: &mut BTreeMap<u64, Vec<(i64, u128)>>,
    cancel: &Cancel,
) -> Result<(), QueryError> {
    let query = &question.query;
    let mut wanted = pairs_filter(query.by, rows, question.folded);
    if query.by == PairKey::AddressesAndDirection {
        wanted = wanted.and(text_filter("flow_direction", direction));
    }
    let series = SeriesQuery {
        bin: BinWidth::Secs(question.bin_secs),
        by: Some(if query.by == PairKey::PacketAddresses { GroupBy::PacketPair } else { GroupBy::Pair }),
        ..SeriesQuery::of(query.records()?.and(wanted), Measure::Bytes)
    };
    let end = |end: &Option<String>| end.clone().map_or(Value::Null, Value::Text);
    let mut keys: Vec<Vec<Value>> = Vec::new();
    for [one, other] in rows.iter().map(|row| &row.ends) {
        let there = vec![end(one), end(other)];
        let back = vec![end(other), end(one)];
        for key in std::iter::once(there).chain(question.folded.then_some(back)) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    let table = query::series_of(reader, &series, keys, cancel)?;
    for line in &table.lines {
        let SeriesKey::Group(key) = &line.key else { continue };
        let matches = |row: &SparkRow| {
            let [one, other] = &row.ends;
            let is_way = |from, to| is(key.first(), from) && is(key.get(1), to);
            is_way(one, other) || question.folded && is_way(other, one)
        };
        let Some(row) = rows.iter().find(|row| matches(row)) else { continue };
        let at = line.at.iter().filter_map(|at| table.bins.get(*at as usize).copied());
        if let Some(sum) = sums.get_mut(&row.at) {
            sum.extend(at.zip(line.values.iter().copied()));
        }
    }
    Ok(())
}

/// Is the key of a group this address, or none?
fn is(key: Option<&Value>, address: &Option<String>) -> bool {
    match key {
        Some(Value::Text(text)) => address.as_ref() == Some(text),
        _ => address.is_none(),
    }
}

/// Onto the axis; bins wider than a day do not exist, so that a long span is folded.
fn spread(question: &SparkQuestion, values: &[(i64, u128)]) -> Arc<[f32]> {
    let bin = i64::from(question.bin_secs);
    let first = question.first_secs.div_euclid(bin) * bin;
    let place = |start: i64| start.saturating_sub(first).div_euclid(bin).max(0);
    // The same for every row, whatever it holds.
    let bins = (place(question.last_secs) + 1).max(BINS as i64);
    let mut spark = [0f32; BINS];
    for (start, value) in values {
        if let Some(slot) = spark.get_mut((place(*start).min(bins - 1) * BINS as i64 / bins) as usize) {
            *slot += *value as f32;
        }
    }
    spark.as_slice().into()
}

/// Of the records of these pairs, and of others between their ends: two lists are looked up in one go, where a condition for
/// each pair would be a look through all records for each.
fn pairs_filter(by: PairKey, rows: &[&SparkRow], folded: bool) -> Filter {
    let side = |name: &str, other: bool| {
        let ends = || {
            rows.iter().flat_map(|row| match (folded, other, &row.ends) {
                (true, _, [one, two]) => vec![one, two],
                (false, false, [one, _]) => vec![one],
                (false, true, [_, two]) => vec![two],
            })
        };
        let texts: BTreeSet<&str> = ends().flatten().map(String::as_str).collect();
        let literals: Vec<Literal> =
            texts.into_iter().filter_map(|text| Address::parse(text.as_bytes())).map(Literal::Address).collect();
        let checks = [
            (!literals.is_empty()).then_some(Check::In(literals)),
            ends().any(Option::is_none).then_some(Check::Absent),
        ];
        let target = field::by_name(Dataset::Flows, name).map(Target::Field);
        Filter::any_of(checks.into_iter().flatten().zip(target.into_iter().cycle()).map(|(c, t)| Filter::test(t, c)))
    };
    let [source, destination] = by.fields();
    side(source, false).and(side(destination, true))
}

fn text_filter(name: &str, value: Option<&str>) -> Filter {
    let check = value.map_or(Check::Absent, |text| Check::Equals(Literal::text(text)));
    Filter::all_of(field::by_name(Dataset::Flows, name).map(|field| Filter::test(Target::Field(field), check)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_the_same_axis_however_long_it_is() {
        let row = SparkRow { at: 0, ends: [None, None], direction: None };
        let day = |days: i64| Timestamp::from_secs(days * 86_400);
        let question = question((1, false), PairQuery::all(), vec![row], Some((day(0), day(399)))).unwrap();
        let place = |days: i64| {
            let spark = spread(&question, &[(days * 86_400, 7)]);
            spark.iter().position(|value| *value > 0.0).unwrap()
        };
        assert_eq!([place(0), place(9), place(10), place(200), place(399)], [0, 0, 1, 20, 39]);
    }
}
