//! The first conversations, without the sums of all: narrow sums of the measure that orders them say which they are, and
//! everything else is found out of their records alone.

use super::folded::{Folded, NONE};
use super::leaders::Reach;
use super::pair_table::{leading_measure, merge_nobody, totals};
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Grouping, Measures, NO_PAIR, Used};
use crate::query::conversations::{ConversationQuery, ConversationTable, Repeats};
use crate::query::pairs::{AddressOrder, PairTotals};
use crate::query::row_order::RowOrder;
use crate::query::{ConversationColumn, PairColumn, PairKey, RecordQuery};
use rustc_hash::FxHashMap;
use std::sync::Arc;

impl Engine<'_> {
    /// As `query::first_conversations`.
    pub(crate) fn first_conversations(
        &self,
        query: &ConversationQuery,
        records: &RecordQuery,
        asked: &[u32],
    ) -> Result<Option<ConversationTable>, EngineError> {
        let first = query.sort.first().filter(|sort| sort.descending).map(|sort| match sort.column {
            ConversationColumn::TotalBytes => Some(PairColumn::TotalBytes),
            ConversationColumn::Packets => Some(PairColumn::Packets),
            ConversationColumn::RecordCount => Some(PairColumn::RecordCount),
            _ => None,
        });
        let (Some(measure), Some(limit)) = (first.flatten().and_then(leading_measure), query.limit) else {
            return Ok(None);
        };
        // The records of a pair alone say which of them are repeats, unless they name addresses of packets too.
        let is_of_pairs = query.pairs.by == PairKey::Addresses && self.records.bounds(flow::PACKET_PAIR).is_none();
        if query.repeats == Repeats::LeftOut || !is_of_pairs {
            return Ok(None);
        }
        let selection = self.chosen(records)?;
        let name = self.name_of_conversations(query, &selection, flow::PAIR, asked)?;
        if self.reader.cache.has(&name, self.records.rows().into()) {
            return Ok(None);
        }
        self.expect_passes(2);
        let pairs = self.pairs()?;
        let grouping = Grouping::new(vec![self.pair_part(flow::PAIR, &pairs)?]).ok_or(EngineError::Unsupported)?;
        // So many pairs are of as many conversations as are wanted at least, those of nobody aside: the last of these
        // comes to what the last pair does, or more. Of a conversation that does, one direction comes to half of it.
        let enough = 2 * limit + pairs.nobody.len() + 1;
        let Some(leaders) = self.leaders(&selection, &grouping, measure, (enough, Reach::Half))? else {
            return Ok(None);
        };
        self.reached_passes(1);
        let mut wanted = leaders.slots;
        pairs.nobody.iter().chain(&[0]).for_each(|id| wanted.set(*id as usize));
        let reverse = pairs.reversed_of(&wanted, self.threads);
        reverse.iter().filter(|id| **id != NO_PAIR).for_each(|id| wanted.set(*id as usize));
        let measures = self.all_measures()?;
        let groups = self.sums_of(&selection, &grouping, &measures, &Used::of(wanted))?;
        let mut groups = Arc::new(self.checked(groups)?);
        merge_nobody(&mut groups, &pairs, 1);
        let everything = Grouping::new(Vec::new()).ok_or(EngineError::Unsupported)?;
        let measures = Measures { start: None, duration: None, late_end: None, ..measures };
        let all = self.checked(self.groups(&selection, &everything, &measures)?)?;
        // Which pairs are each other's reverse is known of the first ones only.
        let totals = PairTotals { pairs: None, ..totals(&all.sums, 1) };

        let sides = groups.slots.iter().flat_map(|pair| {
            [&pairs.source, &pairs.destination].map(|list| list.get(*pair as usize).copied().unwrap_or(0))
        });
        let addresses = AddressOrder::of(self.reader, sides.collect())?;
        let place = |pair: u32| groups.slots.binary_search(&pair.into()).map_or(NONE, |at| at as u32);
        let halves = self.halves(&groups, &pairs, &reverse, place, (&addresses, asked))?;
        let (reverse, signs, repeats) = (Arc::new(reverse), Vec::new(), FxHashMap::default());
        let folded = Folded { groups, pairs, reverse, halves, signs, repeats, totals: totals.clone() };
        // Who started them and what repeats what is asked for those alone that come first.
        let leading = folded.leading(query, &addresses, limit, self.threads);
        let own = self.chosen_of(records, flow::PAIR, leading.clone())?;
        let repeated = self.repeated_of(&own, leading)?;
        let repeats = self.counted(&repeated, flow::PAIR, &folded.pairs)?;
        let signs = self.signs(&own, flow::PAIR, &folded.pairs)?;
        let folded = Folded { signs, repeats, ..folded };
        let talks = folded.first(query, &addresses, limit, self.threads);
        Ok(Some(ConversationTable::new(Arc::new(talks), RowOrder::AsStored, totals)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{by_columns, reader};
    use super::*;
    use crate::model::Dataset;
    use crate::query::conversations::{asked, conversations_by_sql};
    use crate::query::filter_sql::fixture::TestRecord;
    use crate::query::filter_sql::random_tests::numbered;
    use crate::query::{Cancel, ConversationSort, PairQuery, Scope, conversation_rows};

    /// Between 31 addresses, at three interfaces at about the same time, some without measurements, some of nobody.
    fn record(n: i64, packets: bool) -> TestRecord {
        let side = |at: i64| if at % 4 == 0 { format!("9.9.9.{}", at % 31) } else { format!("10.0.0.{}", at % 31) };
        // Some say again what the record before them says, at the next interface.
        let m = if n % 10 == 1 { n - 1 } else { n };
        let (source, destination) = (side(m / 2 * 7 + m % 2), side(m / 2 * (m / 2) + m % 2 * 5));
        let numbers = [n * n * 37 % 101, n % 5, n / 3, n / 3 + 2, [22, 443, 50_000][m as usize % 3], n % 7]
            .map(|n| n.to_string());
        let [bytes, count, start, end, port, interface] = &numbers;
        let interface = format!("eni-{interface}");
        let mut values = vec![
            ("action", if m % 3 == 0 { "REJECT" } else { "ACCEPT" }),
            ("bytes", bytes),
            ("packets", count),
            ("start", start),
            ("end", end),
            ("dstport", port),
            ("srcport", "50001"),
            ("protocol", "6"),
            ("tcp_flags", ["2", "18", "16"][n as usize / 5 % 3]),
            ("interface_id", &interface),
        ];
        if n % 11 == 0 {
            values.push(("log_status", "NODATA"));
        }
        if n % 17 != 0 {
            values.extend([("srcaddr", source.as_str()), ("dstaddr", &destination)]);
        }
        if packets {
            values.push(("pkt_srcaddr", "10.0.0.1"));
        }
        TestRecord::new(Dataset::Flows, n, &values, None)
    }

    fn first(query: &ConversationQuery, reader: &crate::case::CaseReader) -> Option<ConversationTable> {
        let records = query.pairs.records().unwrap().records(Vec::new());
        let asked = asked(reader, query).unwrap();
        by_columns(reader, 2, |engine| engine.first_conversations(query, &records, &asked))
    }

    #[test]
    fn the_first_conversations_are_those_of_sql() {
        // A record and the next one are of the same pair, in different order of their sides or not.
        let case = reader(&numbered((0..400).map(|n| record(n, false)).collect()), 50);
        let mut repeats = 0;
        for (column, text, limit) in [
            (ConversationColumn::TotalBytes, "", 5),
            (ConversationColumn::Packets, "", 3),
            (ConversationColumn::RecordCount, "", 4),
            (ConversationColumn::RecordCount, "action = ACCEPT", 1),
            (ConversationColumn::TotalBytes, "bytes < 60", 20),
        ] {
            let scope = if text.is_empty() {
                Scope::all(Dataset::Flows)
            } else {
                Scope::written(Dataset::Flows, text).unwrap()
            };
            let sort = vec![
                ConversationSort { column, descending: true },
                ConversationSort { column: ConversationColumn::Repeats, descending: false },
            ];
            let pairs = PairQuery { scope, ..PairQuery::all() };
            let query = ConversationQuery { sort, limit: Some(limit), ..ConversationQuery::of(pairs) };
            let expected = conversations_by_sql(&case, &query, &Cancel::default()).unwrap();
            let rows = conversation_rows(&case, &expected, 0..limit).unwrap();
            repeats += rows.iter().map(|row| row.repeats).sum::<u64>();
            // Of so few pairs the first 20 are no less work than all.
            let Some(found) = first(&query, &case) else {
                assert_eq!(limit, 20, "{query:?}");
                continue;
            };
            assert_eq!(conversation_rows(&case, &found, 0..limit).unwrap(), rows, "{query:?}");
            let totals = PairTotals { pairs: None, ..expected.totals };
            assert_eq!((found.len(), found.totals), (expected.len(), totals), "{query:?}");
        }
        assert!(repeats > 0);
    }

    #[test]
    fn they_are_not_searched_for_where_that_is_no_less_work() {
        let all = ConversationQuery { limit: Some(3), ..ConversationQuery::of(PairQuery::all()) };
        let case = reader(&numbered((0..400).map(|n| record(n, false)).collect()), 50);
        let once = ConversationQuery { repeats: Repeats::LeftOut, ..all.clone() };
        let earliest = vec![ConversationSort { column: ConversationColumn::FirstSeen, descending: true }];
        for query in [
            once,
            ConversationQuery { sort: earliest, ..all.clone() },
            ConversationQuery { limit: None, ..all.clone() },
        ] {
            assert_eq!(first(&query, &case), None, "{query:?}");
        }
        let records = all.pairs.records().unwrap().records(Vec::new());
        let expected = by_columns(&case, 2, |engine| engine.conversations(&all, &records, &[]));
        assert_eq!(first(&all, &case), None, "all of them are kept now");
        assert_eq!(expected, conversations_by_sql(&case, &all, &Cancel::default()).unwrap());
        let with_packets = reader(&numbered((0..400).map(|n| record(n, true)).collect()), 50);
        assert_eq!(first(&all, &with_packets), None, "other records may say the same");
    }
}
