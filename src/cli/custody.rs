//! `coldtrail custody`.

use super::opening::{Writing, read};
use super::output::{self, tell};
use super::{CliError, RowFormat, exit};
use crate::app::custody::{self, CustodyError};
use crate::model::Custody;
use std::path::PathBuf;

/// The chain of custody: who passed the evidence to whom, when, on what medium
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Adds an entry; entries are never changed, a correction is a further entry
    #[command(
        after_help = "Example:\n  coldtrail custody add incident.coldtrail --from 'Kestrel Outfitters IT' --to 'M. Tanaka' --at 2026-03-13T09:30:00Z --medium 'USB disk S/N 4711'"
    )]
    Add {
        /// The case file
        case: PathBuf,
        /// Who received it
        #[arg(long, value_name = "WHO")]
        to: String,
        /// Who passed it on
        #[arg(long, value_name = "WHO", default_value = "")]
        from: String,
        /// When
        #[arg(long, value_name = "TIME", default_value = "")]
        at: String,
        /// On what medium, or by what way
        #[arg(long, value_name = "TEXT", default_value = "")]
        medium: String,
        /// The SHA-256 that was passed with it
        #[arg(long, value_name = "HEX", default_value = "")]
        sha256: String,
        /// A comment
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
        /// Numbers of evidence files; by default all of the case
        #[arg(long, value_name = "N,N", value_delimiter = ',')]
        evidence: Vec<u32>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Lists the entries
    #[command(after_help = "Example:\n  coldtrail custody list incident.coldtrail --format csv")]
    List {
        /// The case file
        case: PathBuf,
        #[command(flatten)]
        rows: RowFormat,
    },
}

pub(super) fn run(command: &Command) -> Result<u8, CliError> {
    match command {
        Command::Add { case, to, from, at, medium, sha256, note, evidence, writing } => {
            let text = |text: &String| text.trim().to_owned();
            let custody = Custody {
                from: text(from),
                to: text(to),
                at: text(at),
                medium: text(medium),
                sha256: text(sha256),
                note: text(note),
                evidence: evidence.clone(),
            };
            custody::add(writing.at(case)?, custody).map_err(failed)?;
            Ok(exit::DONE)
        }
        Command::List { case, rows } => {
            let table = custody::table(&read(case)?)?;
            if table.rows.is_empty() {
                tell("no entry in the chain of custody");
            }
            output::table(&table, rows)?;
            Ok(exit::DONE)
        }
    }
}

fn failed(error: CustodyError) -> CliError {
    match error {
        CustodyError::Query(error) => error.into(),
        CustodyError::Nobody | CustodyError::BadHash(_) | CustodyError::NoEvidence(_) => {
            CliError::Usage(error.to_string())
        }
    }
}
