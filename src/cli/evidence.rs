//! `coldtrail evidence list` and `coldtrail evidence export`.

use super::output::{Rows, escape, tell, tell_left};
use super::{CliError, RowFormat, exit, opening, stop};
use crate::app::raw::{self, RawError};
use crate::model::{EvidenceId, Received, Value};
use crate::query::{self, EvidenceRow};
use std::path::PathBuf;

/// Lists evidence files and exports originals
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Lists the evidence files
    #[command(after_help = "Example:\n  coldtrail evidence list incident.coldtrail --format csv")]
    List {
        /// The case file
        case: PathBuf,
        /// Only the evidence file with this number
        id: Option<u32>,
        /// Files that were not imported: duplicates, unreadable and special files, links ...
        #[arg(long)]
        received: bool,
        #[command(flatten)]
        rows: RowFormat,
    },
    /// Exports an original file, byte for byte, and checks its SHA-256
    #[command(after_help = "Example:\n  coldtrail evidence export incident.coldtrail 3 --out 3.log.gz")]
    Export {
        /// The case file
        case: PathBuf,
        /// Number of the evidence file; by default all
        id: Option<u32>,
        /// A file, or a folder (created if missing, for all of them); existing files are never overwritten
        #[arg(long, value_name = "PATH", default_value = ".")]
        out: PathBuf,
    },
}

const COLUMNS: [&str; 16] = [
    "evidence",
    "path",
    "format",
    "records",
    "duplicates",
    "warnings",
    "first",
    "last",
    "file_bytes",
    "content_bytes",
    "packing",
    "file_sha256",
    "content_sha256",
    "raw_kept",
    "container",
    "imported_utc",
];

const RECEIVED_COLUMNS: [&str; 8] =
    ["received", "state", "path", "at_utc", "file_bytes", "file_sha256", "evidence", "reason"];

pub(super) fn run(command: &Command) -> Result<u8, CliError> {
    match command {
        Command::List { case, id, received: true, rows } => {
            let mut out = Rows::new(rows, &RECEIVED_COLUMNS)?;
            for (number, received) in query::received(&opening::read(case)?)? {
                if id.is_none() || received.evidence.map(|evidence| evidence.0) == *id {
                    out.row(&received_row(number, received))?;
                }
            }
            out.finish()?;
        }
        Command::List { case, id, received: false, rows } => {
            let list = query::evidence_list(&opening::read(case)?)?;
            let chosen = chosen(&list, *id)?;
            let mut out = Rows::new(rows, &COLUMNS)?;
            for evidence in chosen {
                out.row(&row(evidence))?;
            }
            out.finish()?;
        }
        Command::Export { case, id, out } => {
            let cancel = stop::on_signal();
            let reader = opening::read(case)?;
            let list = query::evidence_list(&reader)?;
            let chosen = chosen(&list, *id)?;
            if id.is_none() {
                std::fs::create_dir_all(out).map_err(|error| RawError::Write { path: out.clone(), error })?;
            }
            for evidence in chosen {
                let target =
                    if id.is_none() || out.is_dir() { out.join(raw::export_name(evidence)) } else { out.clone() };
                tell_left(&target);
                raw::export(&reader, evidence, &target, &cancel)?;
                tell(&format!("{}  {}", evidence.file_sha256, escape(&target.to_string_lossy())));
            }
        }
    }
    Ok(exit::DONE)
}

/// The evidence of that number, or all of it.
fn chosen(list: &[EvidenceRow], id: Option<u32>) -> Result<Vec<&EvidenceRow>, CliError> {
    let chosen: Vec<&EvidenceRow> = list.iter().filter(|e| id.is_none_or(|id| e.id == EvidenceId(id))).collect();
    match id {
        Some(id) if chosen.is_empty() => {
            Err(CliError::Usage(format!("the case has no evidence number {id}; see: coldtrail evidence list CASE")))
        }
        _ => Ok(chosen),
    }
}

fn received_row(id: u64, received: Received) -> [Value; 8] {
    let number = |value: u64| Value::Integer(i64::try_from(value).unwrap_or(i64::MAX));
    [
        number(id),
        Value::Text(received.state.code().to_owned()),
        Value::Text(received.path),
        Value::Text(received.at_utc),
        received.file_bytes.map_or(Value::Null, number),
        received.file_sha256.map_or(Value::Null, Value::Text),
        received.evidence.map_or(Value::Null, |id| number(u64::from(id.0))),
        Value::Text(received.reason),
    ]
}

fn row(evidence: &EvidenceRow) -> [Value; 16] {
    let number = |value: u64| Value::Integer(i64::try_from(value).unwrap_or(i64::MAX));
    let text = |value: &str| if value.is_empty() { Value::Null } else { Value::Text(value.to_owned()) };
    [
        number(u64::from(evidence.id.0)),
        text(&evidence.path),
        text(&evidence.format),
        number(evidence.records),
        number(evidence.duplicates),
        number(evidence.warnings),
        evidence.first.map_or(Value::Null, Value::Time),
        evidence.last.map_or(Value::Null, Value::Time),
        number(evidence.file_bytes),
        number(evidence.content_bytes),
        text(&evidence.packing),
        text(&evidence.file_sha256),
        text(&evidence.content_sha256),
        Value::Boolean(evidence.raw_kept),
        evidence.container.map_or(Value::Null, |c| number(u64::from(c.0))),
        text(&evidence.imported_utc),
    ]
}
