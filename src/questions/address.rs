//! The page of one address.

use super::error::AskError;
use super::groups::{pair_section, top_section};
use super::question::{Basis, Live, Question};
use super::records::totals;
use super::section::Section;
use super::spec;
use super::time::series_section;
use crate::case::CaseReader;
use crate::model::{Address, Dataset, TimeRange, Timestamp};
use crate::model::{Unit, Value};
use crate::present::zone::Zone;
use crate::query::tables::Column;
use crate::query::{self, AddressQuery, Cancel, Duplicates, Figures, GroupBy, QueryError, Scope};
use serde::{Deserialize, Serialize};

/// Everything that the case says about an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressQuestion(pub AddressQuery);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressSpec {
    address: String,
    from: Option<String>,
    to: Option<String>,
    all_copies: bool,
    /// Rows of each list.
    limit: usize,
    /// Absent in what earlier versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    principals: Option<String>,
}

impl AddressQuestion {
    fn scope(&self, dataset: Dataset, text: &str) -> Result<Scope, QueryError> {
        let (range, duplicates) = (self.0.range, self.0.duplicates);
        Ok(Scope { range, duplicates, ..Scope::written(dataset, text)? })
    }
}

impl Question for AddressQuestion {
    fn kind(&self) -> &'static str {
        "address"
    }

    fn query(&self) -> String {
        let AddressQuery { address, range, duplicates, limit, principals } = &self.0;
        let time = |time: Option<Timestamp>| time.map(Timestamp::to_iso);
        spec::write(&AddressSpec {
            address: address.to_string(),
            from: time(range.from),
            to: time(range.to),
            all_copies: *duplicates == Duplicates::All,
            limit: *limit,
            principals: (*principals != GroupBy::PrincipalName).then(|| spec::group_name(*principals).to_owned()),
        })
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        let address = &self.0.address;
        let flows = format!("ip = '{address}' or pkt_srcaddr = '{address}' or pkt_dstaddr = '{address}'");
        let events = format!("source_ip_address = '{address}'");
        let scopes = vec![self.scope(Dataset::Flows, &flows)?, self.scope(Dataset::Events, &events)?];
        Ok(Basis { scopes, ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        let facts = query::address_facts(reader, &self.0, cancel)?;
        let of = &facts.figures;
        let (_, passed_on) = &of.passed_on;
        let (_, events) = &of.events;
        let (_, pair_table) = &facts.pairs;
        let mut sections = vec![figures(&[
            ("sent", Dataset::Flows, &of.sent),
            ("received", Dataset::Flows, &of.received),
            ("passed_on", Dataset::Flows, passed_on),
            ("events", Dataset::Events, events),
        ])];
        sections.push(pair_section(reader, pair_table)?);
        for (name, query, table) in &facts.lists {
            sections.push(top_section(name, query, table)?);
        }
        for (name, (query, table)) in [("sent_series", &facts.sent_series), ("received_series", &facts.received_series)]
        {
            sections.push(series_section(name, query, table)?);
        }
        Ok(sections)
    }

    fn limited(&self, _: usize) -> Box<dyn Question> {
        Box::new(self.clone())
    }

    fn live(&self) -> Live {
        Live::Address(self.0.address.to_string())
    }
}

/// A row of figures for each part.
fn figures(parts: &[(&str, Dataset, &Figures)]) -> Section {
    let all: Vec<_> = parts.iter().map(|(name, dataset, figures)| (name, totals(*dataset, figures))).collect();
    let mut columns = vec![Column::new("part", Unit::Text)];
    for (_, totals) in &all {
        for total in totals {
            if !columns.iter().any(|column| column.name == total.name) {
                columns.push(Column::new(&*total.name, total.unit));
            }
        }
    }
    let rows = all.iter().map(|(name, totals)| {
        let value = |column: &Column| {
            let found = totals.iter().find(|total| total.name == column.name);
            found.map_or(Value::Null, |total| total.value.clone())
        };
        let name = Value::Text((**name).to_owned());
        std::iter::once(name).chain(columns.iter().skip(1).map(value)).collect()
    });
    let rows = rows.collect();
    Section::new("figures", columns, rows)
}

pub(super) fn read(text: &str) -> Result<Box<dyn Question>, String> {
    let spec: AddressSpec = spec::read(text)?;
    let address =
        Address::parse(spec.address.as_bytes()).ok_or_else(|| format!("{} is not an address", spec.address))?;
    Ok(Box::new(AddressQuestion(AddressQuery {
        address,
        range: TimeRange { from: spec::time(spec.from.as_deref())?, to: spec::time(spec.to.as_deref())? },
        duplicates: if spec.all_copies { Duplicates::All } else { Duplicates::Once },
        limit: spec.limit,
        principals: spec
            .principals
            .as_deref()
            .map_or(Ok(GroupBy::PrincipalName), |name| spec::group(Dataset::Events, name))?,
    })))
}
