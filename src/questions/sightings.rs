//! Sightings: what of the indicators the evidence holds and what it does not, and the playbook's view. What was
//! searched for is part of the answer: the lists with their hashes are beside the rows.

use super::error::AskError;
use super::question::{self, Basis, Live, Question, least};
use super::section::{PAGE, Section};
use super::spec::{self, ScopeSpec};
use crate::case::{CaseReader, dataset_name};
use crate::filter::{Check, Literal};
use crate::model::{Dataset, IndicatorList, Unit, Value};
use crate::present::zone::Zone;
use crate::query::tables::{self, Column, Table, Total};
use crate::query::{
    self, By, Cancel, Looked, NotSeen, PLAYBOOK_COLUMNS, PlaybookQuery, QueryError, Scope, SightingQuery, SightingRow,
    SightingSort, Subject,
};
use serde::{Deserialize, Serialize};

/// Sightings by indicator, by host or by list; of one list, where it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SightingsQuestion {
    /// Its `only` is that of `list`; all events of the time range in which flow records are looked at.
    pub query: SightingQuery,
    pub list: Option<String>,
    /// Of `query::sighting_columns`.
    pub columns: Vec<&'static str>,
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
    /// A column, with `-` in front where the greatest is first; without it in the order of the hits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sort: Option<String>,
    /// Not there in exhibits of version 0.1, which had other columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<String>>,
    limit: Option<usize>,
}

impl SightingsQuestion {
    pub fn new(by: By, flows: Scope, list: Option<String>, limit: Option<usize>) -> Self {
        let only = list.as_deref().map(|name| Check::Equals(Literal::text(name)));
        let events = Scope { dataset: Dataset::Events, filter: None, ..flows.clone() };
        let columns = query::sighting_columns(by).to_vec();
        Self { query: SightingQuery { flows, events, only, ..SightingQuery::all(by) }, list, columns, limit }
    }

    #[must_use]
    pub fn sorted(mut self, sort: Option<SightingSort>) -> Self {
        self.query.sort = sort;
        self
    }
}

impl Question for SightingsQuestion {
    fn kind(&self) -> &'static str {
        "sightings"
    }

    fn text_key(&self) -> String {
        format!("exhibit-sightings-{}", self.query.by.name())
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
            sort: self.query.sort.map(|sort| {
                let column = if sort.column == query::COMMENT_OR_NAME { "comment" } else { sort.column };
                format!("{}{column}", if sort.descending { "-" } else { "" })
            }),
            columns: Some(self.columns.iter().map(|name| (*name).to_owned()).collect())
                .filter(|_| self.columns != query::earlier_sighting_columns(self.query.by)),
            limit: self.limit,
        })
    }

    /// All that was looked at: what was not seen was not seen in that.
    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        let scopes = vec![self.query.flows.clone(), self.query.events.clone()];
        Ok(Basis { scopes, with_lists: true, ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        if let Some(name) = &self.list
            && !query::indicator_list_names(reader)?.contains(name)
        {
            return Err(AskError::Unfit(format!("the case has no indicator list named {name}")));
        }
        let table = query::sightings(reader, &self.query, cancel)?;
        let shown = tables::Sightings::new(reader, &table, &self.columns);
        let mut section = Section::of("sightings", &shown, self.limit, cancel)?;
        if self.query.by == By::Indicator {
            section.columns.push(Column::new("not_seen", Unit::Text));
            for first in (0..section.rows.len()).step_by(PAGE) {
                stopped(cancel)?;
                let rows = query::sighting_rows(reader, &table, first..(first + PAGE).min(section.rows.len()))?;
                for (values, row) in section.rows.iter_mut().skip(first).zip(&rows) {
                    values.push(why_not(row, &table.looked));
                }
            }
        }
        section.totals = looked(&table.looked);
        section.totals.push(Total::new("seen", Unit::Count, Value::count(table.seen.len() as u64)));
        if self.query.by != By::Host {
            section.totals.push(Total::new("unseen", Unit::Count, Value::count(table.unseen.len() as u64)));
        }
        section.totals.push(validity(reader)?);
        Ok(vec![section, lists(reader, self.list.as_deref())?])
    }

    fn table<'a>(&self, reader: &'a CaseReader, cancel: &Cancel) -> Result<Box<dyn Table + 'a>, AskError> {
        let table = tables::Sightings::new(reader, query::sightings(reader, &self.query, cancel)?, &self.columns);
        Ok(Box::new(tables::Part::first(table, self.limit)))
    }

    fn limited(&self, rows: usize) -> Box<dyn Question> {
        Box::new(Self { limit: Some(least(self.limit, rows)), ..self.clone() })
    }

    fn live(&self) -> Live {
        Live::Sightings(Box::new(self.query.clone()), self.list.clone())
    }
}

