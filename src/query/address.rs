//! Details of one address.

use super::scope::{Scope, own_field, test};
use super::{
    BinWidth, Cancel, Duplicates, Figures, GroupBy, Measure, PairQuery, PairTable, QueryError, SeriesQuery, TopQuery,
    TopTable, figures, pairs, series, top,
};
use crate::case::CaseReader;
use crate::filter::{Check, Filter, Literal, Target};
use crate::model::{Address, Dataset, SeriesTable, TimeRange};

/// Which address, of which time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressQuery {
    pub address: Address,
    pub range: TimeRange,
    pub duplicates: Duplicates,
    /// So many rows of each list, and pairs, at most.
    pub limit: usize,
    /// What principals are: `GroupBy::Principal`, but for an exhibit of an earlier version.
    pub principals: GroupBy,
}

/// How much there is of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressFigures {
    /// Flow records that have it on either side.
    pub flows: Scope,
    /// Records with it as srcaddr, and as dstaddr; one that has it as both is in both.
    pub sent: Figures,
    pub received: Figures,
    /// Records that have it as pkt_srcaddr or pkt_dstaddr only: traffic that another interface passed on.
    pub passed_on: (Scope, Figures),
    /// CloudTrail events with it as source_ip_address.
    pub events: (Scope, Figures),
}

/// What the case says of it. Queries are beside their answers, for links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressFacts {
    pub figures: AddressFigures,
    pub pairs: (PairQuery, PairTable),
    /// `ports-reached` (dstport of what it sent), `ports-offered` (dstport of what it received), `interfaces`,
    /// `instances`, `actions`, `event-names`, `principals`; those of events only where there are any.
    pub lists: Vec<(&'static str, TopQuery, TopTable)>,
    /// Bytes over time: sent, received. The same bins, unless one of the two has no records.
    pub sent_series: (SeriesQuery, SeriesTable),
    pub received_series: (SeriesQuery, SeriesTable),
}

impl AddressQuery {
    pub fn of(address: Address) -> Self {
        let (range, duplicates) = (TimeRange::default(), Duplicates::Once);
        Self { address, range, duplicates, limit: 50, principals: GroupBy::Principal }
    }

    fn scope(&self, dataset: Dataset, filter: Filter) -> Scope {
        Scope { dataset, filter: Some(filter), range: self.range, duplicates: self.duplicates }
    }

    fn is(&self) -> Check {
        Check::Equals(Literal::Address(self.address.clone()))
    }

    fn at(&self, dataset: Dataset, name: &'static str) -> Scope {
        self.scope(dataset, test(dataset, name, self.is()))
    }

    fn passed_on(&self) -> Scope {
        let packet = ["pkt_srcaddr", "pkt_dstaddr"].map(|name| test(Dataset::Flows, name, self.is()));
        let either = Filter::test(Target::EitherAddress, self.is());
        self.scope(Dataset::Flows, Filter::any_of(packet).exclude(either))
    }

    /// Flow records that have it on either side.
    fn flows(&self) -> Scope {
        self.scope(Dataset::Flows, Filter::test(Target::EitherAddress, self.is()))
    }

    /// The questions of the lists by their names; those about events where they are wanted.
    pub fn lists(&self, events: bool) -> Vec<(&'static str, TopQuery)> {
        let flows = self.flows();
        let field = |name| GroupBy::Field(own_field(Dataset::Flows, name));
        let [sent, received] = ["srcaddr", "dstaddr"].map(|name| self.at(Dataset::Flows, name));
        let mut lists = vec![
            ("ports-reached", sent, field("dstport"), Measure::Records),
            ("ports-offered", received, field("dstport"), Measure::Records),
            ("interfaces", flows.clone(), field("interface_id"), Measure::Bytes),
            ("instances", flows.clone(), field("instance_id"), Measure::Bytes),
            ("actions", flows, field("action"), Measure::Records),
        ];
        if events {
            let events = self.at(Dataset::Events, "source_ip_address");
            let name = GroupBy::Field(own_field(Dataset::Events, "event_name"));
            lists.push(("event-names", events.clone(), name, Measure::Records));
            lists.push(("principals", events, self.principals, Measure::Records));
        }
        let limit = Some(self.limit);
        lists.into_iter().map(|(name, scope, by, measure)| (name, TopQuery { scope, by, measure, limit })).collect()
    }
}

/// The figures of one address. Takes time in proportion to the records; never on the frame thread.
///
/// # Errors
/// As of any query.
pub fn address_figures(
    reader: &CaseReader,
    query: &AddressQuery,
    cancel: &Cancel,
) -> Result<AddressFigures, QueryError> {
    let of = |scope: Scope| figures(reader, &scope, cancel).map(|figures| (scope, figures));
    Ok(AddressFigures {
        flows: query.flows(),
        sent: of(query.at(Dataset::Flows, "srcaddr"))?.1,
        received: of(query.at(Dataset::Flows, "dstaddr"))?.1,
        passed_on: of(query.passed_on())?,
        events: of(query.at(Dataset::Events, "source_ip_address"))?,
    })
}

/// The pairs of one address, most bytes first.
///
/// # Errors
/// As of any query.
pub fn address_pairs(
    reader: &CaseReader,
    query: &AddressQuery,
    cancel: &Cancel,
) -> Result<(PairQuery, PairTable), QueryError> {
    let scope = Scope { filter: None, ..query.flows() };
    let query = PairQuery { scope, ip: Some(query.address.clone()), limit: Some(query.limit), ..PairQuery::all() };
    let table = pairs(reader, &query, cancel)?;
    Ok((query, table))
}

/// Bytes over time that one address sent, and that it received: one width for both, that of the two together.
///
/// # Errors
/// As of any query.
pub fn address_series(
    reader: &CaseReader,
    query: &AddressQuery,
    cancel: &Cancel,
) -> Result<[(SeriesQuery, SeriesTable); 2], QueryError> {
    let both = series(reader, &SeriesQuery::of(query.flows(), Measure::Bytes), cancel)?;
    let line = |name: &'static str| -> Result<(SeriesQuery, SeriesTable), QueryError> {
        let bin = BinWidth::Secs(both.bin_secs);
        let query = SeriesQuery { bin, ..SeriesQuery::of(query.at(Dataset::Flows, name), Measure::Bytes) };
        let table = series(reader, &query, cancel)?;
        Ok((query, table))
    };
    Ok([line("srcaddr")?, line("dstaddr")?])
}

/// Details of one address. Takes time in proportion to the records; never on the frame thread.
///
/// # Errors
/// As of any query.
pub fn address_facts(reader: &CaseReader, query: &AddressQuery, cancel: &Cancel) -> Result<AddressFacts, QueryError> {
    let figures = address_figures(reader, query, cancel)?;
    let mut lists = Vec::new();
    for (name, list) in query.lists(figures.events.1.records > 0) {
        let table = top(reader, &list, cancel)?;
        lists.push((name, list, table));
    }
    let [sent_series, received_series] = address_series(reader, query, cancel)?;
    let pairs = address_pairs(reader, query, cancel)?;
    Ok(AddressFacts { figures, pairs, lists, sent_series, received_series })
}
