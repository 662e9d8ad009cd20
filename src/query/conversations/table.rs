//! The conversations of a query, in its order.

use super::{ConversationColumn, ConversationSort, Side, StartEvidence};
use crate::case::CaseReader;
use crate::model::{Timestamp, Value};
use crate::query::QueryError;
use crate::query::pairs::{AddressOrder, NO_TIME, PairTotals, absent_last, address_text, time_key};
use crate::query::row_order::RowOrder;
use std::cmp::Ordering;
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

/// Conversations in order; as `PairTable`.
#[derive(Clone, Debug)]
pub struct ConversationTable {
    talks: Arc<dyn Talks>,
    order: Arc<RowOrder>,
    /// Of all conversations, those beyond a limit too.
    pub totals: PairTotals,
}

/// Conversations in no order.
pub(in crate::query) trait Talks: Debug + Send + Sync {
    fn len(&self) -> usize;

    /// `None` past the end.
    fn talk(&self, row: usize) -> Option<Talk>;
}

impl Talks for Vec<Talk> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn talk(&self, row: usize) -> Option<Talk> {
        self.get(row).copied()
    }
}

/// What one conversation comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) struct Talk {
    /// `address_id`; 0 for none.
    pub left: u32,
    pub right: u32,
    pub records: u32,
    pub packets: Option<u128>,
    /// Bytes from left to right, and from right to left; `None` where no record of that direction says any.
    pub sent: Option<u128>,
    pub received: Option<u128>,
    /// Seconds; `NO_TIME` for none.
    pub first: i64,
    pub last: i64,
    pub accepted: u32,
    pub rejected: u32,
    /// Inferred, with what from; `None` where it is unknown.
    pub started: Option<(Side, StartEvidence)>,
    /// Records that say again what one at another interface says; in the counts or not, as asked for.
    pub repeats: u32,
}

impl Talk {
    fn total_bytes(&self) -> Option<u128> {
        crate::query::pairs::added(self.sent, self.received)
    }

    /// What it sorts by in a column: greater numbers later; `None` for what is absent.
    pub(in crate::query) fn key(&self, column: ConversationColumn, addresses: &AddressOrder) -> Option<u128> {
        // Behind every address.
        const NO_SIDE: u128 = 1 << 40;
        match column {
            ConversationColumn::Left => addresses.place(self.left),
            ConversationColumn::Right => addresses.place(self.right),
            ConversationColumn::RecordCount => Some(self.records.into()),
            ConversationColumn::Packets => self.packets,
            ConversationColumn::TotalBytes => self.total_bytes(),
            ConversationColumn::DataRatio => self.total_bytes()?.checked_div(self.records.into()),
            ConversationColumn::FirstSeen => time_key(self.first),
            ConversationColumn::LastSeen => time_key(self.last),
            ConversationColumn::Accepted => Some(self.accepted.into()),
            ConversationColumn::Rejected => Some(self.rejected.into()),
            ConversationColumn::Sent => self.sent,
            ConversationColumn::Received => self.received,
            ConversationColumn::Ratio => thousandths(self.sent, self.received),
            ConversationColumn::StartedBy => Some(match self.started?.0 {
                Side::Left => addresses.place(self.left).unwrap_or(NO_SIDE),
                Side::Right => addresses.place(self.right).unwrap_or(NO_SIDE),
                Side::Both => NO_SIDE,
            }),
            ConversationColumn::Evidence => Some(match self.started?.1 {
                StartEvidence::SynFlags => 0,
                StartEvidence::Ports => 1,
                StartEvidence::FirstSeen => 2,
            }),
            ConversationColumn::Repeats => Some(self.repeats.into()),
        }
    }
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
pub(in crate::query) fn thousandths(sent: Option<u128>, received: Option<u128>) -> Option<u128> {
    sent?.saturating_mul(1000).checked_div(received?)
}

impl PartialEq for ConversationTable {
    fn eq(&self, other: &Self) -> bool {
        let same = |row: usize| self.talk(row) == other.talk(row);
        self.totals == other.totals && self.len() == other.len() && (0..self.len()).all(same)
    }
}

impl Eq for ConversationTable {}

impl ConversationTable {
    pub(in crate::query) fn new(talks: Arc<dyn Talks>, order: RowOrder, totals: PairTotals) -> Self {
        Self { talks, order: Arc::new(order), totals }
    }

    pub fn len(&self) -> usize {
        self.order.len(self.talks.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn talk(&self, row: usize) -> Option<Talk> {
        self.talks.talk(self.order.row(row)?)
    }

    /// Packets and bytes of its conversations, in no order.
    pub(in crate::query) fn sums(&self) -> impl Iterator<Item = [Option<u128>; 2]> + '_ {
        (0..self.talks.len()).filter_map(|row| self.talks.talk(row)).map(|talk| [talk.packets, talk.total_bytes()])
    }
}

/// Puts conversations in the order of the keys, ties by left and right.
pub(super) fn put_in_order(talks: &mut [Talk], sort: &[ConversationSort], addresses: &AddressOrder) {
    talks.sort_unstable_by(|a, b| {
        let compare = |column, descending| absent_last(a.key(column, addresses), b.key(column, addresses), descending);
        let by_key = sort.iter().map(|key| compare(key.column, key.descending));
        let tie = [ConversationColumn::Left, ConversationColumn::Right];
        let by_tie = tie.into_iter().map(|column| compare(column, false));
        by_key.chain(by_tie).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
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
        let Some(talk) = table.talk(row) else { break };
        let time = |secs: i64| (secs != NO_TIME).then(|| Timestamp::from_secs(secs));
        rows.push(ConversationRow {
            left: address_text(reader, talk.left)?,
            right: address_text(reader, talk.right)?,
            record_count: talk.records.into(),
            packets: talk.packets,
            sent: talk.sent,
            received: talk.received,
            first_seen: time(talk.first),
            last_seen: time(talk.last),
            accepted: talk.accepted.into(),
            rejected: talk.rejected.into(),
            started: talk.started,
            repeats: talk.repeats.into(),
        });
    }
    Ok(rows)
}
