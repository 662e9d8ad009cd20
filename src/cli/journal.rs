//! `coldtrail journal`.

use super::output::{Rows, fail, tell};
use super::{CliError, RowFormat, exit, opening};
use crate::app;
use crate::case::journal;
use std::path::PathBuf;

/// Lists all changes to a case with user and time, and checks the hash chain
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code 4: the hash chain is broken; the message shows where.\n\nExample:\n  coldtrail journal incident.coldtrail --format jsonl"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    #[command(flatten)]
    pub rows: RowFormat,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let entries = opening::read(&arguments.case)?.journal()?;
    let columns = app::journal::COLUMNS.map(|(name, _)| name);
    let mut out = Rows::new(&arguments.rows, &columns)?;
    for entry in &entries {
        out.row(&app::journal::row(entry))?;
    }
    out.finish()?;
    if let Some(seq) = journal::first_break(&entries) {
        fail(&format!("coldtrail: the journal's hash chain is broken at entry {seq}"));
        return Ok(exit::DIFFERS);
    }
    let head = entries.last().map_or("none", |entry| entry.hash.as_str());
    tell(&format!("the hash chain of {} entries is intact; head {head}", entries.len()));
    Ok(exit::DONE)
}
