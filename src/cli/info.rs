//! `coldtrail info`.

use super::{CliError, exit, opening, output, stop};
use crate::app::rescued::{self, Origin};
use crate::case::CaseReader;
use crate::model::{Dataset, ReceivedState, Timestamp};
use crate::query::{self, Scope, Totals};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Shows title, evidence, counts and sizes of a case
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  coldtrail info incident.coldtrail --json")]
pub struct Arguments {
    /// The case file
    pub case: PathBuf,
    /// Print a JSON object
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CliError> {
    let reader = opening::read(&arguments.case)?;
    let totals = query::totals(&reader)?;
    let unfinished = query::unfinished_import(&reader)?.len();
    let received = query::received_counts(&reader)?;
    let untimed = untimed(&reader)?;
    let origin = rescued::origin(&reader)?;
    if arguments.json {
        return output::bytes(
            format!("{:#}\n", as_json(&totals, unfinished, &received, origin.as_ref(), untimed)).as_bytes(),
        );
    }
    output::bytes(summary(&totals, unfinished, &received, origin.as_ref(), untimed).as_bytes())?;
    Ok(exit::DONE)
}

/// The same summary, for a machine without a display.
pub(super) fn print_summary(case: &Path) -> Result<u8, CliError> {
    run(&Arguments { case: case.to_owned(), json: false })
}

fn as_json(
    totals: &Totals,
    unfinished: usize,
    received: &[(ReceivedState, u64)],
    origin: Option<&Origin>,
    untimed: [u64; 2],
) -> serde_json::Value {
    let span = |span: Option<(Timestamp, Timestamp)>| {
        span.map(|(from, to)| json!({"first": from.to_iso(), "last": to.to_iso()}))
    };
    json!({
        "title": totals.title, "reference": totals.reference, "examiner": totals.examiner, "created": totals.created_utc,
        "schema_version": totals.schema_version, "evidence": totals.evidence,
        "records": totals.flows, "flow_duplicates": totals.flow_duplicates,
        "events": totals.event_occurrences, "distinct_events": totals.events,
        "warnings": totals.warnings, "notes": totals.notes,
        "flows_without_time": untimed[0], "events_without_time": untimed[1],
        "flow_span": span(totals.flow_span), "event_span": span(totals.event_span),
        "file_bytes": totals.file_bytes, "content_bytes": totals.content_bytes, "case_bytes": totals.case_bytes,
        "journal_entries": totals.journal_entries, "unfinished_files": unfinished,
        "received": received.iter().map(|(state, count)| (state.code(), count)).collect::<BTreeMap<_, _>>(),
        "rescued": origin.map(|origin| json!({
            "of": origin.of, "sha256": origin.sha256, "at_utc": origin.at_utc, "by": origin.by,
            "lost": origin.lost, "lost_ranges": origin.lost_count,
        })),
    })
}

fn summary(
    totals: &Totals,
    unfinished: usize,
    received: &[(ReceivedState, u64)],
    origin: Option<&Origin>,
    untimed: [u64; 2],
) -> String {
    let span = |span: Option<(Timestamp, Timestamp)>| {
        span.map_or_else(|| "none".to_owned(), |(from, to)| format!("{} to {}", from.to_iso(), to.to_iso()))
    };
    let rows = [
        ("title", totals.title.clone()),
        ("reference", totals.reference.clone()),
        ("examiner", totals.examiner.clone()),
        ("created", totals.created_utc.clone()),
        ("evidence files", totals.evidence.to_string()),
        ("not imported", not_imported(received)),
        ("flow records", format!("{} (and {} duplicates)", totals.flows, totals.flow_duplicates)),
        ("flow times", span(totals.flow_span)),
        ("events", format!("{} distinct, {} occurrences", totals.events, totals.event_occurrences)),
        ("event times", span(totals.event_span)),
        (
            "without a time",
            format!("{} flow records, {} events; not included in any time range", untimed[0], untimed[1]),
        ),
        ("warnings", format!("{} elements, {} notes about files", totals.warnings, totals.notes)),
        ("evidence size", format!("{} bytes, {} uncompressed", totals.file_bytes, totals.content_bytes)),
        ("case size", format!("{} bytes", totals.case_bytes)),
        ("journal", format!("{} entries", totals.journal_entries)),
        ("schema version", totals.schema_version.to_string()),
    ];
    let mut text = String::new();
    for (name, value) in rows {
        let _ = writeln!(text, "{name:<15} {}", output::escape(&value));
    }
    if let Some(origin) = origin {
        let (of, lost) = (output::escape(&origin.of), origin.lost_count);
        let _ = writeln!(text, "{:<15} from {of}, SHA-256 {}; unreadable places: {lost}", "rescued", origin.sha256);
        for lost in &origin.lost {
            let _ = writeln!(text, "{:<15} {}", "not readable", output::escape(lost));
        }
    }
    if unfinished > 0 {
        let _ = writeln!(
            text,
            "{:<15} {unfinished} files have not been imported yet; resume with: coldtrail import CASE --resume",
            "interrupted"
        );
    }
    text
}

/// Flow records and events without a time.
fn untimed(reader: &CaseReader) -> Result<[u64; 2], CliError> {
    let cancel = stop::on_signal();
    let count = |dataset| query::untimed(reader, &Scope::all(dataset), &cancel);
    Ok([count(Dataset::Flows)?, count(Dataset::Events)?])
}

/// What was offered and is no evidence, in numbers.
fn not_imported(received: &[(ReceivedState, u64)]) -> String {
    let words = |(state, count): &(ReceivedState, u64)| {
        let words = state.words(*count);
        format!("{count} {words}")
    };
    match received {
        [] => "nothing".to_owned(),
        some => some.iter().map(words).collect::<Vec<_>>().join(", "),
    }
}
