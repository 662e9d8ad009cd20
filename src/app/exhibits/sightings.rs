//! Sightings: what of the indicators the evidence holds and what it does not, and the playbook's view. What was looked for
//! is part of the answer: the lists with their hashes stand beside the rows.

use super::spec::{self, ScopeSpec};
use super::{Basis, Column, ExhibitError, Exhibited, Live, MOST_ROWS, Section, Total, Unit};
use crate::app::export::{ExportKind, sighting_kind};
use crate::case::{CaseReader, dataset_name};
use crate::filter::{Check, Literal};
use crate::model::{Dataset, IndicatorList};
use crate::present::zone::Zone;
use crate::query::{
    self, By, Cancel, Looked, NotSeen, PLAYBOOK_COLUMNS, PlaybookQuery, QueryError, Scope, SightingQuery, SightingRow,
    SightingSort, Subject, Value,
};
use serde::{Deserialize, Serialize};

/// Sightings by indicator, by host or by list; of one list, where it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SightingsExhibit {
    /// Its `only` is that of `list`; all events of the time range in which flow records are looked at.
    pub query: SightingQuery,
    pub list: Option<String>,
    pub limit: Option<usize>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SightingsSpec {
    sightings: String,
    list: Option<String>,
    /// Which flow records; events have no filter.
    flow_filter: Option<String>,
    from: Option<String>,
    to: Option<String>,
    all_copies: bool,
    /// A column, with `-` in front where the greatest stands first; without it in the order of the hits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sort: Option<String>,
    limit: Option<usize>,
}

impl SightingsExhibit {
    pub fn new(by: By, flows: Scope, list: Option<String>, limit: Option<usize>) -> Self {
        let only = list.as_deref().map(|name| Check::Equals(Literal::text(name)));
        let events = Scope { dataset: Dataset::Events, filter: None, ..flows.clone() };
        Self { query: SightingQuery { flows, events, only, ..SightingQuery::all(by) }, list, limit }
    }

    #[must_use]
    pub fn sorted(mut self, sort: Option<SightingSort>) -> Self {
        self.query.sort = sort;
        self
    }
}

