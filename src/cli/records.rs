//! `coldtrail flows` and `coldtrail events`.

use super::arguments::{ScopeArguments, field_or_usage, sort_keys, unknown};
use super::output::{Rows, bytes};
use super::query::tell_why_empty;
use super::{CliError, RowFormat, exit, opening, stop};
use crate::case::CaseReader;
use crate::filter;
use crate::model::field::{self, Dataset};
use crate::model::{FieldId, RecordId, TimeRange};
use crate::query::named::{self, Question};
use crate::query::{self, Duplicates, Scope, SortKey, Value};
use std::path::PathBuf;

const FLOWS_EXAMPLE: &str = "Example:\n  coldtrail flows incident.coldtrail --filter 'srcaddr in 10.0.0.0/8 and bytes > 10MB' --sort -bytes --limit 20";
const EVENTS_EXAMPLE: &str = "Example:\n  coldtrail events incident.coldtrail --filter 'event_name = ConsoleLogin' --columns event_time,source_ip_address";

/// The filter language stands where the option does: an air-gapped machine has no other manual.
fn long_help(dataset: Dataset, example: &str) -> String {
    format!("{example}\n\nThe filter language\n\n{}", filter::help::plain_text(dataset))
}

/// Lists flow records
#[derive(Debug, clap::Args)]
#[command(after_help = FLOWS_EXAMPLE, after_long_help = long_help(Dataset::Flows, FLOWS_EXAMPLE))]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    #[command(flatten)]
    pub scope: ScopeArguments,
    /// Sort by this field; -FIELD for descending; several separated by commas
    #[arg(long, value_name = "[-]FIELD", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// So many rows at the most
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Leave out so many rows at the beginning
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: usize,
    /// These columns, separated by commas; besides the fields: ref, evidence, position; of flow records extra.NAME, of
    /// events conflict
    #[arg(long, value_name = "A,B")]
    pub columns: Option<String>,
    /// Print only how many there are
    #[arg(long)]
    pub count: bool,
    #[command(flatten)]
    pub rows: RowFormat,
}

/// Lists CloudTrail events, each once
#[derive(Debug, clap::Args)]
#[command(after_help = EVENTS_EXAMPLE, after_long_help = long_help(Dataset::Events, EVENTS_EXAMPLE))]
pub struct EventArguments {
    #[command(flatten)]
    pub records: Arguments,
    /// Every copy of an event that was delivered more than once
    #[arg(long)]
    pub occurrences: bool,
}

/// A column of the result.
#[derive(Clone)]
pub(super) enum Column {
    Ref,
    Evidence,
    Position,
    /// Is there another copy of the event that contradicts it?
    Conflict,
    Field(FieldId),
    /// A further value of a flow record.
    Extra(String),
    /// A value inside a field, of a named query.
    Inside(named::Column, FieldId),
}

pub(super) fn flows(arguments: &Arguments) -> Result<u8, CliError> {
    run(arguments, arguments.scope.scope(Dataset::Flows)?)
}

pub(super) fn events(arguments: &EventArguments) -> Result<u8, CliError> {
    let scope = arguments.records.scope.scope(Dataset::Events)?;
    let duplicates = if arguments.occurrences { Duplicates::All } else { scope.duplicates };
    run(&arguments.records, Scope { duplicates, ..scope })
}

fn run(arguments: &Arguments, scope: Scope) -> Result<u8, CliError> {
    let dataset = scope.dataset;
    let reader = opening::read(&arguments.case)?;
    let columns = columns(&reader, dataset, arguments.columns.as_deref())?;
    let query = scope.records(sort(dataset, arguments.sort.as_deref())?);
    let cancel = stop::on_signal().queries;
    let last = arguments.limit.map(|limit| arguments.offset.saturating_add(limit));
    let rows = match last.filter(|_| !arguments.count) {
        Some(last) => query::first_rows(&reader, &query, last, &cancel)?,
        None => query::rows(&reader, &query, &cancel)?,
    };
    if rows.is_empty() && query.range != TimeRange::default() {
        tell_why_empty(&reader, &Question::Records { query, columns: Vec::new(), limit: None })?;
    }
    if arguments.count {
        return bytes(format!("{}\n", rows.len()).as_bytes());
    }
    let from = arguments.offset.min(rows.len());
    let to = last.unwrap_or(usize::MAX).min(rows.len());
    let ids: Vec<RecordId> = (from..to).filter_map(|place| rows.get(place)).collect();
    print(&reader, dataset, &ids, &columns, &arguments.rows)?;
    Ok(exit::DONE)
}

