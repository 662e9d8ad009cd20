//! `coldtrail raw`.

use super::{CliError, opening, output};
use crate::app::raw;
use crate::model::RecordId;
use crate::query;
use std::path::PathBuf;

/// Prints the raw text of one record, or of a line or element that could not be parsed
#[derive(Debug, clap::Args)]
#[command(
    after_help = "REF is EVIDENCE:POSITION as the column ref shows it (for warnings the columns evidence and position), or an eventID.\n\nExample:\n  coldtrail raw incident.coldtrail 3:1024"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// EVIDENCE:POSITION, or an eventID
    #[arg(value_name = "REF")]
    pub record: String,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let reader = opening::read(&arguments.case)?;
    let id = match RecordId::parse(&arguments.record) {
        Some(id) => id,
        None => query::event_by_id(&reader, &arguments.record)?.ok_or_else(|| {
            CliError::Usage(format!(
                "{} is neither EVIDENCE:POSITION (such as 3:1024) nor an eventID in this case",
                arguments.record
            ))
        })?,
    };
    output::raw(&raw::raw_text(&reader, id)?)
}
