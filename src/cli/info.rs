//! `coldtrail info`.

use super::{CliError, exit, output};
use crate::case::CaseReader;
use crate::model::Timestamp;
use crate::query::{self, Totals};
use serde_json::json;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Shows what a case holds
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  coldtrail info incident.coldtrail --json")]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// As a JSON object
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let reader = CaseReader::open(&arguments.case)?;
    let totals = query::totals(&reader)?;
    let unfinished = query::unfinished_import(&reader)?.len();
    if arguments.json {
        return output::bytes(format!("{:#}\n", as_json(&totals, unfinished)).as_bytes());
    }
    output::bytes(summary(&totals, unfinished).as_bytes())?;
    Ok(exit::DONE)
}

/// The same summary, for a machine without a display.
pub fn print_summary(case: &Path) -> Result<u8, CliError> {
    run(&Arguments { case: case.to_owned(), json: false })
}

fn as_json(totals: &Totals, unfinished: usize) -> serde_json::Value {
    let span = |span: Option<(Timestamp, Timestamp)>| {
        span.map(|(from, to)| json!({"first": from.to_iso(), "last": to.to_iso()}))
    };
    json!({
        "title": totals.title, "reference": totals.reference, "examiner": totals.examiner, "created": totals.created_utc,
        "schema_version": totals.schema_version, "evidence": totals.evidence,
        "records": totals.flows, "flow_duplicates": totals.flow_duplicates,
        "events": totals.event_occurrences, "distinct_events": totals.events,
        "warnings": totals.warnings, "notes": totals.notes,
        "flow_span": span(totals.flow_span), "event_span": span(totals.event_span),
        "file_bytes": totals.file_bytes, "content_bytes": totals.content_bytes, "case_bytes": totals.case_bytes,
        "journal_entries": totals.journal_entries, "unfinished_files": unfinished,
    })
}

fn summary(totals: &Totals, unfinished: usize) -> String {
    let span = |span: Option<(Timestamp, Timestamp)>| {
        span.map_or_else(|| "none".to_owned(), |(from, to)| format!("{} to {}", from.to_iso(), to.to_iso()))
    };
    let rows = [
        ("title", totals.title.clone()),
        ("reference", totals.reference.clone()),
        ("examiner", totals.examiner.clone()),
        ("created", totals.created_utc.clone()),
        ("evidence files", totals.evidence.to_string()),
        ("flow records", format!("{} ({} duplicates besides)", totals.flows, totals.flow_duplicates)),
        ("flow times", span(totals.flow_span)),
        ("events", format!("{} distinct, {} occurrences", totals.events, totals.event_occurrences)),
        ("event times", span(totals.event_span)),
        ("warnings", format!("{} elements, {} remarks about files", totals.warnings, totals.notes)),
        ("evidence size", format!("{} bytes, {} uncompressed", totals.file_bytes, totals.content_bytes)),
        ("case size", format!("{} bytes", totals.case_bytes)),
        ("journal", format!("{} entries", totals.journal_entries)),
        ("schema version", totals.schema_version.to_string()),
    ];
    let mut text = String::new();
    for (name, value) in rows {
        let _ = writeln!(text, "{name:<15} {}", output::escape(&value));
    }
    if unfinished > 0 {
        let _ = writeln!(
            text,
            "{:<15} {unfinished} files were not read; go on with: coldtrail import CASE --resume",
            "interrupted"
        );
    }
    text
}
