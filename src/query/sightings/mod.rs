//! Sightings: which indicators, of which lists and with which hosts, the records of a case meet, and what that comes
//! to.

mod columns;
mod evaluate;
mod order;
mod playbook;
mod rows;
mod tally;
#[cfg(test)]
mod tests;

pub use columns::{
    SightedRow, commented_sighting_value, earlier_sighting_columns, playbook_direction, sighting_columns,
    sighting_value,
};
pub use evaluate::{sightings, sightings_by_sql};
pub use order::{COMMENT_OR_NAME, SightingSort};
pub use playbook::{
    PLAYBOOK_COLUMNS, PlaybookDirection, PlaybookQuery, PlaybookRow, PlaybookTable, playbook, playbook_rows,
};
pub use rows::{SightingRow, Subject, sighting_rows};
pub(super) use tally::{FlowSums, Tallies};

use super::indicators::Wanted;
use super::scope::Scope;
use crate::filter::{Check, Filter, Literal, Target};
use crate::model::{Dataset, IndicatorKind, Timestamp};

/// What records are gathered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum By {
    #[default]
    Indicator,
    /// The address on the other side of one that an indicator holds.
    Host,
    List,
}

impl By {
    pub const ALL: [By; 3] = [By::Indicator, By::Host, By::List];

    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            By::Indicator => "indicator",
            By::Host => "host",
            By::List => "list",
        }
    }
}

/// Which sightings. Two equal queries over an unchanged case give the same rows in the same order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SightingQuery {
    pub by: By,
    /// Of flow records, and of events.
    pub flows: Scope,
    pub events: Scope,
    /// Only entries of which a text passes: the list's name, the value, or what it is called.
    pub only: Option<Check>,
    /// Else those seen, most hits first, and then those not seen.
    pub sort: Option<SightingSort>,
}

impl SightingQuery {
    /// Everything that is searched for, in all records, each once.
    pub fn all(by: By) -> Self {
        Self { by, flows: Scope::all(Dataset::Flows), events: Scope::all(Dataset::Events), only: None, sort: None }
    }

    /// Only entries of this list.
    pub fn of_list(by: By, name: &str) -> Self {
        Self { only: Some(Check::Equals(Literal::text(name))), ..Self::all(by) }
    }

    pub(super) fn wanted(&self) -> Wanted {
        Wanted::Indicators(self.only.clone())
    }

    /// The records that match what a row stands for, for drilling down: its hits and its mentions.
    pub fn records_of(&self, dataset: Dataset, subject: &Subject) -> Scope {
        let scope = if dataset == Dataset::Flows { &self.flows } else { &self.events };
        let named = |name: &str| Filter::test(Target::Indicator, Check::Equals(Literal::text(name)));
        let filter = match subject {
            Subject::Indicator(row) => named(&row.entry.value),
            Subject::List(list) => named(&list.name),
            Subject::Host { address, .. } => {
                let only = self.only.clone().unwrap_or(Check::Present);
                let met = Filter::test(Target::Indicator, only);
                match crate::model::Address::parse(address.as_bytes()) {
                    Some(ip) if dataset == Dataset::Flows => {
                        met.and(Filter::test(Target::EitherAddress, Check::Equals(Literal::Address(ip))))
                    }
                    _ => met,
                }
            }
        };
        scope.and(filter)
    }
}

/// What the records that match something come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sighting {
    /// Number of the entry, of the list, or id of the host's address.
    pub key: i64,
    pub flows: u64,
    pub events: u64,
    /// Events that hold an address somewhere in their text and did not come from it: it was asked for, given, let in
    /// ... In no other figure.
    pub mentions: u64,
    /// Records that match it outside the time in which it counts, or without the rest of its pattern; in no other
    /// figure.
    pub outside: u64,
    /// Bytes of flow records that go to it, and that come from it; for a host, to and from indicators.
    pub bytes_to: Option<u128>,
    pub bytes_from: Option<u128>,
    /// Flow records accepted and rejected.
    pub accepted: u64,
    pub rejected: u64,
    /// The earliest start and the latest end; of events their time.
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Addresses on the other side of an indicator; indicators of a host or a list.
    pub others: u64,
    /// Who made the calls that match it.
    pub principals: u64,
}

impl Sighting {
    pub fn hits(&self) -> u64 {
        self.flows + self.events
    }
}

/// What was looked at: an indicator that was not seen was not seen in this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    pub flows: u64,
    pub events: u64,
    pub flow_span: Option<(Timestamp, Timestamp)>,
    pub event_span: Option<(Timestamp, Timestamp)>,
}

/// Why an indicator was not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotSeen {
    /// Neither flow records nor events can hold it.
    NotMatchable,
    /// Only events could hold it, and there are none.
    NoEvents,
    /// Only flow records could hold it, and there are none.
    NoFlows,
    /// Not in what was looked at.
    NotThere,
}

impl Looked {
    /// Why an entry of this kind has no hits. `with_address`: it stands for addresses, as a URL may.
    pub fn why_not(&self, kind: IndicatorKind, with_address: bool) -> NotSeen {
        use IndicatorKind::{AccessKey, Arn, Domain, EventName, Port, Principal, Url, UserAgent};
        match kind {
            _ if with_address => NotSeen::NotThere,
            IndicatorKind::Hash => NotSeen::NotMatchable,
            Port if self.flows == 0 => NotSeen::NoFlows,
            Domain | Url | AccessKey | Arn | Principal | UserAgent | EventName if self.events == 0 => NotSeen::NoEvents,
            _ => NotSeen::NotThere,
        }
    }
}

/// The rows of a query: those seen, most hits first, ties by number; then, by indicator and by list, those not seen. In
/// the order of a column where one is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SightingTable {
    pub by: By,
    pub seen: Vec<Sighting>,
    /// Numbers of entries or lists without a hit, ascending.
    pub unseen: Vec<i64>,
    /// Places in these two, one behind the other, in another order.
    pub(super) order: Option<Vec<u32>>,
    pub looked: Looked,
}

impl SightingTable {
    pub fn len(&self) -> usize {
        self.seen.len() + self.unseen.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at a place.
    pub fn get(&self, place: usize) -> Option<Sighting> {
        let place = match &self.order {
            Some(order) => *order.get(place)? as usize,
            None => place,
        };
        match self.seen.get(place) {
            Some(row) => Some(row.clone()),
            None => {
                let key = *self.unseen.get(place.checked_sub(self.seen.len())?)?;
                Some(Sighting { key, ..Sighting::default() })
            }
        }
    }
}
