//! The conversations of a query, in its order.

use super::{ConversationColumn, ConversationSort, Side, StartEvidence};
use crate::case::CaseReader;
use crate::model::{Timestamp, Value};
use crate::query::pairs::{AddressOrder, NO_TIME, PairTotals, absent_last, address_text};
use crate::query::{QueryError, Sums};
use std::cmp::Ordering;
use std::ops::Range;

/// Conversations in order; as `PairTable`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversationTable {
    /// `address_id`; 0 for none.
    pub left: Vec<u32>,
    pub right: Vec<u32>,
    pub record_counts: Vec<u32>,
    pub packets: Sums,
    /// Bytes from left to right, and from right to left; `None` where no record of that direction says any.
    pub sent: Sums,
    pub received: Sums,
    /// Seconds; `NO_TIME` for none.
    pub first_seen: Vec<i64>,
    pub last_seen: Vec<i64>,
    pub accepted: Vec<u32>,
    pub rejected: Vec<u32>,
    /// Inferred, with what from; `None` where it is unknown.
    pub started: Vec<Option<(Side, StartEvidence)>>,
    /// Records that say again what one at another interface says; in the counts or not, as asked for.
    pub repeats: Vec<u32>,
    /// Of all conversations, those beyond a limit too.
    pub totals: PairTotals,
}

/// One conversation with its addresses in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationRow {
    pub left: Option<String>,
    pub right: Option<String>,
    pub record_count: u64,
    pub packets: Option<u128>,
    pub sent: Option<u128>,
    pub received: Option<u128>,
    pub first_seen: Option<Timestamp>,
    pub last_seen: Option<Timestamp>,
    pub accepted: u64,
    pub rejected: u64,
    /// Inferred, never known; `None`: unknown.
    pub started: Option<(Side, StartEvidence)>,
    pub repeats: u64,
}

impl ConversationRow {
    /// Both directions together.
    pub fn total_bytes(&self) -> Option<u128> {
        crate::query::pairs::added(self.sent, self.received)
    }

    pub fn value(&self, column: ConversationColumn) -> Value {
        let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::Text);
        match column {
            ConversationColumn::Left => text(&self.left),
            ConversationColumn::Right => text(&self.right),
            ConversationColumn::RecordCount => Value::count(self.record_count),
            ConversationColumn::Packets => Value::sum(self.packets),
            ConversationColumn::TotalBytes => Value::sum(self.total_bytes()),
            ConversationColumn::DataRatio => {
                Value::sum(self.total_bytes().and_then(|sum| sum.checked_div(self.record_count.into())))
            }
            ConversationColumn::FirstSeen => Value::time(self.first_seen),
            ConversationColumn::LastSeen => Value::time(self.last_seen),
            ConversationColumn::Accepted => Value::count(self.accepted),
            ConversationColumn::Rejected => Value::count(self.rejected),
            ConversationColumn::Sent => Value::sum(self.sent),
            ConversationColumn::Received => Value::sum(self.received),
            ConversationColumn::Ratio => thousandths(self.sent, self.received)
                .map_or(Value::Null, |ratio| Value::Number(format!("{}.{:03}", ratio / 1000, ratio % 1000).into())),
            ConversationColumn::StartedBy => Value::Text(match self.started.map(|(side, _)| side) {
                Some(Side::Left) => self.left.clone().unwrap_or_default(),
                Some(Side::Right) => self.right.clone().unwrap_or_default(),
                Some(Side::Both) => "both".to_owned(),
                None => "unknown".to_owned(),
            }),
            ConversationColumn::Evidence => match self.started {
                Some((_, evidence)) => Value::Text(format!("inferred: {}", evidence.name())),
                None => Value::Null,
            },
            ConversationColumn::Repeats => Value::count(self.repeats),
        }
    }
}

/// Sent to received in thousandths, rounded down; `None` where nothing was received.
fn thousandths(sent: Option<u128>, received: Option<u128>) -> Option<u128> {
    sent?.saturating_mul(1000).checked_div(received?)
}

impl ConversationTable {
    pub fn len(&self) -> usize {
        self.record_counts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.record_counts.is_empty()
    }

    pub fn total_bytes(&self, row: usize) -> Option<u128> {
        crate::query::pairs::added(self.sent.get(row), self.received.get(row))
    }

