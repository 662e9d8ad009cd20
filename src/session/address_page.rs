//! Details of one address: what was asked last, and what it gave, ready to be drawn.

use super::marks::{self, AddressMarks};
use super::pane::{Asking, Pane};
use super::shown::{Candidate, Exported, Shown};
use super::slots::Slot;
use super::source::{Cancel, CaseReader};
use super::view::View;
use crate::analysis::assets::{self, Known};
use crate::app::Failure;
use crate::model::{Address, SeriesKey, SeriesLine, SeriesTable, Value};
use crate::present::chart::Chart;
use crate::query::tables;
use crate::query::{self, AddressFigures, AddressQuery, Mark, PairQuery, PairRow, QueryError, TopQuery, TopTable};
use crate::questions::AddressQuestion;

/// Pairs and rows of each list at most.
const ROWS: usize = 12;

/// How much there is of the address.
pub struct Head {
    pub figures: AddressFigures,
    /// In private space, or in a network that was declared own.
    pub internal: bool,
    /// What the address matches itself.
    pub marks: Vec<Mark>,
}

/// With whom it communicates most, in words.
pub struct Pairs {
    pub query: PairQuery,
    /// Pairs beyond the rows too.
    pub count: u64,
    pub rows: Vec<PairRow>,
    /// What both ends of the rows match.
    pub marks: AddressMarks,
}

/// A list, and its answer once it is counted.
pub(crate) type List<'a> = (&'static str, &'a TopQuery, Option<&'a TopTable>);

/// What is asked, of the case as it is then.
type Asked = (u64, AddressQuery);

/// The page of the address that is looked at. Each part is shown as soon as it is counted.
#[derive(Default)]
pub struct AddressPages {
    asked: Option<Asked>,
    head: Slot<Asked, Head>,
    pairs: Slot<Asked, Pairs>,
    /// Lines `sent` and `received`.
    chart: Slot<Asked, Chart>,
    known: Slot<Asked, Vec<Known>>,
    lists: Vec<(&'static str, TopQuery, Slot<Asked, TopTable>)>,
    /// The examiner stopped what was still counted.
    is_stopped: bool,
}

/// What the view asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressAction {
    Stop,
    Resume,
}

