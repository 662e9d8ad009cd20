//! A filter over columns: for each segment it is false, true, or has to be tested.

use super::met::Joint;
use super::order::NO_RANK;
use super::sweep::{ColumnSet, Columns, Share};
use super::{Engine, EngineError};
use crate::case::index::{Segment, flow};
use crate::columns::{
    Bitmap, Chosen, Members, NULL, PackedColumn, Ranges, Selection, in_ranges, in_set, narrowed, settle_ranges,
    settle_set, where_value,
};
use crate::filter::Relation;
use crate::model::{TimeRange, Timestamp};
use regex::Regex;
use rustc_hash::FxHashMap;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub(crate) enum Node {
    Always(bool),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    /// The value lies in the ranges.
    In(usize, Ranges),
    /// The value is in a set of numbers from 0.
    Member(usize, Arc<Members>),
    /// The value passes a slower test.
    Number(usize, Slow),
    /// Start and duration together pass.
    End(EndTest),
    /// The value is in a set of numbers from 0, and the row's time in one of the number's windows.
    Timed(usize, Arc<Timed>),
    /// The first column has a value, and it is not the second's.
    Differs(usize, usize),
    /// The values of two columns are so to each other; both are there.
    Compare(Box<Compared>),
    /// Rows of the first part that match entries together.
    Joint(Box<Node>, Arc<Joint>),
    /// Places of rows, whatever they hold.
    Rows(Arc<Selection>),
}

/// Two fields of a row and how they are.
#[derive(Clone, Debug)]
pub(crate) struct Compared {
    pub relation: Relation,
    pub sides: [Operand; 2],
}

/// A column, and the rank of each of its numbers where those are ids.
#[derive(Clone, Debug)]
pub(crate) struct Operand {
    pub column: usize,
    pub ranks: Option<Arc<Vec<u32>>>,
}

impl Operand {
    fn value(&self, number: i64) -> Option<i64> {
        match &self.ranks {
            None => (number != NULL).then_some(number),
            Some(ranks) => {
                let rank = usize::try_from(number).ok().and_then(|id| ranks.get(id)).copied();
                rank.filter(|rank| *rank != NO_RANK).map(i64::from)
            }
        }
    }
}

impl Compared {
    fn passes(&self, one: i64, other: i64) -> bool {
        let [first, second] = &self.sides;
        first.value(one).zip(second.value(other)).is_some_and(|(one, other)| self.relation.holds(one.cmp(&other)))
    }

    fn columns(&self) -> [usize; 2] {
        [self.sides[0].column, self.sides[1].column]
    }
}

/// Numbers that count at some times only.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timed {
    pub set: Members,
    /// By number: which of `windows` are its own.
    pub of: FxHashMap<u32, u32>,
    pub windows: Vec<Vec<TimeRange>>,
}

