//! `coldtrail warnings`.

use super::output::Rows;
use super::{CliError, RowFormat, exit, opening};
use crate::model::{EvidenceId, Value};
use crate::query;
use std::path::PathBuf;

/// Lists what could not be parsed, with its raw text, and files that were not imported
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  coldtrail warnings incident.coldtrail --format jsonl")]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// Only for this evidence file
    #[arg(long, value_name = "ID")]
    pub evidence: Option<u32>,
    #[command(flatten)]
    pub rows: RowFormat,
}

const COLUMNS: [&str; 9] =
    ["evidence", "path", "scope", "position", "byte_offset", "byte_length", "reason", "detail", "raw"];

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let reader = opening::read(&arguments.case)?;
    let mut out = Rows::new(&arguments.rows, &COLUMNS)?;
    let number = |value: u64| Value::Integer(i64::try_from(value).unwrap_or(i64::MAX));
    for warning in query::warnings(&reader, arguments.evidence.map(EvidenceId))? {
        out.row(&[
            number(u64::from(warning.evidence.0)),
            Value::Text(warning.path),
            Value::Text(warning.scope),
            number(warning.position),
            number(warning.byte_offset),
            number(warning.byte_length),
            Value::Text(warning.reason),
            Value::Text(warning.detail),
            Value::Text(String::from_utf8_lossy(&warning.raw).into_owned()),
        ])?;
    }
    for (_, received) in query::received(&reader)? {
        if arguments.evidence.is_some() && received.evidence.map(|id| id.0) != arguments.evidence {
            continue;
        }
        out.row(&[
            received.evidence.map_or(Value::Null, |id| number(u64::from(id.0))),
            Value::Text(received.path),
            Value::Text("received".to_owned()),
            Value::Null,
            Value::Null,
            Value::Null,
            Value::Text(received.state.code().to_owned()),
            Value::Text(received.reason),
            Value::Null,
        ])?;
    }
    out.finish()?;
    Ok(exit::DONE)
}
