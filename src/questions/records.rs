//! Rows of flows and events: those of a query, and those that were selected.

use super::error::{AskError, MOST_ROWS, UnknownColumn};
use super::question::{self, Basis, Live, Question, least};
use super::section::{PAGE, Section};
use super::spec::{self, ScopeSpec};
use crate::case::{CaseReader, dataset_name};
use crate::filter;
use crate::model::{Dataset, FieldId, RecordId, Unit, Value, field};
use crate::present::zone::Zone;
use crate::query::tables::{self, Column, RecordColumn, Table, Total};
use crate::query::{self, Cancel, Figures, QueryError, RecordQuery, Scope};
use serde::{Deserialize, Serialize};

/// A table of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordsQuestion {
    pub query: RecordQuery,
    /// None: everything that the records say, under the names that AWS delivers it with. An exhibit has the record's
    /// own name in front, and shows a field where a value inside of it is meant.
    pub columns: Vec<RecordColumn>,
    /// So many rows at most; all of them otherwise.
    pub limit: Option<usize>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordsSpec {
    records: ScopeSpec,
    sort: Vec<String>,
    columns: Vec<String>,
    limit: Option<usize>,
}

pub fn scope_of(query: &RecordQuery) -> Scope {
    Scope { dataset: query.dataset, filter: query.filter.clone(), range: query.range, duplicates: query.duplicates }
}

/// The fields that columns are read from, each once.
pub fn fields_of(dataset: Dataset, columns: &[RecordColumn]) -> Vec<FieldId> {
    let mut fields: Vec<FieldId> = Vec::new();
    for field in columns.iter().filter_map(|column| column.field(dataset)) {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields
}

impl RecordsQuestion {
    /// With these columns, separated by commas: its own, any field, and what else a record has; none: its own, or the
    /// usual ones.
    ///
    /// # Errors
    /// There is no such column.
    pub fn with_columns(&self, reader: &CaseReader, names: Option<&str>) -> Result<Self, UnknownColumn> {
        let dataset = self.query.dataset;
        let columns = match names {
            None if self.columns.is_empty() => {
                let fields = usual_fields(dataset).into_iter().map(|field| RecordColumn::Field(field.name()));
                std::iter::once(RecordColumn::Ref).chain(fields).collect()
            }
            None => self.columns.clone(),
            Some(names) => {
                let own = |name: &str| self.columns.iter().find(|own| own.name() == name).cloned();
                let named = names.split(',').map(str::trim);
                named
                    .map(|name| own(name).map_or_else(|| column(reader, dataset, name), Ok))
                    .collect::<Result<_, _>>()?
            }
        };
        Ok(Self { columns, ..self.clone() })
    }
}

impl Question for RecordsQuestion {
    fn kind(&self) -> &'static str {
        dataset_name(self.query.dataset)
    }

    fn query(&self) -> String {
        spec::write(&RecordsSpec {
            records: ScopeSpec::of(&scope_of(&self.query)),
            sort: spec::sort_names(&self.query.sort),
            columns: fields_of(self.query.dataset, &self.columns).iter().map(|field| field.name().to_owned()).collect(),
            limit: self.limit,
        })
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        Ok(Basis { scopes: vec![scope_of(&self.query)], ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        let found = query::rows(reader, &self.query, cancel)?;
        let wanted = self.limit.unwrap_or(found.len()).min(found.len());
        if wanted > MOST_ROWS {
            return Err(AskError::TooManyRows(wanted as u64));
        }
        let dataset = self.query.dataset;
        let mut section =
            table(reader, dataset, &found.ids(0..wanted), &fields_of(self.query.dataset, &self.columns), cancel)?;
        section.all_rows = found.len() as u64;
        section.totals = totals(dataset, &query::figures(reader, &scope_of(&self.query), cancel)?);
        Ok(vec![section])
    }

    fn table<'a>(&self, reader: &'a CaseReader, cancel: &Cancel) -> Result<Box<dyn Table + 'a>, AskError> {
        let dataset = self.query.dataset;
        let rows = match self.limit {
            Some(limit) => query::first_rows(reader, &self.query, limit, cancel)?,
            None => query::rows(reader, &self.query, cancel)?,
        };
        if self.columns.is_empty() {
            let fields = tables::record_columns(reader, dataset, cancel)?;
            return Ok(Box::new(tables::Records::whole(reader, dataset, rows, &fields, false)?));
        }
        Ok(Box::new(tables::Records::new(reader, dataset, rows, self.columns.clone())))
    }

    fn result(&self) -> String {
        let what = dataset_name(self.query.dataset).to_owned();
        let sort = question::sort_step(&spec::sort_names(&self.query.sort));
        question::steps(std::iter::once(what).chain(sort), self.limit)
    }

    fn shown(&self, reader: &CaseReader, names: Option<&str>) -> Result<Option<Box<dyn Question>>, UnknownColumn> {
        Ok(Some(Box::new(self.with_columns(reader, names)?)))
    }

    fn limited(&self, rows: usize) -> Box<dyn Question> {
        Box::new(Self { limit: Some(least(self.limit, rows)), ..self.clone() })
    }

    fn live(&self) -> Live {
        Live::Records(self.query.clone())
    }
}

