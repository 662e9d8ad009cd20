//! Details of one address: what was asked last, and what it gave, ready to be drawn.

use super::marks::{self, AddressMarks};
use super::pane::{Asking, Pane};
use super::shown::{Candidate, Exported, Shown};
use super::slots::Slot;
use super::source::{Cancel, CaseReader};
use super::view::View;
use crate::app::Failure;
use crate::model::{Address, SeriesKey, SeriesLine, SeriesTable, Value};
use crate::present::chart::Chart;
use crate::query::tables;
use crate::query::{self, AddressFacts, AddressQuery, PairRow, QueryError};
use crate::questions::AddressQuestion;

/// Pairs and rows of each list at most.
const ROWS: usize = 12;

/// The facts, with the pairs in words and both series in one chart.
pub struct AddressPage {
    pub facts: AddressFacts,
    /// In private space, or in a network that was declared own.
    pub internal: bool,
    /// What the address matches itself, and what those meet that it communicates with.
    pub marks: AddressMarks,
    pub pairs: Vec<PairRow>,
    /// Lines `sent` and `received`.
    pub chart: Chart,
}

/// The page of the address that is looked at.
#[derive(Default)]
pub struct AddressPages {
    page: Slot<(u64, AddressQuery), AddressPage>,
}

impl AddressPages {
    /// What is known of an address, once it is in; and whether that is of an older question.
    pub fn of(&self, address: &Address) -> Option<(&AddressPage, bool)> {
        let (_, query) = self.page.shown_query()?;
        let page = self.page.shown().filter(|_| query.address == *address)?;
        Some((page, self.page.is_busy()))
    }

    pub fn fault(&self) -> Option<&Failure> {
        self.page.fault()
    }
}

impl Pane for AddressPages {
    fn shows(&self, view: View) -> bool {
        view == View::Address
    }

    fn ask(&mut self, asking: &Asking<'_>) {
        let Some(address) = asking.address else { return };
        let (range, duplicates) = (asking.range, asking.duplicates);
        let query = AddressQuery { range, duplicates, limit: ROWS, ..AddressQuery::of(address.clone()) };
        self.page.ask(&asking.lanes.answers, (asking.revision, query), |source, (_, query), cancel| {
            Ok(read(source.case()?, query, cancel)?)
        });
    }

    fn poll(&mut self) -> Vec<Failure> {
        self.page.poll().and_then(Result::err).into_iter().collect()
    }

    fn leave(&mut self) {
        self.page.stop();
    }

    fn is_busy(&self) -> bool {
        self.page.is_busy()
    }

    fn exported(&self, shown: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        let (page, _) = self.of(shown.address?)?;
        let lists = page.facts.lists.iter().map(|(name, query, table)| (*name, query, table));
        Exported::listed(tables::tops(lists, &page.pairs))
    }

    fn candidates(&self, shown: &Shown<'_>, _: usize) -> Vec<Candidate> {
        let Some(address) = shown.address else { return Vec::new() };
        let (range, duplicates) = (shown.range, shown.duplicates);
        let query = AddressQuery { range, duplicates, ..AddressQuery::of(address.clone()) };
        vec![Candidate::of(address.to_string(), &AddressQuestion(query))]
    }
}

fn read(reader: &CaseReader, query: &AddressQuery, cancel: &Cancel) -> Result<AddressPage, QueryError> {
    let facts = query::address_facts(reader, query, cancel)?;
    let pairs = query::pair_rows(reader, &facts.pairs.1, 0..ROWS)?;
    let own = query.address.to_string();
    let others = pairs.iter().flat_map(|row| [&row.srcaddr, &row.dstaddr]).flatten();
    let marks = marks::of_addresses(reader, std::iter::once(&own).chain(others).map(String::as_str))?;
    let chart = Chart::of(&together(&facts.sent_series.1, &facts.received_series.1));
    let internal = query::internal_space(reader)?.contains(&query.address);
    Ok(AddressPage { facts, internal, marks, pairs, chart })
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
