//! `coldtrail label`.

use super::opening::{Writing, read};
use super::output::{self, Rows, tell};
use super::{CliError, RowFormat, exit};
use crate::app::indicators;
use crate::app::owners::{self, OwnerDatabase};
use crate::case::Target;
use crate::model::{IndicatorKind, Label, Value};
use crate::query;
use crate::query::tables;
use std::path::PathBuf;

/// Names addresses, ranges, interfaces, principals and keys
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Adds a label
    #[command(
        after_help = "Example:\n  coldtrail label add incident.coldtrail 10.0.1.4 'web server' --note 'behind the load balancer'\n  coldtrail label add incident.coldtrail 192.0.2.0/24 'Osaka office'"
    )]
    Add {
        /// The case file
        case: PathBuf,
        /// An address, a range, an interface, an ARN, a key, an account or a principal's name
        thing: String,
        /// Its name
        name: String,
        /// A comment
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
        /// Its type, if it cannot be detected: principal, account ...
        #[arg(long, value_name = "KIND")]
        kind: Option<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Lists labels
    #[command(after_help = "Example:\n  coldtrail label list incident.coldtrail --format csv")]
    List {
        /// The case file
        case: PathBuf,
        /// Include removed labels
        #[arg(long)]
        removed: bool,
        #[command(flatten)]
        rows: RowFormat,
    },
    /// Removes a label; it stays in the case
    #[command(after_help = "Example:\n  coldtrail label remove incident.coldtrail 3")]
    Remove {
        /// The case file
        case: PathBuf,
        /// The label's number
        id: i64,
        #[command(flatten)]
        writing: Writing,
    },
    /// Restores a label
    #[command(after_help = "Example:\n  coldtrail label restore incident.coldtrail 3")]
    Restore {
        /// The case file
        case: PathBuf,
        /// The label's number
        id: i64,
        #[command(flatten)]
        writing: Writing,
    },
    /// Sets the GeoIP and ASN databases (MaxMind format) of a case, or lists them. The files stay where they are; the case
    /// records their names, hashes and dates
    #[command(
        after_help = "Example:\n  coldtrail label owners incident.coldtrail GeoLite2-ASN.mmdb GeoLite2-Country.mmdb"
    )]
    Owners {
        /// The case file
        case: PathBuf,
        /// Database files to use
        files: Vec<PathBuf>,
        #[command(flatten)]
        rows: RowFormat,
        #[command(flatten)]
        writing: Writing,
    },
}

pub(super) fn run(command: &Command) -> Result<u8, CliError> {
    match command {
        Command::Add { case, thing, name, note, kind, writing } => {
            let known = || Label::KINDS.into_iter().map(IndicatorKind::code);
            let kind = kind.as_deref().map(|kind| {
                IndicatorKind::from_code(kind).ok_or_else(|| super::arguments::unknown("kind", kind, known()))
            });
            let id = indicators::add_label(writing.at(case)?, thing, kind.transpose()?, name, note)?;
            tell(&format!("label {id}: {thing} is {name}"));
            Ok(exit::DONE)
        }
        Command::List { case, removed, rows } => list(case, *removed, rows),
        Command::Owners { case, files, rows, writing } => owners(case, files, rows, writing),
        Command::Remove { case, id, writing } => change(writing.at(case)?, *id, true),
        Command::Restore { case, id, writing } => change(writing.at(case)?, *id, false),
    }
}

fn list(case: &std::path::Path, removed: bool, format: &RowFormat) -> Result<u8, CliError> {
    let reader = read(case)?;
    output::table(&tables::labels(&query::labels(&reader, removed)?), format)?;
    Ok(exit::DONE)
}

fn owners(case: &std::path::Path, files: &[PathBuf], format: &RowFormat, writing: &Writing) -> Result<u8, CliError> {
    for file in files {
        owners::remember(writing.at(case)?, &OwnerDatabase::open(file)?.facts)?;
    }
    let mut out = Rows::new(format, &["kind", "built_utc", "sha256", "path"])?;
    for facts in owners::remembered(&read(case)?)? {
        out.row(&[
            Value::Text(facts.kind),
            Value::Text(facts.built_utc),
            Value::Text(facts.sha256),
            Value::Text(facts.path.to_string_lossy().into_owned()),
        ])?;
    }
    out.finish()?;
    Ok(exit::DONE)
}

fn change(case: Target<'_>, id: i64, removed: bool) -> Result<u8, CliError> {
    let reader = read(case.path)?;
    if !query::labels(&reader, true)?.iter().any(|label| label.id == id) {
        return Err(CliError::Usage(format!("the case has no label {id}")));
    }
    drop(reader);
    let changed = indicators::remove_label(case, id, removed)?;
    let what = if removed { "was removed" } else { "was restored" };
    tell(&format!("label {id} {what}{}", if changed { "" } else { ", unchanged" }));
    Ok(exit::DONE)
}
