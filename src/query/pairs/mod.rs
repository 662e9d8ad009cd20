//! Address pairs: what went from one address to another, and how much for each record (the playbook's data ratio).

mod evaluate;
mod table;

pub(super) use evaluate::added;
#[cfg(test)]
pub(super) use evaluate::pairs_by_sql;
pub use evaluate::{first_pairs, pairs};
pub(super) use table::{AddressOrder, PairSum, PairSums, absent_last, address_text, time_key};
pub use table::{NO_TIME, PairRow, PairTable, PairTotals, pair_rows};

use super::indicators::{InternalSpace, internal_space};
use super::scope::{Scope, test};
use super::{QueryError, RecordQuery};
use crate::case::CaseReader;
use crate::filter::{Check, Filter, Literal, Network, Target};
pub use crate::model::PRIVATE_SPACE;
use crate::model::{Address, Dataset, KeySpan, Unit};

/// What makes two records the same pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PairKey {
    /// (srcaddr, dstaddr)
    #[default]
    Addresses,
    /// (srcaddr, dstaddr, flow_direction)
    AddressesAndDirection,
    /// (pkt_srcaddr, pkt_dstaddr): the ends of the traffic, where the interface only passed it on.
    PacketAddresses,
}

impl PairKey {
    /// The fields of the two addresses.
    pub fn fields(self) -> [&'static str; 2] {
        match self {
            PairKey::Addresses | PairKey::AddressesAndDirection => ["srcaddr", "dstaddr"],
            PairKey::PacketAddresses => ["pkt_srcaddr", "pkt_dstaddr"],
        }
    }
}

/// A column of the result, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PairColumn {
    Srcaddr,
    Dstaddr,
    FlowDirection,
    RecordCount,
    Packets,
    TotalBytes,
    DataRatio,
    FirstSeen,
    LastSeen,
    Accepted,
    Rejected,
}

impl PairColumn {
    pub const ALL: [PairColumn; 11] = [
        PairColumn::Srcaddr,
        PairColumn::Dstaddr,
        PairColumn::FlowDirection,
        PairColumn::RecordCount,
        PairColumn::Packets,
        PairColumn::TotalBytes,
        PairColumn::DataRatio,
        PairColumn::FirstSeen,
        PairColumn::LastSeen,
        PairColumn::Accepted,
        PairColumn::Rejected,
    ];

    /// The columns that a table by this key has.
    pub fn of(by: PairKey) -> impl Iterator<Item = PairColumn> + Clone {
        let direction = by == PairKey::AddressesAndDirection;
        Self::ALL.into_iter().filter(move |column| direction || *column != PairColumn::FlowDirection)
    }

    /// What its values are.
    pub fn unit(self) -> Unit {
        match self {
            PairColumn::Srcaddr | PairColumn::Dstaddr => Unit::Address,
            PairColumn::FlowDirection => Unit::Text,
            PairColumn::RecordCount | PairColumn::Packets | PairColumn::Accepted | PairColumn::Rejected => Unit::Count,
            PairColumn::TotalBytes | PairColumn::DataRatio => Unit::Bytes,
            PairColumn::FirstSeen | PairColumn::LastSeen => Unit::Time,
        }
    }

    /// The header; pairs of packet-level addresses have the same headers as the others.
    pub fn name(self) -> &'static str {
        match self {
            PairColumn::Srcaddr => "srcaddr",
            PairColumn::Dstaddr => "dstaddr",
            PairColumn::FlowDirection => "flow_direction",
            PairColumn::RecordCount => "record_count",
            PairColumn::Packets => "packets",
            PairColumn::TotalBytes => "total_bytes",
            PairColumn::DataRatio => "data_ratio",
            PairColumn::FirstSeen => "first_seen",
            PairColumn::LastSeen => "last_seen",
            PairColumn::Accepted => "accepted",
            PairColumn::Rejected => "rejected",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PairSort {
    pub column: PairColumn,
    pub descending: bool,
}

/// Which pairs, of which records, in which order. Two equal queries over an unchanged case give the same rows in the
/// same order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PairQuery {
    /// Of flow records.
    pub scope: Scope,
    pub by: PairKey,
    /// Only pairs that have this address on either side.
    pub ip: Option<Address>,
    /// With `ip`: the records without any address (NODATA, SKIPDATA) too, as one pair without addresses.
    pub keep_addressless: bool,
    /// Only pairs of which an end is outside private address space (`PRIVATE_SPACE`) and outside `own`.
    pub only_external: bool,
    /// Networks that were declared own; `in_case` puts those of the case here.
    pub own: Vec<KeySpan>,
    /// The first key sorts first; absent values come last in both directions; ties break by source, destination and
    /// direction ascending.
    pub sort: Vec<PairSort>,
    /// So many rows at most; the totals are of all.
    pub limit: Option<usize>,
}

impl PairQuery {
    /// Every pair, most bytes first.
    pub fn all() -> Self {
        Self {
            scope: Scope::all(Dataset::Flows),
            by: PairKey::Addresses,
            ip: None,
            keep_addressless: false,
            only_external: false,
            own: Vec::new(),
            sort: vec![PairSort { column: PairColumn::TotalBytes, descending: true }],
            limit: None,
        }
    }

