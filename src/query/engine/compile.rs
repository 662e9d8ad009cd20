//! From a query's filter to a plan: conditions on dictionaries are answered once, by SQL over the dictionaries.

use super::answers::in_parts;
use super::plan::{Compared, EndTest, Node, Operand, Slow};
use super::{Engine, EngineError};
use crate::case::index::{IndexedTable, flow, pair};
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
    /// The records of a query, whatever its order.
    pub(crate) fn chosen(&self, query: &RecordQuery) -> Result<Selection, EngineError> {
        let plan = self.plan(query)?;
        self.choose(&plan)
    }

    /// The row set of a query.
    pub(crate) fn rows(&self, query: &RecordQuery) -> Result<RowSet, EngineError> {
        let selection = self.chosen(query)?;
        if query.sort.is_empty() {
            return Ok(RowSet::chosen(selection, Arc::clone(&self.records)));
        }
        let order = self.order(&selection, &query.sort)?;
        Ok(RowSet::sorted(order, Arc::clone(&self.records)))
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

    /// The addresses of all pairs.
    pub(crate) fn pairs(&self) -> Result<Arc<PairColumns>, EngineError> {
        let table = &self.snapshot.pairs;
        let last = table.ids.last().unwrap_or(0);
        let count = usize::try_from(last).ok().and_then(|last| last.checked_add(1)).filter(|count| *count <= MOST_IDS);
        let count = count.ok_or(EngineError::Unsupported)?;
        self.reader.cache.derived("pairs", i64::from(table.rows()), || {
            let (mut source, mut destination) = (vec![0; count], vec![0; count]);
            let mut nobody = Vec::new();
            let (mut sources, mut destinations) = (Vec::new(), Vec::new());
            for (number, segment) in table.segments.iter().enumerate() {
                self.go_on()?;
                let rows = segment.rows as usize;
                for (column, out) in [(pair::SOURCE, &mut sources), (pair::DESTINATION, &mut destinations)] {
                    let cell = self.reader.index_column(&self.snapshot, IndexedTable::Pair, number, column)?;
                    out.resize(rows, NULL);
                    cell.get()?.read(0, out);
                }
                for row in 0..segment.rows {
                    let id = table.ids.id(segment.first_row + row).and_then(|id| usize::try_from(id).ok());
                    let address =
                        |list: &[i64]| list.get(row as usize).and_then(|id| u32::try_from(*id).ok()).unwrap_or(0);
                    if let Some(id) = id.filter(|id| *id < count) {
                        source[id] = address(&sources);
                        destination[id] = address(&destinations);
                        if source[id] == 0 && destination[id] == 0 {
                            nobody.extend(u32::try_from(id));
                        }
                    }
                }
            }
            let pairs = PairColumns::new(source, destination, nobody);
            let bytes = pairs.bytes();
            Ok((pairs, bytes))
        })
    }
}

fn slow(test: &NumberTest) -> Result<Slow, EngineError> {
    Ok(match test {
        NumberTest::Bits(mask) => Slow::Bits(*mask),
        NumberTest::Pattern(text) => Slow::Pattern(pattern::regex(text).map_err(QueryError::Filter)?),
        NumberTest::In(_) => return Err(EngineError::Unsupported),
    })
}
