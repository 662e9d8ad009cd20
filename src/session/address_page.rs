//! Everything about one address: what was asked last, and what it gave, ready to be drawn.

use super::marks::{self, AddressMarks};
use super::source::{Cancel, CaseReader};
use crate::present::chart::Chart;
use crate::query::{self, AddressFacts, AddressQuery, PairRow, QueryError, SeriesKey, SeriesLine, SeriesTable, Value};

/// Pairs and rows of each list at the most.
pub const ROWS: usize = 12;

/// The facts, with the pairs in words and both series in one chart.
pub struct About {
    pub facts: AddressFacts,
    /// In private space, or in a network that was declared own.
    pub internal: bool,
    /// What the address meets itself, and what those meet that it speaks with.
    pub marks: AddressMarks,
    pub pairs: Vec<PairRow>,
    /// Lines `sent` and `received`.
    pub chart: Chart,
}

pub fn read(reader: &CaseReader, query: &AddressQuery, cancel: &Cancel) -> Result<About, QueryError> {
    let facts = query::address_facts(reader, query, cancel)?;
    let pairs = query::pair_rows(reader, &facts.pairs.1, 0..ROWS)?;
    let own = query.address.to_string();
    let others = pairs.iter().flat_map(|row| [&row.srcaddr, &row.dstaddr]).flatten();
    let marks = marks::of_addresses(reader, std::iter::once(&own).chain(others).map(String::as_str))?;
    let chart = Chart::of(&together(&facts.sent_series.1, &facts.received_series.1));
    let internal = query::internal_space(reader)?.contains(&query.address);
    Ok(About { facts, internal, marks, pairs, chart })
}

/// Two tables of one line each over the bins of both.
fn together(sent: &SeriesTable, received: &SeriesTable) -> SeriesTable {
    let mut bins: Vec<i64> = sent.bins.iter().chain(&received.bins).copied().collect();
    bins.sort_unstable();
    bins.dedup();
    let line = |name: &str, table: &SeriesTable| {
        let own = table.lines.first();
        let value = |bin: &i64| {
            let place = table.bins.binary_search(bin).ok()?;
            own.map(|line| line.value(place)).filter(|value| *value > 0)
        };
        let filled: Vec<(u32, u128)> =
            bins.iter().enumerate().filter_map(|(at, bin)| Some((u32::try_from(at).ok()?, value(bin)?))).collect();
        let (at, values) = filled.into_iter().unzip();
        SeriesLine { key: SeriesKey::Group(vec![Value::Text(name.to_owned())]), at, values }
    };
    let lines = vec![line("sent", sent), line("received", received)];
    // The one that has no records has no width of its own.
    let bin_secs = if sent.bins.is_empty() { received.bin_secs } else { sent.bin_secs };
    SeriesTable { bin_secs, bins, lines, gaps: sent.gaps.clone(), ..SeriesTable::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_series_stand_over_the_bins_of_both() {
        let table = |bins: Vec<i64>, values: Vec<u128>| {
            let at = (0..bins.len() as u32).collect();
            let lines = vec![SeriesLine { key: SeriesKey::All, at, values }];
            SeriesTable { bin_secs: 60, bins, lines, ..SeriesTable::default() }
        };
        let both = together(&table(vec![0, 120], vec![5, 6]), &table(vec![60, 120], vec![7, 8]));
        assert_eq!(both.bins, [0, 60, 120]);
        assert_eq!(
            both.lines.iter().map(|line| [0, 1, 2].map(|bin| line.value(bin))).collect::<Vec<_>>(),
            [[5, 0, 6], [0, 7, 8]]
        );
    }
}