    /// The same query with what this case says is internal.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn in_case(&self, reader: &CaseReader) -> Result<Self, QueryError> {
        let own = if self.only_external { internal_space(reader)?.own().to_vec() } else { Vec::new() };
        Ok(Self { own, ..self.clone() })
    }

    /// The flow records that the pairs are made of.
    ///
    /// # Errors
    /// The scope is not of flow records.
    pub fn records(&self) -> Result<Scope, QueryError> {
        if self.scope.dataset != Dataset::Flows {
            return Err(QueryError::Filter("pairs are available for flow records only".to_owned()));
        }
        let [source, destination] = self.by.fields();
        let either =
            |check: &Check| Filter::any_of([source, destination].map(|name| test(Dataset::Flows, name, check.clone())));
        let mut scope = self.scope.clone();
        if let Some(ip) = &self.ip {
            let mut wanted = either(&Check::Equals(Literal::Address(ip.clone())));
            if self.keep_addressless {
                let neither = [source, destination].map(|name| test(Dataset::Flows, name, Check::Absent));
                wanted = Filter::any_of([wanted, Filter::all_of(neither)]);
            }
            scope = scope.and(wanted);
        }
        if self.only_external {
            scope = scope.and(Filter::any_of([source, destination].map(|name| external(name, &self.own))));
        }
        Ok(scope)
    }

    /// The records of one pair, for drilling down.
    ///
    /// # Errors
    /// As `records`.
    pub fn records_of(&self, row: &PairRow) -> Result<RecordQuery, QueryError> {
        let [source, destination] = self.by.fields();
        let exactly = |name: &'static str, text: &Option<String>| {
            let address = text.as_ref().and_then(|text| Address::parse(text.as_bytes()));
            test(Dataset::Flows, name, address.map_or(Check::Absent, |a| Check::Equals(Literal::Address(a))))
        };
        let mut filter = exactly(source, &row.srcaddr).and(exactly(destination, &row.dstaddr));
        if self.by == PairKey::AddressesAndDirection {
            let direction = row.flow_direction.as_ref().map(|text| Check::Equals(Literal::text(text)));
            filter = filter.and(test(Dataset::Flows, "flow_direction", direction.unwrap_or(Check::Absent)));
        }
        Ok(self.records()?.and(filter).records(Vec::new()))
    }
}

fn private_networks() -> impl Iterator<Item = Network> {
    PRIVATE_SPACE.iter().filter_map(|text| Network::parse(text))
}

/// Is the address in private space?
pub fn is_private(address: &Address) -> bool {
    static SPACE: std::sync::LazyLock<InternalSpace> = std::sync::LazyLock::new(|| InternalSpace::with([]));
    SPACE.contains(address)
}

/// The address is there, outside private space and outside these.
fn external(name: &'static str, own: &[KeySpan]) -> Filter {
    let field = Target::Field(super::scope::own_field(Dataset::Flows, name));
    let literal = |key: u128| Literal::Address(Address::of_key(key));
    let mut inside = vec![Check::In(private_networks().map(Literal::Network).collect())];
    inside.extend(own.iter().map(|span| Check::Between(literal(span.first), literal(span.last))));
    Filter::all_of(inside.into_iter().map(|check| Filter::negated_test(field.clone(), check)))
}
