//! The case at a glance. Every figure comes with the question that gives its records, so that it can be a link.

use super::coverage::{Coverage, Sources, coverage, sources};
use crate::case::CaseReader;
use crate::model::Dataset;
use crate::query::{
    Cancel, GroupBy, Measure, QueryError, Scope, TopQuery, TopTable, Totals, count, own_field, top, totals,
};

/// The figures of a case; `None` and empty lists where it has no records of the kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    pub totals: Totals,
    pub flows: Option<Coverage>,
    pub events: Option<Coverage>,
    pub counts: Vec<GlanceCount>,
    pub lists: Vec<GlanceList>,
    /// What wrote the records, and hours of each of which there are none.
    pub sources: Vec<Sources>,
}

/// How many records there are of a kind that an examiner asks for first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlanceCount {
    /// Stable; the id of its text is made of it.
    pub name: &'static str,
    /// One of the parts that all records of the dataset are divided into: together they are as many as all. The others
    /// may overlap.
    pub is_part: bool,
    pub scope: Scope,
    pub records: u64,
}

/// The greatest of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlanceList {
    /// Stable; the id of its text is made of it.
    pub name: &'static str,
    pub query: TopQuery,
    pub table: TopTable,
}

/// Names and filters of the parts that all records are divided into: each record is in exactly one.
const PARTS: [(&str, Dataset, &str); 8] = [
    ("accepted", Dataset::Flows, "action = ACCEPT"),
    ("rejected", Dataset::Flows, "action = REJECT"),
    // Records of transit gateways have none.
    ("no-action", Dataset::Flows, "action is null and not log_status in (NODATA, SKIPDATA)"),
    ("other-action", Dataset::Flows, "action exists and not action in (ACCEPT, REJECT)"),
    ("no-data", Dataset::Flows, "action is null and log_status = NODATA"),
    ("skip-data", Dataset::Flows, "action is null and log_status = SKIPDATA"),
    ("no-errors", Dataset::Events, "not error_code exists"),
    ("errors", Dataset::Events, "error_code exists"),
];

/// Names and filters of what is counted among them.
const AMONG: [(&str, Dataset, &str); 7] = [
    ("flow-sightings", Dataset::Flows, "indicator exists"),
    ("event-sightings", Dataset::Events, "indicator exists"),
    ("logins", Dataset::Events, "event_name = ConsoleLogin"),
    ("failed-logins", Dataset::Events, "event_name = ConsoleLogin and responseElements.ConsoleLogin = 'Failure'"),
    ("logins-without-mfa", Dataset::Events, "event_name = ConsoleLogin and additionalEventData.MFAUsed = 'No'"),
    ("root", Dataset::Events, "user_identity_type = Root"),
    ("trail-changes", Dataset::Events, "event_name in (StopLogging, DeleteTrail, UpdateTrail)"),
];

/// The questions that the lists answer, by name; `limit` rows each.
pub fn glance_lists(dataset: Dataset, limit: usize) -> Result<Vec<(&'static str, TopQuery)>, QueryError> {
    let field = |name| GroupBy::Field(own_field(dataset, name));
    let list = match dataset {
        Dataset::Flows => vec![
            ("talkers", GroupBy::Talker, Measure::Bytes, ""),
            ("pairs", GroupBy::Pair, Measure::Bytes, ""),
            ("rejected-sources", field("srcaddr"), Measure::Records, "action = REJECT"),
            ("rejected-pairs", GroupBy::Pair, Measure::Records, "action = REJECT"),
            ("accepted-pairs", GroupBy::Pair, Measure::Records, "action = ACCEPT"),
            ("services", GroupBy::Service, Measure::Bytes, ""),
            ("ports", field("dstport"), Measure::Records, ""),
            ("interfaces", field("interface_id"), Measure::Bytes, ""),
            ("instances", field("instance_id"), Measure::Bytes, "instance_id exists"),
            ("subnets", field("subnet_id"), Measure::Bytes, "subnet_id exists"),
        ],
        Dataset::Events => vec![
            ("event-names", field("event_name"), Measure::Records, ""),
            ("event-sources", field("event_source"), Measure::Records, ""),
            ("error-codes", field("error_code"), Measure::Records, "error_code exists"),
            ("principals", GroupBy::Principal, Measure::Records, ""),
            ("source-addresses", field("source_ip_address"), Measure::Records, ""),
            ("regions", field("aws_region"), Measure::Records, ""),
        ],
    };
    list.into_iter()
        .map(|(name, by, measure, text)| {
            Ok((name, TopQuery { scope: Scope::written(dataset, text)?, by, measure, limit: Some(limit) }))
        })
        .collect()
}

/// What is answered by itself, so that the first figures can be seen while the others are still counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GlancePart {
    Coverage(Dataset),
    Counts(Dataset),
    List(&'static str, TopQuery),
    Sources(Dataset),
}

/// What there is to be reported of one kind of record, in the order in which it is reported; lists of so many rows.
pub fn glance_parts(dataset: Dataset, limit: usize) -> Result<Vec<GlancePart>, QueryError> {
    let lists = glance_lists(dataset, limit)?.into_iter().map(|(name, query)| GlancePart::List(name, query));
    let first = [GlancePart::Coverage(dataset), GlancePart::Counts(dataset)];
    Ok(first.into_iter().chain(lists).chain([GlancePart::Sources(dataset)]).collect())
}

/// A glance that holds this part and nothing else. Takes time in proportion to the records; never on the frame thread.
pub fn glance_part(reader: &CaseReader, part: &GlancePart, cancel: &Cancel) -> Result<Glance, QueryError> {
    let mut glance = Glance::default();
    match part {
        GlancePart::Coverage(Dataset::Flows) => glance.flows = coverage(reader, Dataset::Flows, cancel)?,
        GlancePart::Coverage(Dataset::Events) => glance.events = coverage(reader, Dataset::Events, cancel)?,
        GlancePart::Counts(dataset) => {
            let rows = PARTS.into_iter().map(|row| (row, true)).chain(AMONG.into_iter().map(|row| (row, false)));
            for ((name, _, text), is_part) in rows.filter(|((_, of, _), _)| of == dataset) {
                let scope = Scope::written(*dataset, text)?;
                let records = count(reader, &scope, cancel)?;
                glance.counts.push(GlanceCount { name, is_part, scope, records });
            }
        }
        GlancePart::List(name, query) => {
            let table = top(reader, query, cancel)?;
            glance.lists.push(GlanceList { name, query: query.clone(), table });
        }
        GlancePart::Sources(dataset) => glance.sources.push(sources(reader, *dataset, cancel)?),
    }
    Ok(glance)
}

/// The case at a glance, with lists of so many rows: every part of every kind of record that there is.
pub fn glance(reader: &CaseReader, limit: usize, cancel: &Cancel) -> Result<Glance, QueryError> {
    let mut glance = Glance { totals: totals(reader)?, ..Glance::default() };
    for dataset in [Dataset::Flows, Dataset::Events] {
        for part in glance_parts(dataset, limit)? {
            let found = glance_part(reader, &part, cancel)?;
            let covers = found.flows.is_some() || found.events.is_some();
            glance.flows = glance.flows.or(found.flows);
            glance.events = glance.events.or(found.events);
            glance.counts.extend(found.counts);
            glance.lists.extend(found.lists);
            glance.sources.extend(found.sources);
            if matches!(part, GlancePart::Coverage(_)) && !covers {
                break;
            }
        }
    }
    Ok(glance)
}
