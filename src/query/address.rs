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

/// What the case says of it. Queries are beside their answers, for links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressFacts {
    /// Flow records that have it on either side.
    pub flows: Scope,
    /// Records with it as srcaddr, and as dstaddr; one that has it as both is in both.
    pub sent: Figures,
    pub received: Figures,
    /// Records that have it as pkt_srcaddr or pkt_dstaddr only: traffic that another interface passed on.
    pub passed_on: (Scope, Figures),
    pub pairs: (PairQuery, PairTable),
    /// `ports-reached` (dstport of what it sent), `ports-offered` (dstport of what it received), `interfaces`,
    /// `instances`, `actions`, `event-names`, `principals`; those of events only where there are any.
    pub lists: Vec<(&'static str, TopQuery, TopTable)>,
    /// Bytes over time: sent, received. The same bins, unless one of the two has no records.
    pub sent_series: (SeriesQuery, SeriesTable),
    pub received_series: (SeriesQuery, SeriesTable),
    /// CloudTrail events with it as source_ip_address.
    pub events: (Scope, Figures),
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

    fn lists(&self, events: bool) -> Vec<(&'static str, TopQuery)> {
        let flows = self.scope(Dataset::Flows, Filter::test(Target::EitherAddress, self.is()));
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

/// Details of one address. Takes time in proportion to the records; never on the frame thread.
pub fn address_facts(reader: &CaseReader, query: &AddressQuery, cancel: &Cancel) -> Result<AddressFacts, QueryError> {
    let [sent, received] = ["srcaddr", "dstaddr"].map(|name| query.at(Dataset::Flows, name));
    let flows = query.scope(Dataset::Flows, Filter::test(Target::EitherAddress, query.is()));
    let passed_on = query.passed_on();
    let scope = Scope { filter: None, ..flows.clone() };
    let pair_query = PairQuery { scope, ip: Some(query.address.clone()), limit: Some(query.limit), ..PairQuery::all() };
    let events = query.at(Dataset::Events, "source_ip_address");
    let event_figures = figures(reader, &events, cancel)?;
    let mut lists = Vec::new();
    for (name, list) in query.lists(event_figures.records > 0) {
        let table = top(reader, &list, cancel)?;
        lists.push((name, list, table));
    }
    // One width for both lines: that of the two together.
    let both = series(reader, &SeriesQuery::of(flows.clone(), Measure::Bytes), cancel)?;
    let line = |scope: &Scope| -> Result<(SeriesQuery, SeriesTable), QueryError> {
        let query =
            SeriesQuery { bin: BinWidth::Secs(both.bin_secs), ..SeriesQuery::of(scope.clone(), Measure::Bytes) };
        let table = series(reader, &query, cancel)?;
        Ok((query, table))
    };
    let (sent_series, received_series) = (line(&sent)?, line(&received)?);
    let table = pairs(reader, &pair_query, cancel)?;
    Ok(AddressFacts {
        sent: figures(reader, &sent, cancel)?,
        received: figures(reader, &received, cancel)?,
        passed_on: (passed_on.clone(), figures(reader, &passed_on, cancel)?),
        flows,
        pairs: (pair_query, table),
        lists,
        sent_series,
        received_series,
        events: (events, event_figures),
    })
}
