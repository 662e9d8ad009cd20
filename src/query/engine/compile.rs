//! From a query's filter to a plan: conditions on dictionaries are answered once, by SQL over the dictionaries.

use super::answers::in_parts;
use super::plan::{Compared, EndTest, Node, Operand, Slow};
use super::{Engine, EngineError};
use crate::case::index::flow;
use crate::columns::{Bitmap, Chosen, Members, NULL, PairColumns, Ranges, Selection, Side};
use crate::filter::{Check, Filter, Target, Test, pattern};
use crate::model::{Dataset, FieldId, Home};
use crate::query::QueryError;
use crate::query::filter_sql::{self, CompileError, Leaf, NumberTest, SqlCondition};
use crate::query::row_set::RowSet;
use crate::query::rows::{Duplicates, RecordQuery, seconds_bound};
use rusqlite::params_from_iter;
use std::sync::Arc;

/// Ids of dictionaries count from 1. A case in which they do not is one that somebody else wrote, and must not take
/// memory by the size of its numbers.
pub(super) const MOST_IDS: usize = 1 << 28;

impl From<CompileError> for EngineError {
    fn from(error: CompileError) -> Self {
        Self::Query(QueryError::Filter(error.to_string()))
    }
}

impl Engine<'_> {
    /// The records of a query, whatever its order; kept where nothing but the records says which they are, because one
    /// question after another is asked about them.
    pub(crate) fn chosen(&self, query: &RecordQuery) -> Result<Arc<Selection>, EngineError> {
        let make = || self.choose(&self.plan(query)?);
        let Some(name) = self.name_of_selection(query) else { return Ok(Arc::new(make()?)) };
        self.reader.cache.derived(&name, self.records.rows().into(), || {
            let selection = make()?;
            let bytes = selection.bytes();
            Ok((selection, bytes))
        })
    }

    /// Under which it is kept. `None` for what somebody's lists and labels have a say in, and for what is too long.
    fn name_of_selection(&self, query: &RecordQuery) -> Option<String> {
        /// Of a filter's text. Most have less; one of thousands of values is seldom asked twice.
        const MOST: usize = 4096;
        let RecordQuery { dataset, filter, range, sort: _, duplicates } = query;
        let filter = filter.as_ref().filter(|_| *dataset == Dataset::Flows)?;
        let is_of_records = |test: &&Test| {
            let target = match &test.target {
                Target::Field(field) => field.home != Home::Lineage,
                Target::EitherAddress | Target::EitherPort => true,
                _ => false,
            };
            target && test.check != Check::InIndicators
        };
        let name = format!("chosen {filter:?} {range:?} {duplicates:?} {}", self.snapshot.duplicates());
        (name.len() <= MOST && filter.tests().iter().all(is_of_records)).then_some(name)
    }

    /// The row set of a query.
    pub(crate) fn rows(&self, query: &RecordQuery) -> Result<RowSet, EngineError> {
        let selection = self.chosen(query)?;
        if query.sort.is_empty() {
            return Ok(RowSet::chosen(Arc::unwrap_or_clone(selection), Arc::clone(&self.records)));
        }
        let order = self.order(&selection, &query.sort)?;
        Ok(RowSet::sorted(order, Arc::clone(&self.records)))
    }

    /// Those of them with a number in a set.
    pub(super) fn chosen_of(&self, query: &RecordQuery, column: usize, set: Bitmap) -> Result<Selection, EngineError> {
        self.choose(&Node::and(vec![self.plan(query)?, self.member(column, set)]))
    }

    /// What has to be tested for a query.
    pub(crate) fn plan(&self, query: &RecordQuery) -> Result<Node, EngineError> {
        let mut parts = Vec::new();
        if let Some(filter) = &query.filter {
            // Refuses what SQL would refuse as a whole, too many values among it.
            filter_sql::condition(filter, query.dataset)?;
            parts.push(self.filter(filter)?);
        }
        if query.range.from.is_some() || query.range.to.is_some() {
            let bound = |millis: i64| if self.layout.per_second == 1 { seconds_bound(millis) } else { millis };
            let from = query.range.from.map_or(NULL + 1, |from| bound(from.0));
            let to = match query.range.to {
                Some(to) => bound(to.0).checked_sub(1),
                None => Some(i64::MAX),
            };
            parts.push(Node::In(self.layout.time, Ranges::of(to.map(|to| (from, to)))));
        }
        match (query.duplicates, self.layout.dataset) {
            (Duplicates::All, _) => {}
            (Duplicates::Once, Dataset::Events) => parts.push(self.events_once()?),
            (Duplicates::Once, Dataset::Flows) if self.snapshot.duplicates() == 0 => {}
            (Duplicates::Once, Dataset::Flows) => parts.push(Node::In(flow::DUPLICATE, Ranges::of([(0, 0)]))),
        }
        Ok(Node::and(parts))
    }

    pub(super) fn filter(&self, filter: &Filter) -> Result<Node, EngineError> {
        let all = |parts: &[Filter]| parts.iter().map(|part| self.filter(part)).collect::<Result<Vec<_>, _>>();
        Ok(match filter {
            Filter::All => Node::Always(true),
            Filter::Not(inner) => Node::Not(Box::new(self.filter(inner)?)),
            Filter::And(parts) => Node::and(all(parts)?),
            Filter::Or(parts) => Node::or(all(&filter_sql::merged(parts))?),
            Filter::Test(test) => self.test(test)?,
        })
    }

    fn test(&self, test: &Test) -> Result<Node, EngineError> {
        let positive = |check: &Check| match &test.target {
            Target::Rule => self.of_rules(check),
            target @ (Target::Sigma | Target::SigmaLevel) => self.of_sigma(target, check),
            Target::Field(field) if field.home == Home::Lineage && !matches!(check, Check::Compare(..)) => {
                self.of_lineage(*field, check)
            }
            target => self.leaf(&filter_sql::leaf(self.layout.dataset, target, check)?),
        };
        Ok(match &test.check {
            Check::Absent => Node::Not(Box::new(positive(&Check::Present)?)),
            check if test.negated => Node::and(vec![positive(&Check::Present)?, Node::Not(Box::new(positive(check)?))]),
            check => positive(check)?,
        })
    }

    fn leaf(&self, leaf: &Leaf) -> Result<Node, EngineError> {
        Ok(match leaf {
            Leaf::Always(all) => Node::Always(*all),
            Leaf::AnyOf(parts) => Node::or(parts.iter().map(|part| self.leaf(part)).collect::<Result<Vec<_>, _>>()?),
            Leaf::Ids { column, select } => self.member(*column, self.ids(select)?),
            Leaf::Address { column, side, select } => {
                let pairs = self.pairs()?;
                let addresses = match select {
                    Some(select) => self.ids(select)?,
                    None => Bitmap::ones(pairs.addresses as usize),
                };
                self.member(*column, self.pairs_with(&pairs, &addresses, *side))
            }
            Leaf::Number { column, test: NumberTest::In(ranges) } => Node::In(*column, ranges.clone()),
            Leaf::Number { column, test } => Node::Number(*column, slow(test)?),
            Leaf::End(NumberTest::In(ranges)) => self.end(EndTest::In(ranges.clone()))?,
            Leaf::End(test) => self.end(EndTest::Slow(slow(test)?))?,
            Leaf::NoStartAndExtra(select) => {
                Node::and(vec![Node::absent(flow::START), self.member(flow::EXTRA, self.ids(select)?)])
            }
            Leaf::Evidence(select) => self.evidence(&self.ids(select)?),
            Leaf::OfEvents(select) => self.of_events(select)?,
            Leaf::Text(pattern) => self.with_text(pattern)?,
            Leaf::Repeats(select) => self.repeats(&self.ids(select)?)?,
            Leaf::Compare { field, relation, other } => Node::Compare(Box::new(Compared {
                relation: *relation,
                sides: [self.operand(*field)?, self.operand(*other)?],
            })),
            Leaf::Met { wanted, at } => self.met(wanted, *at)?,
            Leaf::Sql(condition) => self.by_rows(condition)?,
        })
    }

    /// Addresses compare by their rank, in which equal ones have the same.
    fn operand(&self, field: FieldId) -> Result<Operand, EngineError> {
        let ranked = |column: usize, side: Side| Ok(Operand { column, ranks: Some(self.pair_ranks(side)?) });
        match field.home {
            Home::PairSource => ranked(flow::PAIR, Side::Source),
            Home::PairDestination => ranked(flow::PAIR, Side::Destination),
            Home::PacketSource => ranked(flow::PACKET_PAIR, Side::Source),
            Home::PacketDestination => ranked(flow::PACKET_PAIR, Side::Destination),
            _ => {
                let column = filter_sql::column_of(field).ok_or(EngineError::Unsupported)?;
                Ok(Operand { column, ranks: None })
            }
        }
    }

    /// Pairs with a side in a set of address ids.
    pub(super) fn pairs_with(&self, pairs: &PairColumns, addresses: &Bitmap, side: Side) -> Bitmap {
        let words = in_parts(pairs.len().div_ceil(64), self.threads, |part| pairs.words_with(addresses, side, part));
        Bitmap::from_words(words.concat(), pairs.len())
    }

    pub(super) fn member(&self, column: usize, set: Bitmap) -> Node {
        let set = Members::new(set);
        if set.count() == 0 { Node::Always(false) } else { Node::Member(column, Arc::new(set)) }
    }

    fn end(&self, test: EndTest) -> Result<Node, EngineError> {
        // SQLite goes over to real numbers where a sum leaves the range of integers.
        let bounds = |column| self.records.bounds(column).unwrap_or((0, 0));
        let (start, duration) = (bounds(flow::START), bounds(flow::DURATION));
        let fits = start.0.checked_add(duration.0).is_some() && start.1.checked_add(duration.1).is_some();
        if fits { Ok(Node::End(test)) } else { Err(EngineError::Unsupported) }
    }

    /// Runs a statement that selects ids.
    pub(super) fn ids(&self, select: &SqlCondition) -> Result<Bitmap, EngineError> {
        let mut found: Vec<usize> = Vec::new();
        let mut strange = false;
        self.select(select, |id| match usize::try_from(id).ok().filter(|id| *id < MOST_IDS) {
            Some(id) => found.push(id),
            None => strange = true,
        })?;
        let len = found.iter().max().map_or(0, |greatest| greatest + 1);
        if strange { Err(EngineError::Unsupported) } else { Ok(Bitmap::of(found, len)) }
    }

    pub(super) fn select(&self, select: &SqlCondition, mut each: impl FnMut(i64)) -> Result<(), EngineError> {
        let mut statement = self.reader.conn.prepare(&select.text)?;
        let mut rows = statement.query(params_from_iter(&select.params))?;
        while let Some(row) = rows.next()? {
            each(row.get(0)?);
        }
        Ok(())
    }

    fn evidence(&self, evidence: &Bitmap) -> Node {
        let ids = &self.records.ids;
        let below = |id: usize| {
            i64::try_from(id).ok().and_then(|id| id.checked_mul(1 << 32)).map_or(ids.rows(), |id| ids.rows_below(id))
        };
        // The records of an evidence file are together.
        self.places(evidence.iter().map(|id| below(id)..below(id + 1)))
    }

    /// What columns cannot tell is asked of the rows, once for the whole query.
    fn by_rows(&self, condition: &SqlCondition) -> Result<Node, EngineError> {
        let (id, table) = match self.layout.dataset {
            Dataset::Flows => ("f.id", "flow f"),
            Dataset::Events => ("e.id", "event e"),
        };
        let text = format!("SELECT {id} FROM {table} WHERE {}", condition.text);
        let mut found = Vec::new();
        let mut unknown = false;
        self.select(&SqlCondition { text, params: condition.params.clone() }, |id| {
            match self.records.ids.row_of(id) {
                Some(row) => found.push(row..row + 1),
                None => unknown = true,
            }
        })?;
        if unknown { Err(EngineError::Unsupported) } else { Ok(self.places(found.into_iter())) }
    }

    pub(super) fn places(&self, ranges: impl Iterator<Item = std::ops::Range<u32>>) -> Node {
        Node::Rows(Arc::new(self.at(ranges)))
    }

    /// Rows by their places.
    pub(crate) fn at(&self, ranges: impl Iterator<Item = std::ops::Range<u32>>) -> Selection {
        let segments = &self.records.segments;
        let mut bits: Vec<Option<Bitmap>> = vec![None; segments.len()];
        for range in ranges {
            let first = segments.partition_point(|segment| segment.first_row + segment.rows <= range.start);
            let touched = segments.iter().zip(&mut bits).skip(first).take_while(|(s, _)| s.first_row < range.end);
            for (segment, bits) in touched {
                let bits = bits.get_or_insert_with(|| Bitmap::zeros(segment.rows as usize));
                let from = range.start.saturating_sub(segment.first_row) as usize;
                bits.set_range(from..(range.end - segment.first_row) as usize);
            }
        }
        let chosen = bits.into_iter().map(|bits| bits.map_or(Chosen::None, Chosen::of));
        Selection::new(chosen.zip(segments.iter().map(|segment| segment.rows)))
    }
}

