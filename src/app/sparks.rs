//! Small series: bytes over time of the pairs on screen, all on one axis of time so that rows can be compared.

use super::source::{Cancel, CaseReader};
use crate::filter::{Check, Filter, Literal, Target};
use crate::model::{Address, Dataset, Timestamp, field};
use crate::query::{
    self, BinWidth, GroupBy, Measure, PairKey, PairQuery, PairRow, QueryError, SeriesKey, SeriesQuery, Value,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Values of one small series.
pub const BINS: usize = 40;

/// The pairs on screen, and the axis of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SparkQuestion {
    revision: u64,
    pub query: PairQuery,
    rows: Vec<(u64, PairRow)>,
    first_secs: i64,
    bin_secs: u32,
}

#[derive(Debug, Default)]
pub struct Sparks(BTreeMap<u64, Arc<[f32]>>);

impl Sparks {
    pub fn of(&self, row: u64) -> Option<&Arc<[f32]>> {
        self.0.get(&row)
    }
}

/// `None` where there is nothing to draw: no rows, or no time.
pub fn question(
    revision: u64,
    query: PairQuery,
    rows: Vec<(u64, PairRow)>,
    span: Option<(Timestamp, Timestamp)>,
) -> Option<SparkQuestion> {
    if rows.is_empty() {
        return None;
    }
    let first = query.scope.range.from.or(span.map(|s| s.0))?.secs();
    let last = query.scope.range.to.or(span.map(|s| s.1))?.secs();
    let width = last.saturating_sub(first).max(0) / BINS as i64 + 1;
    let bin_secs = u32::try_from(width.min(86_400)).unwrap_or(86_400);
    Some(SparkQuestion { revision, query, rows, first_secs: first, bin_secs })
}

/// One query for all rows; by direction, one for each direction among them.
pub fn read(reader: &CaseReader, question: &SparkQuestion, cancel: &Cancel) -> Result<Sparks, QueryError> {
    let query = &question.query;
    let directions: BTreeSet<Option<&str>> = match query.by {
        PairKey::AddressesAndDirection => question.rows.iter().map(|(_, row)| row.flow_direction.as_deref()).collect(),
        PairKey::Addresses | PairKey::PacketAddresses => [None].into(),
    };
    let mut sparks = Sparks::default();
    for direction in directions {
        let by_direction = query.by == PairKey::AddressesAndDirection;
        let rows: Vec<&(u64, PairRow)> =
            question.rows.iter().filter(|(_, r)| !by_direction || r.flow_direction.as_deref() == direction).collect();
        let mut wanted = Filter::any_of(rows.iter().filter_map(|(_, row)| pair_filter(query.by, row)));
        if by_direction {
            wanted = wanted.and(text_filter("flow_direction", direction));
        }
        let series = SeriesQuery {
            bin: BinWidth::Secs(question.bin_secs),
            by: Some(if query.by == PairKey::PacketAddresses { GroupBy::PacketPair } else { GroupBy::Pair }),
            top: rows.len(),
            ..SeriesQuery::of(query.records()?.and(wanted), Measure::Bytes)
        };
        let table = query::series(reader, &series, cancel)?;
        for line in &table.lines {
            let SeriesKey::Group(key) = &line.key else { continue };
            let of_line = |row: &PairRow| is(key.first(), &row.srcaddr) && is(key.get(1), &row.dstaddr);
            let Some((row, _)) = rows.iter().find(|(_, row)| of_line(row)) else { continue };
            let at = line.at.iter().filter_map(|at| table.bins.get(*at as usize));
            sparks.0.insert(*row, spread(question, at.copied().zip(line.values.iter().copied())));
        }
    }
    Ok(sparks)
}

/// Is the key of a group this address, or none?
fn is(key: Option<&Value>, address: &Option<String>) -> bool {
    match key {
        Some(Value::Text(text)) => address.as_ref() == Some(text),
        _ => address.is_none(),
    }
}

/// Onto the axis; bins wider than a day do not exist, so that a long span is folded.
fn spread(question: &SparkQuestion, values: impl Iterator<Item = (i64, u128)>) -> Arc<[f32]> {
    let mut spark = [0f32; BINS];
    let bin = i64::from(question.bin_secs);
    let first = question.first_secs.div_euclid(bin) * bin;
    let (mut placed, mut bins) = (Vec::new(), BINS as i64);
    for (start, value) in values {
        let place = (start - first).div_euclid(bin).max(0);
        bins = bins.max(place + 1);
        placed.push((place, value));
    }
    for (place, value) in placed {
        if let Some(slot) = spark.get_mut((place * BINS as i64 / bins) as usize) {
            *slot += value as f32;
        }
    }
    spark.as_slice().into()
}

fn pair_filter(by: PairKey, row: &PairRow) -> Option<Filter> {
    let [source, destination] = by.fields();
    let is = |name: &str, text: &Option<String>| {
        let check = match text {
            Some(text) => Check::Equals(Literal::Address(Address::parse(text.as_bytes())?)),
            None => Check::Absent,
        };
        Some(Filter::test(Target::Field(field::by_name(Dataset::Flows, name)?), check))
    };
    Some(is(source, &row.srcaddr)?.and(is(destination, &row.dstaddr)?))
}

fn text_filter(name: &str, value: Option<&str>) -> Filter {
    let check = value.map_or(Check::Absent, |text| Check::Equals(Literal::text(text)));
    Filter::all_of(field::by_name(Dataset::Flows, name).map(|field| Filter::test(Target::Field(field), check)))
}
