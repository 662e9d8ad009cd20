//! `coldtrail journal`.

use super::output::{Rows, fail, tell};
use super::{CliError, RowFormat, exit, opening};
use crate::case::journal;
use crate::filter::value::parse_time;
use crate::query::Value;
use std::path::PathBuf;

/// Lists who did what to a case, when; and whether the chain of hashes holds
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code 4: the chain is broken, and the message says where.\n\nExample:\n  coldtrail journal incident.coldtrail --format jsonl"
)]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    #[command(flatten)]
    pub rows: RowFormat,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let entries = opening::read(&arguments.case)?.journal()?;
    let columns = ["seq", "at_utc", "examiner", "tool_version", "action", "parameters", "counts", "hash"];
    let mut out = Rows::new(&arguments.rows, &columns)?;
    for entry in &entries {
        let text = |text: &str| Value::Text(text.to_owned());
        let time = parse_time(&entry.at_utc).map_or_else(|| text(&entry.at_utc), |parsed| Value::Time(parsed.time));
        out.row(&[
            Value::Integer(entry.seq),
            time,
            text(&entry.examiner),
            text(&entry.tool_version),
            text(&entry.action),
            text(&entry.parameters),
            text(&entry.counts),
            text(&entry.hash),
        ])?;
    }
    out.finish()?;
    if let Some(seq) = journal::first_break(&entries) {
        fail(&format!("coldtrail: the journal's chain is broken at entry {seq}"));
        return Ok(exit::DIFFERS);
    }
    let head = entries.last().map_or("none", |entry| entry.hash.as_str());
    tell(&format!("the chain of {} entries holds; head {head}", entries.len()));
    Ok(exit::DONE)
}