    pub(super) fn order(&self, sort: &[ConversationSort], addresses: &AddressOrder) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.len()).map(|row| row as u32).collect();
        order.sort_unstable_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            let compare = |column, descending| {
                absent_last(self.key(column, a, addresses), self.key(column, b, addresses), descending)
            };
            let by_key = sort.iter().map(|key| compare(key.column, key.descending));
            let tie = [ConversationColumn::Left, ConversationColumn::Right];
            let by_tie = tie.into_iter().map(|column| compare(column, false));
            by_key.chain(by_tie).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        order
    }

    /// What a row sorts by in a column: greater numbers later; `None` for what is absent.
    pub(in crate::query) fn key(
        &self,
        column: ConversationColumn,
        row: usize,
        addresses: &AddressOrder,
    ) -> Option<u128> {
        let side = |list: &[u32]| list.get(row).and_then(|id| addresses.place(*id));
        let count = |list: &[u32]| list.get(row).map(|count| u128::from(*count));
        // Times before 1970 order too.
        let time = |list: &[i64]| {
            let time = list.get(row).filter(|time| **time != NO_TIME)?;
            Some((i128::from(*time) - i128::from(i64::MIN)) as u128)
        };
        // Behind every address.
        const NO_SIDE: u128 = 1 << 40;
        match column {
            ConversationColumn::Left => side(&self.left),
            ConversationColumn::Right => side(&self.right),
            ConversationColumn::RecordCount => count(&self.record_counts),
            ConversationColumn::Packets => self.packets.get(row),
            ConversationColumn::TotalBytes => self.total_bytes(row),
            ConversationColumn::DataRatio => {
                self.total_bytes(row)?.checked_div(u128::from(*self.record_counts.get(row)?))
            }
            ConversationColumn::FirstSeen => time(&self.first_seen),
            ConversationColumn::LastSeen => time(&self.last_seen),
            ConversationColumn::Accepted => count(&self.accepted),
            ConversationColumn::Rejected => count(&self.rejected),
            ConversationColumn::Sent => self.sent.get(row),
            ConversationColumn::Received => self.received.get(row),
            ConversationColumn::Ratio => thousandths(self.sent.get(row), self.received.get(row)),
            ConversationColumn::StartedBy => Some(match self.started.get(row).copied().flatten()?.0 {
                Side::Left => side(&self.left).unwrap_or(NO_SIDE),
                Side::Right => side(&self.right).unwrap_or(NO_SIDE),
                Side::Both => NO_SIDE,
            }),
            ConversationColumn::Evidence => Some(match self.started.get(row).copied().flatten()?.1 {
                StartEvidence::SynFlags => 0,
                StartEvidence::Ports => 1,
                StartEvidence::FirstSeen => 2,
            }),
            ConversationColumn::Repeats => count(&self.repeats),
        }
    }

    /// These rows in this order, without totals.
    pub(in crate::query) fn rows_in_order(&self, order: &[u32]) -> Self {
        fn turned<T: Copy>(list: &[T], order: &[u32]) -> Vec<T> {
            order.iter().filter_map(|row| list.get(*row as usize).copied()).collect()
        }
        Self {
            left: turned(&self.left, order),
            right: turned(&self.right, order),
            record_counts: turned(&self.record_counts, order),
            packets: self.packets.reordered(order),
            sent: self.sent.reordered(order),
            received: self.received.reordered(order),
            first_seen: turned(&self.first_seen, order),
            last_seen: turned(&self.last_seen, order),
            accepted: turned(&self.accepted, order),
            rejected: turned(&self.rejected, order),
            started: turned(&self.started, order),
            repeats: turned(&self.repeats, order),
            totals: PairTotals::default(),
        }
    }

    /// The rows and totals of others, one behind another.
    pub(in crate::query) fn joined(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_default();
        for part in parts {
            all.left.extend(part.left);
            all.right.extend(part.right);
            all.record_counts.extend(part.record_counts);
            all.packets.append(&part.packets);
            all.sent.append(&part.sent);
            all.received.append(&part.received);
            all.first_seen.extend(part.first_seen);
            all.last_seen.extend(part.last_seen);
            all.accepted.extend(part.accepted);
            all.rejected.extend(part.rejected);
            all.started.extend(part.started);
            all.repeats.extend(part.repeats);
            all.totals.add(&part.totals);
        }
        all
    }

    /// Of memory, about.
    pub(in crate::query) fn bytes(rows: usize) -> usize {
        rows * (6 * size_of::<u32>() + 5 * size_of::<u64>() + size_of::<Option<(Side, StartEvidence)>>())
    }
}

/// The rows of a page.
pub fn conversation_rows(
    reader: &CaseReader,
    table: &ConversationTable,
    page: Range<usize>,
) -> Result<Vec<ConversationRow>, QueryError> {
    let _moment = reader.moment()?;
    let mut rows = Vec::with_capacity(page.len().min(table.len()));
    for row in page.start..page.end.min(table.len()) {
        let count = |list: &[u32]| u64::from(list.get(row).copied().unwrap_or(0));
        let time = |list: &[i64]| list.get(row).copied().filter(|t| *t != NO_TIME).map(Timestamp::from_secs);
        rows.push(ConversationRow {
            left: address_text(reader, table.left.get(row).copied().unwrap_or(0))?,
            right: address_text(reader, table.right.get(row).copied().unwrap_or(0))?,
            record_count: count(&table.record_counts),
            packets: table.packets.get(row),
            sent: table.sent.get(row),
            received: table.received.get(row),
            first_seen: time(&table.first_seen),
            last_seen: time(&table.last_seen),
            accepted: count(&table.accepted),
            rejected: count(&table.rejected),
            started: table.started.get(row).copied().flatten(),
            repeats: count(&table.repeats),
        });
    }
    Ok(rows)
}