impl AddressPages {
    /// Of the address, and of the time range and duplicates that are asked for; of older evidence too.
    fn is_of<T: Send + 'static>(&self, address: &Address, slot: &Slot<Asked, T>) -> bool {
        let asked = self.asked.as_ref().map(|(_, query)| query);
        slot.shown_query().is_some_and(|(_, query)| query.address == *address && Some(query) == asked)
    }

    /// How much there is of an address, once it is counted.
    pub fn head(&self, address: &Address) -> Option<&Head> {
        self.head.shown().filter(|_| self.is_of(address, &self.head))
    }

    pub fn pairs(&self, address: &Address) -> Option<&Pairs> {
        self.pairs.shown().filter(|_| self.is_of(address, &self.pairs))
    }

    pub fn chart(&self, address: &Address) -> Option<&Chart> {
        self.chart.shown().filter(|_| self.is_of(address, &self.chart))
    }

    /// What events and inventories say of the address.
    pub fn known(&self, address: &Address) -> &[Known] {
        self.known.shown().filter(|_| self.is_of(address, &self.known)).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn lists(&self, address: &Address) -> impl Iterator<Item = List<'_>> {
        self.lists
            .iter()
            .map(move |(name, query, slot)| (*name, query, slot.shown().filter(|_| self.is_of(address, slot))))
    }

    /// How many parts are counted, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        let asked = self.asked.as_ref();
        let first =
            [self.head.shown_query(), self.known.shown_query(), self.pairs.shown_query(), self.chart.shown_query()];
        let first = first.map(|shown| shown == asked);
        let lists = self.lists.iter().map(|(.., slot)| slot.shown_query() == asked);
        let done = first.into_iter().chain(lists).filter(|is_done| *is_done).count();
        (done, self.lists.len() + first.len())
    }

    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    pub fn faults(&self) -> impl Iterator<Item = &Failure> {
        let first = [self.head.fault(), self.known.fault(), self.pairs.fault(), self.chart.fault()];
        first.into_iter().chain(self.lists.iter().map(|(.., slot)| slot.fault())).flatten()
    }

    pub fn apply(&mut self, action: AddressAction) {
        self.is_stopped = action == AddressAction::Stop;
        if self.is_stopped {
            self.stop();
        }
    }

    fn stop(&mut self) {
        self.head.stop();
        self.known.stop();
        self.pairs.stop();
        self.chart.stop();
        self.lists.iter_mut().for_each(|(.., slot)| slot.stop());
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
        let asked = (asking.revision, query);
        if self.asked.as_ref() != Some(&asked) {
            self.stop();
            // Events are asked for where there are any in the case; a list that turns out empty is not shown.
            let lists = asked.1.lists(asking.totals.events > 0).into_iter();
            self.lists = lists.map(|(name, query)| (name, query, Slot::default())).collect();
            (self.asked, self.is_stopped) = (Some(asked.clone()), false);
        }
        if self.is_stopped {
            return;
        }
        // One at a time: what another view asks meanwhile waits for one of them at most.
        let lane = &asking.lanes.answers;
        self.head.ask(lane, asked.clone(), |source, (_, query), cancel| Ok(head(source.case()?, query, cancel)?));
        if self.head.is_busy() {
            return;
        }
        self.chart.ask(lane, asked.clone(), |source, (_, query), cancel| {
            let [sent, received] = query::address_series(source.case()?, query, cancel)?;
            Ok(Chart::of(&together(&sent.1, &received.1)))
        });
        if self.chart.is_busy() {
            return;
        }
        self.pairs.ask(lane, asked.clone(), |source, (_, query), cancel| Ok(pairs(source.case()?, query, cancel)?));
        if self.pairs.is_busy() {
            return;
        }
        self.known.ask(lane, asked.clone(), |source, (_, query), cancel| {
            Ok(assets::of_address(source.case()?, &query.address, cancel)?)
        });
        if self.known.is_busy() {
            return;
        }
        for (_, list, slot) in &mut self.lists {
            let list = list.clone();
            slot.ask(lane, asked.clone(), move |source, _, cancel| Ok(query::top(source.case()?, &list, cancel)?));
            if slot.is_busy() {
                return;
            }
        }
    }

    fn poll(&mut self) -> Vec<Failure> {
        let first = [self.head.poll(), self.known.poll(), self.pairs.poll(), self.chart.poll()];
        let lists = self.lists.iter_mut().map(|(.., slot)| slot.poll());
        first.into_iter().chain(lists).flatten().filter_map(Result::err).collect()
    }

    fn leave(&mut self) {
        self.stop();
    }

    fn is_busy(&self) -> bool {
        let lists = || self.lists.iter().any(|(.., slot)| slot.is_busy());
        self.head.is_busy() || self.known.is_busy() || self.pairs.is_busy() || self.chart.is_busy() || lists()
    }

    /// The page as a whole: its parts are asked for one after the other.
    fn holds_revision(&self) -> bool {
        let (done, all) = self.progress();
        self.is_busy() || self.asked.is_some() && !self.is_stopped && done + self.faults().count() < all
    }

    fn exported(&self, shown: &Shown<'_>) -> Option<(Exported, Option<u64>)> {
        let address = shown.address?;
        let (done, all) = self.progress();
        // A file does not say which of its lists are not counted yet.
        let pairs = self.pairs(address).filter(|_| done == all)?;
        let lists = self.lists(address).filter_map(|(name, query, table)| Some((name, query, table?)));
        Exported::listed(tables::tops(lists, &pairs.rows))
    }

    fn candidates(&self, shown: &Shown<'_>, _: usize) -> Vec<Candidate> {
        let Some(address) = shown.address else { return Vec::new() };
        let (range, duplicates) = (shown.range, shown.duplicates);
        let query = AddressQuery { range, duplicates, ..AddressQuery::of(address.clone()) };
        vec![Candidate::of(address.to_string(), &AddressQuestion(query))]
    }
}

fn head(reader: &CaseReader, query: &AddressQuery, cancel: &Cancel) -> Result<Head, QueryError> {
    let figures = query::address_figures(reader, query, cancel)?;
    let own = query.address.to_string();
    let marks = marks::of_addresses(reader, std::iter::once(own.as_str()))?.get(&own).cloned().unwrap_or_default();
    let internal = query::internal_space(reader)?.contains(&query.address);
    Ok(Head { figures, internal, marks })
}

fn pairs(reader: &CaseReader, query: &AddressQuery, cancel: &Cancel) -> Result<Pairs, QueryError> {
    let (query, table) = query::address_pairs(reader, query, cancel)?;
    let rows = query::pair_rows(reader, &table, 0..ROWS)?;
    let ends = rows.iter().flat_map(|row| [&row.srcaddr, &row.dstaddr]).flatten();
    let marks = marks::of_addresses(reader, ends.map(String::as_str))?;
    Ok(Pairs { query, count: table.totals.pairs.unwrap_or(table.len() as u64), rows, marks })
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