fn slow(test: &NumberTest) -> Result<Slow, EngineError> {
    Ok(match test {
        NumberTest::Bits(mask) => Slow::Bits(*mask),
        NumberTest::Pattern(text) => Slow::Pattern(pattern::regex(text).map_err(QueryError::Filter)?),
        NumberTest::In(_) => return Err(EngineError::Unsupported),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{by_columns, query, reader};
    use super::*;
    use crate::query::filter_sql::fixture::TestRecord;
    use crate::query::filter_sql::random_tests::numbered;

    #[test]
    fn chosen_records_are_kept_where_nothing_else_has_a_say() {
        let record = |n: i64| {
            let values = [("srcaddr", "10.0.0.1"), ("dstaddr", "9.9.9.9"), ("dstport", ["22", "443"][n as usize % 2])];
            TestRecord::new(Dataset::Flows, n, &values, None)
        };
        let case = reader(&numbered((0..20).map(record).collect()), 7);
        let is_kept = |query: &RecordQuery| {
            by_columns(&case, 2, |engine| Ok(Arc::ptr_eq(&engine.chosen(query)?, &engine.chosen(query)?)))
        };
        for text in ["dstport = 443", "ip = 10.0.0.1 and not port = 22", "srcaddr in 10.0.0.0/8 or action is null"] {
            assert!(is_kept(&query(text)), "{text}");
        }
        for text in [
            "dstport = 443 and tag = x",
            "ip in indicators",
            "label = x",
            "indicator = x",
            "evidence = 1",
            "any contains x",
        ] {
            let name = by_columns(&case, 2, |engine| Ok(engine.name_of_selection(&query(text))));
            assert_eq!(name, None, "{text}");
        }
        // Another range of time, or copies left out, are other records.
        let all = query("dstport = 443");
        let found = |query: &RecordQuery| by_columns(&case, 2, |engine| engine.chosen(query));
        let before = RecordQuery {
            range: crate::model::TimeRange { from: None, to: Some(crate::model::Timestamp(0)) },
            ..all.clone()
        };
        let once = RecordQuery { duplicates: Duplicates::Once, ..all.clone() };
        for other in [&before, &once] {
            assert!(!Arc::ptr_eq(&found(&all), &found(other)), "{other:?}");
        }
        assert_eq!((found(&all).len(), found(&before).len()), (10, 0));
    }
}
