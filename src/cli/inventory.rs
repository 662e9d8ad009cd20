//! `coldtrail inventory`: lists of what an account has. What they say is in the analysis `assets`.

use super::opening::{Writing, read};
use super::output::Rows;
use super::sigma::{FileArguments, change};
use super::{CliError, RowFormat, exit};
use crate::app::supplements;
use crate::model::{Supplement, SupplementKind, Value};
use crate::query;
use std::path::PathBuf;

/// Adds inventories to a case, lists, removes and restores them
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Adds an answer of describe-instances, -network-interfaces, -addresses or -security-groups, list-users or list-roles
    #[command(
        after_help = "Example:\n  coldtrail inventory import incident.coldtrail instances.json --captured-at 2026-03-11T02:00:00Z\n  coldtrail assets incident.coldtrail"
    )]
    Import {
        /// The case file
        case: PathBuf,
        /// The answer of the AWS command line, as JSON
        file: PathBuf,
        /// When it was made; by default the time of the file
        #[arg(long, value_name = "TIME")]
        captured_at: Option<String>,
        #[command(flatten)]
        writing: Writing,
        #[command(flatten)]
        rows: RowFormat,
    },
    /// Lists inventories
    #[command(after_help = "Example:\n  coldtrail inventory list incident.coldtrail")]
    List {
        /// The case file
        case: PathBuf,
        /// Include removed inventories
        #[arg(long)]
        removed: bool,
        #[command(flatten)]
        rows: RowFormat,
    },
    /// Removes inventories; they stay in the case
    #[command(after_help = "Example:\n  coldtrail inventory remove incident.coldtrail 3")]
    Remove(FileArguments),
    /// Restores removed inventories
    #[command(after_help = "Example:\n  coldtrail inventory restore incident.coldtrail 3")]
    Restore(FileArguments),
}

pub(super) fn run(command: &Command) -> Result<u8, CliError> {
    match command {
        Command::Import { case, file, captured_at, writing, rows } => {
            let added = supplements::import_inventory(writing.at(case)?, file, captured_at.as_deref())?;
            print(&[added.file], rows)
        }
        Command::List { case, removed, rows } => {
            print(&query::supplements(&read(case)?, SupplementKind::Inventory, *removed)?, rows)
        }
        Command::Remove(arguments) => change(arguments, SupplementKind::Inventory, true),
        Command::Restore(arguments) => change(arguments, SupplementKind::Inventory, false),
    }
}

const COLUMNS: [&str; 7] = ["number", "path", "captured_utc", "sha256", "added_utc", "examiner", "removed"];

fn print(files: &[Supplement], format: &RowFormat) -> Result<u8, CliError> {
    let mut out = Rows::new(format, &COLUMNS)?;
    for file in files {
        out.row(&[
            Value::Integer(file.id),
            Value::Text(file.path.clone()),
            file.captured_utc.clone().map_or(Value::Null, Value::Text),
            Value::Text(file.sha256.clone()),
            Value::Text(file.added_utc.clone()),
            Value::Text(file.examiner.clone()),
            Value::Boolean(file.removed),
        ])?;
    }
    out.finish()?;
    Ok(exit::DONE)
}
