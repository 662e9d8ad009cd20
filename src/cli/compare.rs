//! `coldtrail compare`.

use super::{CliError, RowFormat, exit, opening, output, stop};
use crate::case::CaseReader;
use crate::filter::clause;
use crate::model::{Dataset, RecordId, Unit, Value};
use crate::query::tables::{Column, Rows};
use crate::query::{self, Scope, own_field};
use crate::questions::{COMPARED, CompareQuestion};
use std::path::PathBuf;

/// Compares CloudTrail events leaf by leaf of their JSON: what differs first
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A row for each path that any of the events has; its value is the JSON as it is written, an absent one an empty cell.\n\n\
                  Example:\n  coldtrail compare incident.coldtrail 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0 3:17"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// 2 to 5 events: their event IDs, or their record IDs
    #[arg(required = true, num_args = COMPARED)]
    pub events: Vec<String>,
    #[command(flatten)]
    pub rows: RowFormat,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    print(&opening::read(&arguments.case)?, &arguments.events, &arguments.rows)
}

/// Under the names by which the events were asked for.
pub(super) fn print(reader: &CaseReader, events: &[String], format: &RowFormat) -> Result<u8, CliError> {
    let records: Vec<RecordId> = events.iter().map(|event| record(reader, event)).collect::<Result<_, _>>()?;
    let question = CompareQuestion::of(Dataset::Events, records);
    let details = question.details(reader)?;
    let mut columns = vec![Column::new("path", Unit::Text), Column::new("differs", Unit::Boolean)];
    columns.extend(events.iter().map(|event| Column::new(event.clone(), Unit::Text)));
    let cells = |row: crate::questions::ComparedRow| {
        [Value::Text(row.name()), Value::Boolean(row.differs)].into_iter().chain(row.values).collect()
    };
    let rows = question.rows(&details).into_iter().map(cells).collect();
    output::table(&Rows::new(columns, rows), format)?;
    Ok(exit::DONE)
}

/// The same as a named query, its events as parameter `ids`.
pub(super) fn query(reader: &CaseReader, parameters: &[String], format: &RowFormat) -> Result<u8, CliError> {
    let ids = parameters.iter().find_map(|parameter| parameter.strip_prefix("ids="));
    let ids = ids.ok_or_else(|| CliError::Usage("compare needs --param ids=EVENT,EVENT".to_owned()))?;
    let ids: Vec<String> = ids.split(',').map(|id| id.trim().to_owned()).collect();
    print(reader, &ids, format)
}

/// The event of an eventID: its fullest occurrence; or a record by its own name.
fn record(reader: &CaseReader, event: &str) -> Result<RecordId, CliError> {
    if let Some(record) = RecordId::parse(event) {
        return Ok(record);
    }
    let id = clause::clause(&Value::Text(event.to_owned()), own_field(Dataset::Events, "event_id"), false);
    let found = query::rows(reader, &Scope::of(Dataset::Events, id).records(Vec::new()), &stop::on_signal())?;
    match found.ids(0..2).as_slice() {
        [record] => Ok(*record),
        [] => Err(CliError::Unusable(format!("the case has no event {}", output::escape(event)))),
        _ => Err(CliError::Unusable(format!(
            "several events have the event ID {}; name one by its record ID (column ref of coldtrail events CASE)",
            output::escape(event)
        ))),
    }
}
