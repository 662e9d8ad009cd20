//! `coldtrail sigma`: rules that come in and go out. What they match is the analysis of the same name.

use super::opening::{Writing, read};
use super::output::{Rows, tell};
use super::{CliError, RowFormat, exit};
use crate::app::supplements::{self, RulesOfFile};
use crate::model::{SupplementKind, Value};
use std::path::PathBuf;

/// Reasons that are reported before only their number is.
const TOLD: usize = 10;

/// Adds Sigma rules to a case, lists, removes and restores them; without a subcommand: what they match
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Adds the rules of a file, or of all .yml and .yaml files of a folder
    #[command(
        after_help = "Example:\n  coldtrail sigma import incident.coldtrail rules/cloud/aws/cloudtrail\n  coldtrail sigma incident.coldtrail"
    )]
    Import {
        /// The case file
        case: PathBuf,
        /// A folder or a file of rules
        path: PathBuf,
        #[command(flatten)]
        writing: Writing,
        #[command(flatten)]
        rows: RowFormat,
    },
    /// Lists files of rules
    #[command(after_help = "Example:\n  coldtrail sigma list incident.coldtrail --removed")]
    List {
        /// The case file
        case: PathBuf,
        /// Include removed files
        #[arg(long)]
        removed: bool,
        #[command(flatten)]
        rows: RowFormat,
    },
    /// Removes files of rules; they stay in the case
    #[command(
        after_help = "Example:\n  coldtrail sigma remove incident.coldtrail 3\n  coldtrail sigma remove incident.coldtrail rules/old"
    )]
    Remove(FileArguments),
    /// Restores removed files of rules
    #[command(after_help = "Example:\n  coldtrail sigma restore incident.coldtrail 3")]
    Restore(FileArguments),
}

#[derive(Debug, clap::Args)]
pub struct FileArguments {
    /// The case file
    pub case: PathBuf,
    /// Numbers or paths of files, or paths of folders
    #[arg(required = true)]
    pub files: Vec<String>,
    #[command(flatten)]
    pub writing: Writing,
}

pub(super) fn run(command: &Command) -> Result<u8, CliError> {
    match command {
        Command::Import { case, path, writing, rows } => {
            let added = supplements::import_rules(writing.at(case)?, path)?;
            let files = supplements::rules_of_files(&read(case)?, true)?;
            let mut out = Rows::new(rows, &[&["status"], &COLUMNS[..]].concat())?;
            let mut told = 0;
            for added in added {
                let status = match (added.is_new, added.file.removed) {
                    (true, _) => "added",
                    (false, true) => "removed",
                    (false, false) => "present",
                };
                let Some(file) = files.iter().find(|file| file.file.id == added.file.id) else { continue };
                for reason in &file.unusable {
                    told += 1;
                    if told <= TOLD {
                        tell(&format!("{}: {reason}", file.file.path));
                    }
                }
                out.row(&[vec![Value::Text(status.to_owned())], values(file)].concat())?;
            }
            if told > TOLD {
                tell(&format!("and {} more that cannot be used; list them with: coldtrail sigma CASE", told - TOLD));
            }
            out.finish()?;
            Ok(exit::DONE)
        }
        Command::List { case, removed, rows } => {
            let mut out = Rows::new(rows, &COLUMNS)?;
            for file in supplements::rules_of_files(&read(case)?, *removed)? {
                out.row(&values(&file))?;
            }
            out.finish()?;
            Ok(exit::DONE)
        }
        Command::Remove(arguments) => change(arguments, SupplementKind::Sigma, true),
        Command::Restore(arguments) => change(arguments, SupplementKind::Sigma, false),
    }
}

const COLUMNS: [&str; 9] =
    ["number", "path", "rules", "not_cloudtrail", "unusable", "sha256", "added_utc", "examiner", "removed"];

fn values(file: &RulesOfFile) -> Vec<Value> {
    let RulesOfFile { file, used, not_cloudtrail, unusable } = file;
    let count = |count: Option<u64>| count.map_or(Value::Null, Value::count);
    let unusable = (!file.removed).then_some(unusable.len() as u64);
    vec![
        Value::Integer(file.id),
        Value::Text(file.path.clone()),
        count(*used),
        count(*not_cloudtrail),
        count(unusable),
        Value::Text(file.sha256.clone()),
        Value::Text(file.added_utc.clone()),
        Value::Text(file.examiner.clone()),
        Value::Boolean(file.removed),
    ]
}

/// Removes files of a kind, or restores them.
pub(super) fn change(arguments: &FileArguments, kind: SupplementKind, removed: bool) -> Result<u8, CliError> {
    let target = arguments.writing.at(&arguments.case)?;
    let reader = read(&arguments.case)?;
    let mut ids = Vec::new();
    for name in &arguments.files {
        let found = supplements::named(&reader, kind, name)?;
        if found.is_empty() {
            return Err(CliError::Usage(format!("the case has no such file: {name}")));
        }
        ids.extend(found.into_iter().map(|file| file.id));
    }
    drop(reader);
    let changed = supplements::remove(target, &ids, removed)?;
    let what = if removed { "removed" } else { "restored" };
    tell(&format!("files that were {what}: {changed}"));
    Ok(exit::DONE)
}
