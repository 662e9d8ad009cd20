//! Leads from sightings: one for each indicator that records match.

use super::lead::{Kind, Lead};
use crate::case::CaseReader;
use crate::filter::{Filter, Target};
use crate::model::{Dataset, Timestamp};
use crate::query::{self, By, Cancel, QueryError, Scope, SightingQuery, Subject};

const ACCEPTED: f64 = 50.0;
const OTHERS: f64 = 20.0;

/// `with_events`: those of events too.
///
/// # Errors
/// As of any query.
pub(super) fn sighting_leads(
    reader: &CaseReader,
    flows: &Scope,
    with_events: bool,
    cancel: &Cancel,
) -> Result<Vec<Lead>, QueryError> {
    if query::indicator_lists(reader, false)?.is_empty() {
        return Ok(Vec::new());
    }
    let events = Scope { dataset: Dataset::Events, filter: None, ..flows.clone() };
    let asked = SightingQuery { flows: flows.clone(), events, ..SightingQuery::all(By::Indicator) };
    let table = query::sightings(reader, &asked, cancel)?;
    let mut leads = Vec::new();
    for row in query::sighting_rows(reader, &table, 0..table.seen.len())? {
        let (of, Subject::Indicator(indicator)) = (&row.sighting, &row.subject) else { continue };
        let dataset = match (of.flows, of.events) {
            (1.., _) => Dataset::Flows,
            (0, 1..) if with_events => Dataset::Events,
            (0, _) => continue,
        };
        let (Some(first), Some(last)) = (of.first, of.last) else { continue };
        let filter = Filter::named(Target::Indicator, &indicator.entry.value);
        let scope = if dataset == Dataset::Flows { asked.flows.clone() } else { asked.events.clone() };
        let records = query::count(reader, &scope.and(filter.clone()), cancel)?;
        // A call of a listed address that succeeded is worth as much as a record that was accepted.
        let (base, part) = match dataset {
            Dataset::Flows if of.accepted > 0 => (ACCEPTED, "sighting with accepted traffic"),
            Dataset::Flows => (OTHERS, "sighting without accepted traffic"),
            Dataset::Events => (OTHERS, "sighting in events alone"),
        };
        let secs = |time: Timestamp| time.secs();
        leads.push(Lead {
            kind: Kind::Sighting,
            subject: indicator.entry.value.clone(),
            peer: String::new(),
            ends: None,
            what: format!(
                "indicator of list {}: {} flow records, {} accepted, {} events",
                indicator.list, of.flows, of.accepted, of.events
            ),
            first: secs(first),
            last: secs(last),
            parts: vec![(part.to_owned(), base)],
            records: Some(records),
            filter: filter.to_string(),
            dataset,
            actor: None,
            doubts: None,
        });
    }
    Ok(leads)
}