impl Timed {
    /// Does the number count at this start, in seconds?
    fn counts(&self, number: i64, start: Option<i64>) -> bool {
        let place = u32::try_from(number).ok().and_then(|number| self.of.get(&number));
        let windows = place.and_then(|place| self.windows.get(*place as usize));
        let Some((windows, start)) = windows.zip(start.map(Timestamp::from_secs)) else { return false };
        windows.iter().any(|w| w.from.is_none_or(|from| from <= start) && w.to.is_none_or(|to| start < to))
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Slow {
    Bits(i64),
    Pattern(Regex),
}

#[derive(Clone, Debug)]
pub(crate) enum EndTest {
    In(Ranges),
    Slow(Slow),
}

impl Slow {
    fn passes(&self, value: i64) -> bool {
        match self {
            Self::Bits(mask) => value & mask == *mask,
            Self::Pattern(regex) => regex.is_match(&value.to_string()),
        }
    }
}

impl EndTest {
    fn passes(&self, value: i64) -> bool {
        match self {
            Self::In(ranges) => ranges.contains(value),
            Self::Slow(slow) => slow.passes(value),
        }
    }
}

impl Node {
    /// Rows that have no value in a column.
    pub(super) fn absent(column: usize) -> Self {
        Self::Not(Box::new(Self::In(column, Ranges::of([(NULL + 1, i64::MAX)]))))
    }

    pub(crate) fn and(mut parts: Vec<Node>) -> Self {
        // What is cheap first: it may settle the whole. The order of equals does not matter to any result.
        parts.sort_by_key(Node::cost);
        Self::And(parts)
    }

    pub(crate) fn or(mut parts: Vec<Node>) -> Self {
        parts.sort_by_key(Node::cost);
        Self::Or(parts)
    }

    fn cost(&self) -> u32 {
        match self {
            Node::Always(_) | Node::Rows(_) => 0,
            Node::In(..) => 1,
            Node::Member(..) => 2,
            Node::Differs(..) => 3,
            Node::Compare(_) => 4,
            Node::Timed(..) => 5,
            Node::Joint(candidates, _) => 10 + candidates.cost(),
            Node::End(EndTest::In(_)) | Node::Number(_, Slow::Bits(_)) => 4,
            Node::End(EndTest::Slow(_)) | Node::Number(_, Slow::Pattern(_)) => 100,
            Node::Not(inner) => inner.cost(),
            Node::And(parts) | Node::Or(parts) => parts.iter().map(Node::cost).sum(),
        }
    }

    /// What is known of a segment without its data; where that is not enough, `needs` gains what has to be loaded.
    pub(crate) fn settle(&self, number: usize, segment: &Segment, needs: &mut ColumnSet) -> Option<bool> {
        let mut ask = |columns: &[usize]| {
            columns.iter().for_each(|column| needs.add(*column));
            None
        };
        match self {
            Node::Always(all) => Some(*all),
            Node::Not(inner) => inner.settle(number, segment, needs).map(|all| !all),
            Node::And(parts) => settle_all(parts, false, number, segment, needs),
            Node::Or(parts) => settle_all(parts, true, number, segment, needs),
            Node::In(column, ranges) => settle_ranges(&segment.zone(*column), ranges).or_else(|| ask(&[*column])),
            Node::Member(column, set) => settle_set(&segment.zone(*column), set).or_else(|| ask(&[*column])),
            Node::Timed(column, timed) => match settle_set(&segment.zone(*column), &timed.set) {
                Some(false) => Some(false),
                _ => ask(&[*column, flow::START]),
            },
            Node::Differs(one, other) => {
                if segment.zone(*one).has_values() {
                    ask(&[*one, *other])
                } else {
                    Some(false)
                }
            }
            Node::Compare(compared) => {
                let columns = compared.columns();
                let has = |column: &usize| segment.zone(*column).has_values();
                if columns.iter().all(has) { ask(&columns) } else { Some(false) }
            }
            Node::Joint(candidates, _) => match candidates.settle(number, segment, &mut ColumnSet::default()) {
                Some(false) => Some(false),
                _ => ask(&Joint::COLUMNS),
            },
            Node::Number(column, _) => {
                if segment.zone(*column).has_values() {
                    ask(&[*column])
                } else {
                    Some(false)
                }
            }
            Node::End(_) => {
                let has = |column| segment.zone(column).has_values();
                if has(flow::START) && has(flow::DURATION) { ask(&[flow::START, flow::DURATION]) } else { Some(false) }
            }
            Node::Rows(selection) => match selection.parts().get(number) {
                Some(Chosen::All) => Some(true),
                Some(Chosen::None) | None => Some(false),
                Some(Chosen::Some(_)) => None,
            },
        }
    }

    /// Of these rows those that pass, one by one: where they are few that is less than testing all.
    fn narrowed(&self, rows: &Bitmap, columns: &Columns) -> Option<Bitmap> {
        let column = |number: usize| columns.get(number).and_then(Option::as_deref);
        match self {
            Node::In(number, ranges) => Some(narrowed(column(*number)?, rows, |value| ranges.contains(value))),
            Node::Member(number, set) => {
                Some(narrowed(column(*number)?, rows, |value| usize::try_from(value).is_ok_and(|id| set.get(id))))
            }
            Node::Number(number, slow) => Some(narrowed(column(*number)?, rows, |value| slow.passes(value))),
            _ => None,
        }
    }

    /// The rows of a segment that pass; the columns that `settle` asked for are there.
    pub(crate) fn choose(&self, number: usize, segment: &Segment, columns: &Columns) -> Chosen {
        if let Some(all) = self.settle(number, segment, &mut ColumnSet::default()) {
            return Chosen::from_bool(all);
        }
        let column = |number: usize| columns.get(number).and_then(Option::as_deref);
        let with = |number: usize, test: &dyn Fn(&PackedColumn) -> Bitmap| {
            column(number).map_or(Chosen::None, |c| Chosen::of(test(c)))
        };
        match self {
            Node::Always(all) => Chosen::from_bool(*all),
            Node::Not(inner) => inner.choose(number, segment, columns).invert(),
            Node::And(parts) => {
                let mut chosen = Chosen::All;
                for part in parts {
                    let narrowed = match &chosen {
                        Chosen::Some(bits) if bits.count() < bits.len() / 16 => part.narrowed(bits, columns),
                        _ => None,
                    };
                    chosen = match narrowed {
                        Some(bits) => Chosen::of(bits),
                        None => chosen.and(part.choose(number, segment, columns)),
                    };
                    if chosen == Chosen::None {
                        break;
                    }
                }
                chosen
            }
            Node::Or(parts) => {
                let mut chosen = Chosen::None;
                for part in parts {
                    chosen = chosen.or(part.choose(number, segment, columns));
                    if chosen == Chosen::All {
                        break;
                    }
                }
                chosen
            }
            Node::In(number, ranges) => with(*number, &|column| in_ranges(column, ranges)),
            Node::Member(number, set) => with(*number, &|column| in_set(column, set)),
            Node::Timed(number, timed) => match (column(*number), column(flow::START)) {
                (Some(numbers), Some(starts)) => {
                    let found = in_set(numbers, &timed.set);
                    let counts = |row: &usize| numbers.get(*row).is_some_and(|id| timed.counts(id, starts.get(*row)));
                    Chosen::of(Bitmap::of(found.iter().filter(counts), found.len()))
                }
                _ => Chosen::None,
            },
            Node::Differs(one, other) => match (column(*one), column(*other)) {
                (Some(one), Some(other)) => {
                    Chosen::of(two_by_two(one, other, |one, other| one != NULL && one != other))
                }
                _ => Chosen::None,
            },
            Node::Compare(compared) => {
                let [one, other] = compared.columns();
                match (column(one), column(other)) {
                    (Some(one), Some(other)) => {
                        Chosen::of(two_by_two(one, other, |one, other| compared.passes(one, other)))
                    }
                    _ => Chosen::None,
                }
            }
            Node::Joint(candidates, joint) => {
                joint.of(&candidates.choose(number, segment, columns), segment.rows as usize, columns)
            }
            Node::Number(number, slow) => with(*number, &|column| where_value(column, |value| slow.passes(value))),
            Node::End(test) => match (column(flow::START), column(flow::DURATION)) {
                (Some(start), Some(duration)) => Chosen::of(two_by_two(start, duration, |start, duration| {
                    start != NULL && duration != NULL && test.passes(start.saturating_add(duration))
                })),
                _ => Chosen::None,
            },
            Node::Rows(selection) => selection.parts().get(number).cloned().unwrap_or(Chosen::None),
        }
    }
}

/// And (`decides` false) or or (`decides` true): one part may decide, else all must be settled.
fn settle_all(parts: &[Node], decides: bool, number: usize, segment: &Segment, needs: &mut ColumnSet) -> Option<bool> {
    let mut all = ColumnSet::default();
    let mut open = false;
    for part in parts {
        match part.settle(number, segment, &mut all) {
            Some(settled) if settled == decides => return Some(decides),
            Some(_) => {}
            None => open = true,
        }
    }
    if open {
        needs.add_all(all);
        return None;
    }
    Some(!decides)
}

/// Rows whose values of two columns pass together.
fn two_by_two(one: &PackedColumn, other: &PackedColumn, passes: impl Fn(i64, i64) -> bool) -> Bitmap {
    const BLOCK: usize = 1024;
    let (mut ones, mut others) = ([NULL; BLOCK], [NULL; BLOCK]);
    let mut found = Bitmap::zeros(one.rows());
    for first in (0..one.rows()).step_by(BLOCK) {
        let count = BLOCK.min(one.rows() - first);
        one.read(first, &mut ones[..count]);
        other.read(first, &mut others[..count]);
        for (at, (one, other)) in ones.iter().zip(&others).take(count).enumerate() {
            if passes(*one, *other) {
                found.set(first + at);
            }
        }
    }
    found
}

impl Engine<'_> {
    /// The records that a plan chooses.
    pub(crate) fn choose(&self, plan: &Node) -> Result<Selection, EngineError> {
        let segments = &self.records.segments;
        let settle = |number: usize, needs: &mut ColumnSet| plan.settle(number, segments.get(number)?, needs);
        let mut chosen: Vec<Chosen> = (0..segments.len())
            .map(|at| Chosen::from_bool(settle(at, &mut ColumnSet::default()) == Some(true)))
            .collect();
        let needs = |number: usize| {
            let mut needs = ColumnSet::default();
            settle(number, &mut needs).is_none().then_some(needs)
        };
        let states: Vec<Vec<(usize, Chosen)>> = vec![Vec::new(); self.threads];
        let each = |found: &mut Vec<(usize, Chosen)>, number: usize, columns: &Columns| {
            if let Some(segment) = segments.get(number) {
                found.push((number, plan.choose(number, segment, columns)));
            }
            Ok(())
        };
        let found = self.sweep(needs, Share::Split, states, each)?;
        for (number, part) in found.into_iter().flatten() {
            if let Some(place) = chosen.get_mut(number) {
                *place = part;
            }
        }
        Ok(Selection::new(chosen.into_iter().zip(segments.iter().map(|segment| segment.rows))))
    }
}