/// What the console's event history shows.
const EVENT_HISTORY: [&str; 11] = [
    "event_time",
    "event_name",
    "event_source",
    "aws_region",
    "source_ip_address",
    "user_identity_type",
    "user_identity_arn",
    "user_identity_access_key_id",
    "error_code",
    "recipient_account_id",
    "event_id",
];

/// The fields that are shown when none are named: the default format, or those of the console's event history.
pub fn usual_fields(dataset: Dataset) -> Vec<FieldId> {
    match dataset {
        Dataset::Flows => field::of(dataset).filter(|field| field.since == 2).collect(),
        Dataset::Events => EVENT_HISTORY.iter().filter_map(|name| field::by_name(dataset, name)).collect(),
    }
}

/// A column by its name: a field under any of its names, `ref`, `evidence`, `position`; of flow records `extra.NAME`,
/// of events `conflict`.
fn column(reader: &CaseReader, dataset: Dataset, name: &str) -> Result<RecordColumn, UnknownColumn> {
    Ok(match name {
        "ref" => RecordColumn::Ref,
        "evidence" => RecordColumn::Evidence,
        "position" => RecordColumn::Position,
        "conflict" if dataset == Dataset::Events => RecordColumn::Conflict,
        _ => match filter::extra_named(dataset, name) {
            Some(key) => RecordColumn::Extra(known_extra(reader, key)?),
            None => {
                let known = || field::of(dataset).map(|field| field.name().to_owned()).collect();
                let unknown = || UnknownColumn::Name { what: "field", name: name.to_owned(), known: known() };
                RecordColumn::Field(filter::field_named(dataset, name).ok_or_else(unknown)?.name())
            }
        },
    })
}

/// A column that no record can fill is a typo.
fn known_extra(reader: &CaseReader, key: String) -> Result<String, UnknownColumn> {
    let known = query::extra_names(reader)?;
    match known.contains(&key) {
        true => Ok(key),
        false => Err(UnknownColumn::Name { what: "further value of the case's flow records,", name: key, known }),
    }
}

pub(super) fn read_flows(text: &str) -> Result<Box<dyn Question>, String> {
    read_records(text, Dataset::Flows)
}

pub(super) fn read_events(text: &str) -> Result<Box<dyn Question>, String> {
    read_records(text, Dataset::Events)
}

fn read_records(text: &str, dataset: Dataset) -> Result<Box<dyn Question>, String> {
    let spec: RecordsSpec = spec::read(text)?;
    let scope = spec.records.scope()?;
    if scope.dataset != dataset {
        return Err(format!("these are {}", spec.records.dataset));
    }
    let query = scope.records(spec::sort_keys(dataset, &spec.sort)?);
    let columns = fields(dataset, &spec.columns)?.into_iter().map(|field| RecordColumn::Field(field.name())).collect();
    Ok(Box::new(RecordsQuestion { query, columns, limit: spec.limit }))
}

fn fields(dataset: Dataset, names: &[String]) -> Result<Vec<FieldId>, String> {
    names.iter().map(|name| spec::field(dataset, name)).collect()
}