impl Exhibited for SightingsExhibit {
    fn kind(&self) -> &'static str {
        "sightings"
    }

    fn query(&self) -> String {
        let ScopeSpec { filter, from, to, all_copies, .. } = ScopeSpec::of(&self.query.flows);
        spec::write(&SightingsSpec {
            sightings: self.query.by.name().to_owned(),
            list: self.list.clone(),
            flow_filter: Some(filter).filter(|filter| !filter.is_empty()),
            from,
            to,
            all_copies,
            sort: self.query.sort.map(|sort| format!("{}{}", if sort.descending { "-" } else { "" }, sort.column)),
            limit: self.limit,
        })
    }

    /// All that was looked at: what was not seen was not seen in that.
    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        let scopes = vec![self.query.flows.clone(), self.query.events.clone()];
        Ok(Basis { scopes, with_lists: true, ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, ExhibitError> {
        if let Some(name) = &self.list
            && !query::indicator_list_names(reader)?.contains(name)
        {
            return Err(ExhibitError::Unfit(format!("the case has no list of indicators called {name}")));
        }
        let table = query::sightings(reader, &self.query, cancel)?;
        let wanted = limited(table.len(), self.limit)?;
        let names = query::sighting_columns(self.query.by);
        let mut columns: Vec<Column> = names.iter().map(|name| Column::new(*name, unit(name))).collect();
        let is_by_indicator = self.query.by == By::Indicator;
        columns.extend(is_by_indicator.then(|| Column::new("not_seen", Unit::Text)));
        let mut rows = Vec::with_capacity(wanted);
        for first in (0..wanted).step_by(PAGE) {
            stopped(cancel)?;
            for row in query::sighting_rows(reader, &table, first..(first + PAGE).min(wanted))? {
                let value = |name: &&str| query::sighting_value(query::SightedRow::Sighting(&row), name);
                let mut values: Vec<Value> = names.iter().map(value).collect();
                values.extend(is_by_indicator.then(|| why_not(&row, &table.looked)));
                rows.push(values);
            }
        }
        let mut section = Section { all_rows: table.len() as u64, ..Section::new("sightings", columns, rows) };
        section.totals = looked(&table.looked);
        section.totals.push(Total::new("seen", Unit::Count, Value::count(table.seen.len() as u64)));
        if self.query.by != By::Host {
            section.totals.push(Total::new("unseen", Unit::Count, Value::count(table.unseen.len() as u64)));
        }
        section.totals.push(validity(reader)?);
        Ok(vec![section, lists(reader, self.list.as_deref())?])
    }

    fn live(&self) -> Live {
        Live::Sightings(Box::new(self.query.clone()), self.list.clone())
    }
}

/// Rows that are looked up at once.
const PAGE: usize = 1000;

fn stopped(cancel: &Cancel) -> Result<(), QueryError> {
    if cancel.is_cancelled() { Err(QueryError::Cancelled) } else { Ok(()) }
}

/// How many of these rows an exhibit shows.
fn limited(rows: usize, limit: Option<usize>) -> Result<usize, ExhibitError> {
    let wanted = limit.unwrap_or(rows).min(rows);
    if wanted > MOST_ROWS { Err(ExhibitError::TooManyRows(wanted as u64)) } else { Ok(wanted) }
}

fn unit(column: &str) -> Unit {
    match (column, sighting_kind(column)) {
        ("host" | "source" | "destination", _) => Unit::Text,
        ("protocol", _) => Unit::Protocol,
        ("connecting_port", _) => Unit::Port,
        ("numbytes" | "bytes_to" | "bytes_from", _) => Unit::Bytes,
        ("sessiontime", _) => Unit::Number,
        (_, ExportKind::Time) => Unit::Time,
        (_, ExportKind::Boolean) => Unit::Boolean,
        (_, ExportKind::Int64 | ExportKind::Sum) => Unit::Count,
        _ => Unit::Text,
    }
}

/// Stable name of the reason why an indicator was not seen; absent where it was.
fn why_not(row: &SightingRow, looked: &Looked) -> Value {
    let Subject::Indicator(of) = &row.subject else { return Value::Null };
    if row.sighting.hits() > 0 {
        return Value::Null;
    }
    let name = match looked.why_not(of.entry.kind) {
        NotSeen::NotMatchable => "not_matchable",
        NotSeen::NoEvents => "no_events",
        NotSeen::NoFlows => "no_flows",
        NotSeen::NotThere => "not_there",
    };
    Value::Text(name.to_owned())
}

fn looked(looked: &Looked) -> Vec<Total> {
    let mut totals = Vec::new();
    for (names, records, span) in [
        (["looked_flows", "looked_flows_first", "looked_flows_last"], looked.flows, looked.flow_span),
        (["looked_events", "looked_events_first", "looked_events_last"], looked.events, looked.event_span),
    ] {
        let [count, first, last] = names;
        totals.push(Total::new(count, Unit::Count, Value::count(records)));
        if let Some(span) = span {
            totals.push(Total::new(first, Unit::Time, Value::Time(span.0)));
            totals.push(Total::new(last, Unit::Time, Value::Time(span.1)));
        }
    }
    totals
}

/// The lists of which entries were looked for.
fn lists(reader: &CaseReader, only: Option<&str>) -> Result<Section, ExhibitError> {
    let names = [
        ("list_name", Unit::Text),
        ("list_purpose", Unit::Text),
        ("list_date", Unit::Text),
        ("list_enabled_entries", Unit::Count),
        ("list_sha256", Unit::Json),
    ];
    let text = |text: &str| Value::Text(text.to_owned());
    let row = |list: IndicatorList| {
        vec![
            text(&list.name),
            text(list.purpose.code()),
            text(&list.list_date),
            Value::count(list.enabled_entries),
            text(&list.sha256),
        ]
    };
    let all = query::indicator_lists(reader, false)?.into_iter();
    let used = all.filter(|list| list.enabled && only.is_none_or(|only| *only == list.name));
    let columns = names.into_iter().map(|(name, unit)| Column::new(name, unit)).collect();
    Ok(Section::new("lists", columns, used.map(row).collect()))
}

/// Do entries count only within their time of validity?
fn validity(reader: &CaseReader) -> Result<Total, ExhibitError> {
    Ok(Total::new("validity", Unit::Boolean, Value::Boolean(query::honours_validity(reader)?)))
}

pub(super) fn read_sightings(text: &str) -> Result<Box<dyn Exhibited>, String> {
    let spec: SightingsSpec = spec::read(text)?;
    let by = By::ALL.into_iter().find(|by| by.name() == spec.sightings);
    let by = by.ok_or_else(|| format!("sightings by {} are not known", spec.sightings))?;
    let SightingsSpec { flow_filter, from, to, all_copies, .. } = spec;
    let filter = flow_filter.unwrap_or_default();
    let flows = ScopeSpec { dataset: dataset_name(Dataset::Flows).to_owned(), filter, from, to, all_copies };
    let sort = spec.sort.as_deref().map(|sort| read_sort(by, sort)).transpose()?;
    Ok(Box::new(SightingsExhibit::new(by, flows.scope()?, spec.list, spec.limit).sorted(sort)))
}

fn read_sort(by: By, text: &str) -> Result<SightingSort, String> {
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let column = query::sighting_columns(by).iter().copied().find(|column| *column == name);
    Ok(SightingSort { column: column.ok_or_else(|| format!("sightings have no column {name}"))?, descending })
}

/// The playbook's directional view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaybookExhibit {
    pub query: PlaybookQuery,
    pub limit: Option<usize>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaybookSpec {
    records: ScopeSpec,
    limit: Option<usize>,
}

impl Exhibited for PlaybookExhibit {
    fn kind(&self) -> &'static str {
        "playbook"
    }

    fn query(&self) -> String {
        spec::write(&PlaybookSpec { records: ScopeSpec::of(&self.query.scope), limit: self.limit })
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        Ok(Basis { scopes: vec![self.query.scope.clone()], with_lists: true, ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, ExhibitError> {
        let table = query::playbook(reader, &self.query, cancel)?;
        let wanted = limited(table.rows.len(), self.limit)?;
        let names: Vec<&str> = ["ref", "words"].into_iter().chain(PLAYBOOK_COLUMNS).collect();
        let columns = names.iter().map(|name| match *name {
            "ref" => Column::new("ref", Unit::Record),
            name => Column::new(name, unit(name)),
        });
        let columns = columns.collect();
        let mut rows = Vec::with_capacity(wanted);
        for first in (0..wanted).step_by(PAGE) {
            stopped(cancel)?;
            for row in query::playbook_rows(reader, &table, first..(first + PAGE).min(wanted))? {
                let value = |name: &&str| match *name {
                    "ref" => Value::Text(row.record.to_string()),
                    name => query::sighting_value(query::SightedRow::Playbook(&row), name),
                };
                rows.push(names.iter().map(value).collect());
            }
        }
        let mut section = Section { all_rows: table.rows.len() as u64, ..Section::new("playbook", columns, rows) };
        section.totals = vec![validity(reader)?];
        Ok(vec![section, lists(reader, None)?])
    }

    fn live(&self) -> Live {
        Live::Playbook(self.query.clone())
    }
}

pub(super) fn read_playbook(text: &str) -> Result<Box<dyn Exhibited>, String> {
    let spec: PlaybookSpec = spec::read(text)?;
    Ok(Box::new(PlaybookExhibit { query: PlaybookQuery { scope: spec.records.scope()? }, limit: spec.limit }))
}