pub(super) fn print(
    reader: &CaseReader,
    dataset: Dataset,
    ids: &[RecordId],
    columns: &[Column],
    format: &RowFormat,
) -> Result<(), CliError> {
    const PAGE: usize = 1000;
    let names: Vec<String> = columns.iter().map(Column::name).collect();
    let fields: Vec<FieldId> = columns.iter().filter_map(Column::field).collect();
    let with_extras = columns.iter().any(|column| matches!(column, Column::Extra(_)));
    let with_conflicts = columns.iter().any(|column| matches!(column, Column::Conflict));
    let mut out = Rows::new(format, &names)?;
    for ids in ids.chunks(PAGE) {
        stop::check()?;
        let page = query::page(reader, dataset, ids, &fields)?;
        let extras = if with_extras { query::extras(reader, ids)? } else { Vec::new() };
        let conflicts = if with_conflicts { query::in_conflict(reader, ids)? } else { Vec::new() };
        for (at, (id, values)) in ids.iter().zip(page).enumerate() {
            let extra = extras.get(at).and_then(|value| match value {
                Value::Text(json) => serde_json::from_str::<serde_json::Value>(json).ok(),
                _ => None,
            });
            let mut values = values.into_iter();
            let row: Vec<Value> = columns
                .iter()
                .map(|column| match column {
                    Column::Ref => Value::Text(id.to_string()),
                    Column::Evidence => Value::Integer(i64::from(id.evidence().0)),
                    Column::Position => Value::Integer(i64::from(id.position())),
                    Column::Conflict => Value::Boolean(conflicts.get(at).copied().unwrap_or(false)),
                    Column::Field(_) => values.next().unwrap_or(Value::Null),
                    Column::Extra(key) => extra.as_ref().and_then(|extra| extra.get(key)).map_or(Value::Null, of_json),
                    Column::Inside(column, _) => column.value(values.next().unwrap_or(Value::Null)),
                })
                .collect();
            out.row(&row)?;
        }
    }
    out.finish()
}

/// A further value as the log gave it.
fn of_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Bool(value) => Value::Boolean(*value),
        other => other.as_i64().map_or_else(|| Value::Text(other.to_string()), Value::Integer),
    }
}

impl Column {
    fn name(&self) -> String {
        match self {
            Column::Ref => "ref".to_owned(),
            Column::Evidence => "evidence".to_owned(),
            Column::Position => "position".to_owned(),
            Column::Conflict => "conflict".to_owned(),
            Column::Field(field) => field.name().to_owned(),
            Column::Extra(key) => format!("extra.{key}"),
            Column::Inside(column, _) => column.name().to_owned(),
        }
    }

    /// What is read for it.
    fn field(&self) -> Option<FieldId> {
        match self {
            Column::Field(field) | Column::Inside(_, field) => Some(*field),
            _ => None,
        }
    }
}

/// The columns that are shown when none are named: the default format, or what the console's event history shows.
const EVENT_DEFAULT: [&str; 11] = [
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

/// The fields that are shown when none are named.
pub(super) fn default_fields(dataset: Dataset) -> Vec<FieldId> {
    match dataset {
        Dataset::Flows => field::of(dataset).filter(|f| f.since == 2).collect(),
        Dataset::Events => EVENT_DEFAULT.iter().filter_map(|name| field::by_name(dataset, name)).collect(),
    }
}

pub(super) fn columns(reader: &CaseReader, dataset: Dataset, named: Option<&str>) -> Result<Vec<Column>, CliError> {
    let Some(named) = named else {
        let fields = default_fields(dataset);
        return Ok(std::iter::once(Column::Ref).chain(fields.into_iter().map(Column::Field)).collect());
    };
    named.split(',').map(str::trim).map(|name| column(reader, dataset, name)).collect()
}

fn column(reader: &CaseReader, dataset: Dataset, name: &str) -> Result<Column, CliError> {
    Ok(match name {
        "ref" => Column::Ref,
        "evidence" => Column::Evidence,
        "position" => Column::Position,
        "conflict" if dataset == Dataset::Events => Column::Conflict,
        _ => match filter::extra_named(dataset, name) {
            Some(key) => Column::Extra(known_extra(reader, &key)?),
            None => Column::Field(field_or_usage(dataset, name)?),
        },
    })
}

/// The columns that a named query shows; of those that are named, its own come before the fields of the same name.
pub(super) fn query_columns(
    reader: &CaseReader,
    dataset: Dataset,
    own: &[named::Column],
    named: Option<&str>,
) -> Result<Vec<Column>, CliError> {
    let shown = |column: named::Column| match (column, column.field(dataset)) {
        (named::Column::Field(_), Some(field)) => Some(Column::Field(field)),
        (named::Column::Inside { .. }, Some(field)) => Some(Column::Inside(column, field)),
        (_, None) => None,
    };
    match named {
        None if own.is_empty() => columns(reader, dataset, None),
        None => Ok(std::iter::once(Column::Ref).chain(own.iter().copied().filter_map(shown)).collect()),
        Some(named) => named
            .split(',')
            .map(str::trim)
            .map(|name| match own.iter().find(|own| own.name() == name).copied().and_then(shown) {
                Some(column) => Ok(column),
                None => column(reader, dataset, name),
            })
            .collect(),
    }
}

/// A column that no record can fill is a slip.
fn known_extra(reader: &CaseReader, key: &str) -> Result<String, CliError> {
    let known = query::extra_names(reader)?;
    match known.iter().any(|known| known == key) {
        true => Ok(key.to_owned()),
        false => Err(unknown("further value of the case's flow records,", key, known.iter().map(String::as_str))),
    }
}

fn sort(dataset: Dataset, text: Option<&str>) -> Result<Vec<SortKey>, CliError> {
    let Some(text) = text else { return Ok(Vec::new()) };
    sort_keys(text)
        .map(|(name, descending)| Ok(SortKey { field: field_or_usage(dataset, name)?, descending }))
        .collect()
}
