//! Conditions of a statement that are decided over the columns. SQLite tests each again, so that one that is not
//! understood leaves rows in and never out.

use super::source::{Flows, Side, Source};
use crate::case::index::{Segment, flow};
use rusqlite::Result;
use rusqlite::types::{Value, ValueRef};
use rusqlite::vtab::IndexConstraintOp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    pub(super) fn of(operator: IndexConstraintOp) -> Option<Self> {
        Some(match operator {
            IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_EQ => Self::Equal,
            IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_LT => Self::Less,
            IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_LE => Self::LessOrEqual,
            IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_GT => Self::Greater,
            IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_GE => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    pub(super) fn letter(self) -> char {
        match self {
            Self::Equal => '=',
            Self::Less => '<',
            Self::LessOrEqual => 'l',
            Self::Greater => '>',
            Self::GreaterOrEqual => 'g',
        }
    }

    pub(super) fn of_letter(letter: char) -> Option<Self> {
        let all = [Self::Equal, Self::Less, Self::LessOrEqual, Self::Greater, Self::GreaterOrEqual];
        all.into_iter().find(|comparison| comparison.letter() == letter)
    }

    /// The numbers that compare so with one; `None` where there are none.
    fn range(self, with: i64) -> Option<(i64, i64)> {
        Some(match self {
            Self::Equal => (with, with),
            Self::Less => (i64::MIN, with.checked_sub(1)?),
            Self::LessOrEqual => (i64::MIN, with),
            Self::Greater => (with.checked_add(1)?, i64::MAX),
            Self::GreaterOrEqual => (with, i64::MAX),
        })
    }
}

/// Can a comparison with this column be decided here?
pub(super) fn is_decided(source: Source, comparison: Comparison) -> bool {
    match source {
        Source::Number(_) | Source::Tuple(_) | Source::Duplicate | Source::Evidence => true,
        Source::Address(..) => comparison == Comparison::Equal,
        Source::Position | Source::End | Source::Extra | Source::ExtraJson => false,
    }
}

/// A condition on rows.
pub(super) enum Condition {
    /// A number of the row, between two.
    Numbers {
        column: usize,
        from: i64,
        to: i64,
    },
    /// Which rows of a dictionary the row may name.
    Ids {
        column: usize,
        allowed: Vec<bool>,
        absent: bool,
    },
    /// The number of an address; 0 for none.
    Address {
        pair: usize,
        side: Side,
        id: usize,
    },
    Evidence {
        from: i64,
        to: i64,
    },
    /// No row.
    Never,
}

impl Condition {
    /// What a comparison means; `None` where it is not understood.
    pub(super) fn of(flows: &Flows, at: usize, comparison: Comparison, with: ValueRef<'_>) -> Result<Option<Self>> {
        let Some(column) = flows.columns.get(at) else { return Ok(None) };
        if with == ValueRef::Null {
            return Ok(Some(Self::Never));
        }
        let numbers = |column: usize| match with {
            ValueRef::Integer(number) => Some(match comparison.range(number) {
                Some((from, to)) => Self::Numbers { column, from, to },
                None => Self::Never,
            }),
            _ => None,
        };
        Ok(match column.source {
            Source::Number(number) => numbers(number),
            Source::Duplicate => numbers(flow::DUPLICATE),
            Source::Evidence => match with {
                ValueRef::Integer(number) => comparison.range(number).map(|(from, to)| Self::Evidence { from, to }),
                _ => None,
            },
            Source::Tuple(number) => {
                let absent = match with {
                    ValueRef::Text(text) => flows.dashes && column.is_text && compares(text, comparison, b"-"),
                    _ => false,
                };
                let values = flows.tuple(at)?;
                let allowed: Option<Vec<bool>> =
                    values.iter().map(|value| passes(value, comparison, with, absent)).collect();
                allowed.map(|allowed| Self::Ids { column: number, allowed, absent })
            }
            Source::Address(pair, side) => match with {
                ValueRef::Text(b"-") if flows.dashes => Some(Self::Address { pair, side, id: 0 }),
                ValueRef::Text(text) => {
                    let id = flows.number_of_address(&String::from_utf8_lossy(text))?;
                    Some(id.map_or(Self::Never, |id| Self::Address { pair, side, id }))
                }
                _ => None,
            },
            Source::Position | Source::End | Source::Extra | Source::ExtraJson => None,
        })
    }

    /// Can no row of a segment pass?
    pub(super) fn skips(&self, segment: &Segment, first_id: i64, last_id: i64) -> bool {
        match self {
            Self::Numbers { column, from, to } => {
                let zone = segment.zone(*column);
                !zone.has_values() || zone.max < *from || zone.min > *to
            }
            Self::Evidence { from, to } => (last_id >> 32) < *from || (first_id >> 32) > *to,
            Self::Never => true,
            Self::Ids { .. } | Self::Address { .. } => false,
        }
    }

    /// Does a row pass, whose numbers these are?
    pub(super) fn passes(
        &self,
        flows: &Flows,
        id: impl FnOnce() -> i64,
        number: impl Fn(usize) -> Result<Option<i64>>,
    ) -> Result<bool> {
        Ok(match self {
            Self::Numbers { column, from, to } => {
                number(*column)?.is_some_and(|number| number >= *from && number <= *to)
            }
            Self::Ids { column, allowed, absent } => match number(*column)?.and_then(|id| usize::try_from(id).ok()) {
                Some(id) => allowed.get(id).copied().unwrap_or(*absent),
                None => *absent,
            },
            Self::Address { pair, side, id } => flows.address_of_pair(number(*pair)?, *side)? == *id,
            Self::Evidence { from, to } => {
                let evidence = id() >> 32;
                evidence >= *from && evidence <= *to
            }
            Self::Never => false,
        })
    }
}

/// `None` where values of two kinds are compared.
fn passes(value: &Value, comparison: Comparison, with: ValueRef<'_>, absent: bool) -> Option<bool> {
    match (value, with) {
        (Value::Null, _) => Some(absent),
        (Value::Integer(value), ValueRef::Integer(with)) => {
            Some(comparison.range(with).is_some_and(|(from, to)| *value >= from && *value <= to))
        }
        (Value::Text(value), ValueRef::Text(with)) => Some(compares(with, comparison, value.as_bytes())),
        _ => None,
    }
}

/// Does a text compare so with another?
fn compares(with: &[u8], comparison: Comparison, value: &[u8]) -> bool {
    let order = value.cmp(with);
    match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}