/// Records as rows, each with its own name in front.
pub(super) fn table(
    reader: &CaseReader,
    dataset: Dataset,
    ids: &[RecordId],
    fields: &[FieldId],
    cancel: &Cancel,
) -> Result<Section, AskError> {
    let columns = fields.iter().map(|field| Column::new(field.name(), Unit::of(*field)));
    let columns = std::iter::once(Column::new("ref", Unit::Record)).chain(columns).collect();
    let mut rows = Vec::with_capacity(ids.len());
    for ids in ids.chunks(PAGE) {
        if cancel.is_cancelled() {
            return Err(QueryError::Cancelled.into());
        }
        for (id, values) in ids.iter().zip(query::page(reader, dataset, ids, fields)?) {
            rows.push(std::iter::once(Value::Text(id.to_string())).chain(values).collect());
        }
    }
    Ok(Section::new(dataset_name(dataset), columns, rows))
}

/// The figures of records as totals.
pub(super) fn totals(dataset: Dataset, figures: &Figures) -> Vec<Total> {
    let mut totals = vec![Total::new("records", Unit::Count, Value::count(figures.records))];
    if dataset == Dataset::Flows {
        totals.push(Total::new("packets", Unit::Count, Value::sum(figures.packets)));
        totals.push(Total::new("bytes", Unit::Bytes, Value::sum(figures.bytes)));
    }
    let (well, ill) = if dataset == Dataset::Flows { ("accepted", "rejected") } else { ("without_error", "errors") };
    totals.push(Total::new(well, Unit::Count, Value::count(figures.accepted)));
    totals.push(Total::new(ill, Unit::Count, Value::count(figures.rejected)));
    totals.push(Total::new("first", Unit::Time, Value::time(figures.first)));
    totals.push(Total::new("last", Unit::Time, Value::time(figures.last)));
    if dataset == Dataset::Flows {
        totals.push(Total::new("left_out_of_sums", Unit::Count, Value::count(figures.left_out)));
    }
    totals
}

/// Records that the examiner chose one by one, in the order of the choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectedQuestion {
    pub dataset: Dataset,
    pub records: Vec<RecordId>,
    pub columns: Vec<FieldId>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SelectedSpec {
    dataset: String,
    records: Vec<String>,
    columns: Vec<String>,
}

impl Question for SelectedQuestion {
    fn kind(&self) -> &'static str {
        "selected"
    }

    fn query(&self) -> String {
        spec::write(&SelectedSpec {
            dataset: dataset_name(self.dataset).to_owned(),
            records: self.records.iter().map(ToString::to_string).collect(),
            columns: self.columns.iter().map(|field| field.name().to_owned()).collect(),
        })
    }

    fn basis(&self, _: &CaseReader) -> Result<Basis, QueryError> {
        let records = self.records.iter().map(|id| (self.dataset, *id)).collect();
        Ok(Basis { records, ..Basis::default() })
    }

    fn sections(&self, reader: &CaseReader, _: Zone, cancel: &Cancel) -> Result<Vec<Section>, AskError> {
        if self.records.is_empty() {
            return Err(AskError::Unfit("no records are selected".to_owned()));
        }
        if self.records.len() > MOST_ROWS {
            return Err(AskError::TooManyRows(self.records.len() as u64));
        }
        let known = query::known_records(reader, self.dataset, &self.records)?;
        if let Some((id, _)) = self.records.iter().zip(known).find(|(_, known)| !known) {
            return Err(AskError::Unfit(format!("{} has no record {id}", dataset_name(self.dataset))));
        }
        Ok(vec![table(reader, self.dataset, &self.records, &self.columns, cancel)?])
    }

    fn limited(&self, _: usize) -> Box<dyn Question> {
        Box::new(self.clone())
    }

    fn live(&self) -> Live {
        Live::Selected(self.dataset, self.records.clone())
    }
}

pub(super) fn read_selected(text: &str) -> Result<Box<dyn Question>, String> {
    let spec: SelectedSpec = spec::read(text)?;
    let dataset = spec::dataset(&spec.dataset)?;
    let records = spec.records.iter().map(|text| spec::record(text)).collect::<Result<_, _>>()?;
    Ok(Box::new(SelectedQuestion { dataset, records, columns: fields(dataset, &spec.columns)? }))
}
