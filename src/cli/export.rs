//! `coldtrail export`.

use super::arguments::ScopeArguments;
use super::output::{tell, tell_left};
use super::{CliError, answer, exit, opening, stop};
use crate::app::export::{ExportFormat, export};
use crate::case::CaseReader;
use crate::model::Dataset;
use crate::query::tables::{self, Table};
use crate::query::{self, Cancel, PairQuery};
use crate::questions::Question;
use std::path::{Path, PathBuf};

/// Exports records for other tools: Parquet with AWS's column names, CSV or JSON Lines
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  coldtrail export incident.coldtrail --flows rejected.parquet --filter 'action = REJECT'\n  coldtrail export incident.coldtrail --events events.jsonl",
    group = clap::ArgGroup::new("what").required(true)
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// Export flow records to this file (.parquet, .csv, .jsonl)
    #[arg(long, value_name = "FILE", group = "what")]
    pub flows: Option<PathBuf>,
    /// Export CloudTrail events to this file
    #[arg(long, value_name = "FILE", group = "what")]
    pub events: Option<PathBuf>,
    /// Export address pairs to this file
    #[arg(long, value_name = "FILE", group = "what")]
    pub pairs: Option<PathBuf>,
    #[command(flatten)]
    pub scope: ScopeArguments,
    /// Add the column ref, the position of the record in the case
    #[arg(long)]
    pub with_ref: bool,
    /// Replace an existing file
    #[arg(long)]
    pub force: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let (path, dataset) = match (&arguments.flows, &arguments.events, &arguments.pairs) {
        (Some(path), ..) | (_, _, Some(path)) => (path, Dataset::Flows),
        (_, Some(path), _) => (path, Dataset::Events),
        (None, None, None) => {
            return Err(CliError::Usage("specify what to export: --flows, --events or --pairs FILE".to_owned()));
        }
    };
    let format = format_of(path)?;
    let reader = opening::read(&arguments.case)?;
    let scope = arguments.scope.scope(dataset)?;
    let cancel = stop::on_signal();
    if arguments.pairs.is_some() {
        let table = query::pairs(&reader, &PairQuery { scope, ..PairQuery::all() }, &cancel)?;
        return write(&tables::Pairs::new(&reader, &table), path, format, arguments.force, &cancel);
    }
    let rows = query::rows(&reader, &scope.records(Vec::new()), &cancel)?;
    let fields = tables::record_columns(&reader, dataset, &cancel)?;
    let source = tables::Records::whole(&reader, dataset, rows, &fields, arguments.with_ref)?;
    write(&source, path, format, arguments.force, &cancel)
}

/// Writes the answer to a question.
pub(super) fn result(reader: &CaseReader, question: &dyn Question, path: &Path, replace: bool) -> Result<(), CliError> {
    let format = format_of(path)?;
    let cancel = stop::on_signal();
    let table = question.table(reader, &cancel)?;
    write(table.as_ref(), path, format, replace, &cancel)?;
    answer::tell_of(reader, question, table.as_ref())
}

fn format_of(path: &Path) -> Result<ExportFormat, CliError> {
    ExportFormat::of(path).ok_or_else(|| {
        CliError::Usage(format!("{}: the file extension must be .parquet, .csv or .jsonl", path.display()))
    })
}

fn write(
    source: &dyn Table,
    path: &Path,
    format: ExportFormat,
    replace: bool,
    cancel: &Cancel,
) -> Result<u8, CliError> {
    tell_left(path);
    let done = export(source, path, format, replace, cancel, &mut |_| {})?;
    tell(&format!("{}: rows {}, bytes {}", path.display(), done.rows, done.file_bytes));
    if done.cut_times > 0 {
        tell(&format!(
            "times truncated to whole seconds, as in AWS's Parquet (the milliseconds are in column extra): {}",
            done.cut_times
        ));
    }
    Ok(exit::DONE)
}