fn stopped(cancel: &Cancel) -> Result<(), QueryError> {
    if cancel.is_cancelled() { Err(QueryError::Cancelled) } else { Ok(()) }
}

/// Stable name of the reason why an indicator was not seen; absent where it was.
fn why_not(row: &SightingRow, looked: &Looked) -> Value {
    let Subject::Indicator(of) = &row.subject else { return Value::Null };
    if row.sighting.hits() > 0 {
        return Value::Null;
    }
    let name = match looked.why_not(of.entry.kind, of.entry.span.is_some()) {
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

/// The lists of which entries were searched for.
fn lists(reader: &CaseReader, only: Option<&str>) -> Result<Section, AskError> {
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
    Ok(Section::new("lists", Column::list(&names), used.map(row).collect()))
}

/// Do entries count only within their validity period?
fn validity(reader: &CaseReader) -> Result<Total, AskError> {
    Ok(Total::new("validity", Unit::Boolean, Value::Boolean(query::honours_validity(reader)?)))
}

pub(super) fn read_sightings(text: &str) -> Result<Box<dyn Question>, String> {
    let spec: SightingsSpec = spec::read(text)?;
    let by = By::ALL.into_iter().find(|by| by.name() == spec.sightings);
    let by = by.ok_or_else(|| format!("sightings cannot be grouped by {}", spec.sightings))?;
    let SightingsSpec { flow_filter, from, to, all_copies, .. } = spec;
    let filter = flow_filter.unwrap_or_default();
    let flows = ScopeSpec { dataset: dataset_name(Dataset::Flows).to_owned(), filter, from, to, all_copies };
    let mut sort = spec.sort.as_deref().map(|sort| read_sort(by, sort)).transpose()?;
    if let (None, Some(sort)) = (&spec.columns, &mut sort)
        && sort.column == "comment"
    {
        sort.column = query::COMMENT_OR_NAME;
    }
    let columns = match spec.columns {
        None => query::earlier_sighting_columns(by).to_vec(),
        Some(names) => names.iter().map(|name| column(by, name)).collect::<Result<_, _>>()?,
    };
    let question = SightingsQuestion::new(by, flows.scope()?, spec.list, spec.limit).sorted(sort);
    Ok(Box::new(SightingsQuestion { columns, ..question }))
}

fn read_sort(by: By, text: &str) -> Result<SightingSort, String> {
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    Ok(SightingSort { column: column(by, name)?, descending })
}

fn column(by: By, name: &str) -> Result<&'static str, String> {
    let known = query::sighting_columns(by).iter().chain(query::earlier_sighting_columns(by));
    known.copied().find(|known| *known == name).ok_or_else(|| format!("sightings have no column {name}"))
}

/// The playbook's directional view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaybookQuestion {
    pub query: PlaybookQuery,
    pub limit: Option<usize>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaybookSpec {
    records: ScopeSpec,
    limit: Option<usize>,
}

impl Question for PlaybookQuestion {
    fn kind(&self) -> &'static str {
        "playbook"
    }

    fn query(&self) -> String {
        spec::write(&PlaybookSpec { records: ScopeSpec::of(&self.query.scope), limit: self.limit })
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        Ok(Basis { scopes: vec![self.query.scope.clone()], with_lists: true, ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        let table = query::playbook(reader, &self.query, cancel)?;
        let names = ["ref", "words"].into_iter().chain(PLAYBOOK_COLUMNS);
        let shown = tables::Playbook::new(reader, &table, names);
        let mut section = Section::of("playbook", &shown, self.limit, cancel)?;
        section.totals = vec![validity(reader)?];
        Ok(vec![section, lists(reader, None)?])
    }

    fn table<'a>(&self, reader: &'a CaseReader, cancel: &Cancel) -> Result<Box<dyn Table + 'a>, AskError> {
        let mut table = query::playbook(reader, &self.query, cancel)?;
        table.rows.truncate(self.limit.unwrap_or(usize::MAX));
        Ok(Box::new(tables::Playbook::new(reader, table, PLAYBOOK_COLUMNS.into_iter().chain(["own_direction"]))))
    }

    fn limited(&self, rows: usize) -> Box<dyn Question> {
        Box::new(Self { limit: Some(least(self.limit, rows)), ..self.clone() })
    }

    fn result(&self) -> String {
        let order = "sort starttime,endtime,sessiontime,interfaceid,connecting_ip,direction";
        question::steps(["to indicators, and from indicators".to_owned(), order.to_owned()], self.limit)
    }

    fn live(&self) -> Live {
        Live::Playbook(self.query.clone())
    }
}

pub(super) fn read_playbook(text: &str) -> Result<Box<dyn Question>, String> {
    let spec: PlaybookSpec = spec::read(text)?;
    Ok(Box::new(PlaybookQuestion { query: PlaybookQuery { scope: spec.records.scope()? }, limit: spec.limit }))
}
