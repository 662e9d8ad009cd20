//! `coldtrail flows` and `coldtrail events`.

use super::arguments::{ScopeArguments, field_or_usage, sort_keys};
use super::output::{self, bytes};
use super::{CliError, RowFormat, answer, exit, opening, stop};
use crate::model::{Dataset, TimeRange};
use crate::present::filter_help::plain_text;
use crate::present::text::Texts;
use crate::query::tables::Part;
use crate::query::{self, Duplicates, Scope, SortKey};
use crate::questions::{Question, RecordsQuestion};
use std::path::PathBuf;

const FLOWS_EXAMPLE: &str = "Example:\n  coldtrail flows incident.coldtrail --filter 'srcaddr in 10.0.0.0/8 and bytes > 10MB' --sort -bytes --limit 20";
const EVENTS_EXAMPLE: &str = "Example:\n  coldtrail events incident.coldtrail --filter 'event_name = ConsoleLogin' --columns event_time,source_ip_address";

/// The filter language is where the option does: an air-gapped machine has no other manual.
fn long_help(dataset: Dataset, example: &str) -> String {
    format!("{example}\n\nThe filter language\n\n{}", plain_text(&Texts::english(), dataset))
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
    /// Maximum number of rows
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Skip this many rows
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: usize,
    /// These columns, separated by commas; besides the fields: ref, evidence, position; of flow records extra.NAME, of
    /// events conflict
    #[arg(long, value_name = "A,B")]
    pub columns: Option<String>,
    /// Print only the number of records
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
    /// Include every copy of an event that was delivered more than once
    #[arg(long)]
    pub occurrences: bool,
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
    let reader = opening::read(&arguments.case)?;
    let query = scope.records(sort(scope.dataset, arguments.sort.as_deref())?);
    let last = arguments.limit.map(|limit| arguments.offset.saturating_add(limit));
    let cancel = stop::on_signal();
    let question = RecordsQuestion { query, columns: Vec::new(), limit: last.filter(|_| !arguments.count) };
    let shown = question.with_columns(&reader, arguments.columns.as_deref())?;
    if arguments.count {
        let count = query::rows(&reader, &question.query, &cancel)?.len();
        if count == 0 && question.query.range != TimeRange::default() {
            answer::tell_why_empty(&reader, &question)?;
        }
        return bytes(format!("{count}\n").as_bytes());
    }
    let table = shown.table(&reader, &cancel)?;
    if table.is_empty() && question.query.range != TimeRange::default() {
        answer::tell_why_empty(&reader, &question)?;
    }
    let part = Part { table, from: arguments.offset, count: usize::MAX };
    output::table(&part, &arguments.rows)?;
    Ok(exit::DONE)
}

fn sort(dataset: Dataset, text: Option<&str>) -> Result<Vec<SortKey>, CliError> {
    let Some(text) = text else { return Ok(Vec::new()) };
    sort_keys(text)
        .map(|(name, descending)| Ok(SortKey { field: field_or_usage(dataset, name)?, descending }))
        .collect()
}
