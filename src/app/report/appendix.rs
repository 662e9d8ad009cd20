//! The appendix: what the case holds, where it came from, what could not be read, and who did what to it.

use super::{ExportReportError, Order, time};
use crate::analysis::coverage::coverage;
use crate::app::custody;
use crate::app::exhibits::LogSource;
use crate::app::rescued::{Origin, origin};
use crate::case::{CaseError, CaseReader, journal};
use crate::model::{Dataset, PathFacts, Received, Unit, Value, indicator::IndicatorList};
use crate::query::tables::{Column, Rows};
use crate::query::{self, Cancel, EvidenceRow, WarningRow};
use crate::report::document::{Evidence, Fact, FactValue, Incomplete, Report, Table};
use std::sync::Arc;

/// Stable name of a kind of log, part of the report's texts.
pub(super) fn source_name(source: LogSource) -> &'static str {
    match source {
        LogSource::FlowLogs => "flow_logs",
        LogSource::CloudTrail => "cloud_trail",
    }
}

/// How the case was made and the report is to be read: names of texts.
const METHOD: [&str; 7] = ["import", "records", "duplicates", "exhibits", "canonical", "journal", "report"];

pub(super) fn fill(
    reader: &CaseReader,
    order: &Order,
    cancel: &Cancel,
    report: &mut Report,
) -> Result<(), ExportReportError> {
    let a = &mut report.appendix;
    a.evidence = query::evidence_list(reader)?.into_iter().map(evidence).collect();
    let received = query::received(reader)?;
    a.received = (!received.is_empty()).then(|| received_table(received, order.shown_rows));
    let custody = custody::table(reader)?;
    a.custody = (!custody.rows.is_empty()).then(|| custody_table(custody, order.shown_rows));
    let warnings = query::warnings(reader, None)?;
    a.warnings = (!warnings.is_empty()).then(|| warning_table(warnings, order.shown_rows));
    for dataset in [Dataset::Flows, Dataset::Events] {
        let Some(coverage) = coverage(reader, dataset, cancel)? else { continue };
        a.coverage.push(coverage);
        let source = LogSource::of(dataset);
        let limits = source.limits().iter().map(|limit| (*limit).to_owned()).collect();
        a.limits.push((source_name(source).to_owned(), limits));
    }
    let lists = query::indicator_lists(reader, true)?;
    a.indicators = (!lists.is_empty()).then(|| indicator_table(lists, order.shown_rows));
    let totals = query::totals(reader)?;
    a.settings = vec![
        Fact::text("version", env!("CARGO_PKG_VERSION")),
        Fact::new("case-schema", FactValue::Text(totals.schema_version.to_string())),
        Fact::text("case-title", &totals.title),
        Fact::text("language", order.language.code()),
        Fact::text("report-zone", order.zone.name()),
        Fact::count("shown-rows", order.shown_rows),
    ];
    a.method = METHOD.map(str::to_owned).to_vec();
    let entries = reader.journal()?;
    a.incomplete = incomplete(reader)?;
    let head = entries.last();
    a.journal_head = head.map(|entry| entry.hash.clone()).unwrap_or_default();
    report.title.as_of = head.and_then(|entry| time(&entry.at_utc));
    a.journal_break = journal::first_break(&entries);
    a.journal = Some(journal_table(entries, order.shown_rows));
    Ok(())
}

/// What of the case could not be read: it is damaged, or was saved from one that was.
fn incomplete(reader: &CaseReader) -> Result<Option<Incomplete>, CaseError> {
    const LISTED: usize = 100;
    let standing = reader.standing();
    if !standing.damage.is_empty() {
        let lost_count = standing.lost.len() as u64;
        let lost = standing.lost.into_iter().take(LISTED).collect();
        return Ok(Some(Incomplete { rescued_from: None, lost, lost_count }));
    }
    Ok(origin(reader)?.map(|Origin { of, sha256, lost, lost_count, .. }| Incomplete {
        rescued_from: Some((of, sha256)),
        lost: lost.into_iter().take(LISTED).collect(),
        lost_count,
    }))
}

fn evidence(row: EvidenceRow) -> Evidence {
    let PathFacts { account, organisation, region, date, log_id, service } = &row.path_facts;
    let source = [account, organisation, region, service, date, log_id].into_iter().flatten();
    Evidence {
        number: row.id.0,
        container: row.container.map(|id| id.0),
        source: source.map(String::as_str).collect::<Vec<_>>().join(", "),
        path: row.path,
        format: row.format,
        file_bytes: row.file_bytes,
        content_bytes: row.content_bytes,
        file_sha256: row.file_sha256,
        content_sha256: row.content_sha256,
        records: row.records,
        duplicates: row.duplicates,
        warnings: row.warnings,
        first: row.first,
        last: row.last,
        imported: time(&row.imported_utc),
    }
}

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn warning_table(warnings: Vec<WarningRow>, shown: u64) -> Table {
    let row = |warning: WarningRow| {
        let is_element = warning.scope == "element";
        vec![
            Value::Integer(warning.evidence.0.into()),
            text(warning.path),
            if is_element { Value::count(warning.position) } else { Value::Null },
            Value::count(warning.byte_offset),
            text(warning.reason),
            text(warning.detail),
            text(String::from_utf8_lossy(&warning.raw)),
        ]
    };
    let columns = Column::list(&[
        ("evidence_number", Unit::Number),
        ("evidence_file", Unit::Text),
        ("evidence_place", Unit::Count),
        ("evidence_byte", Unit::Count),
        ("warning_reason", Unit::Text),
        ("warning_detail", Unit::Text),
        ("raw_text", Unit::Json),
    ]);
    let rows: Vec<Vec<Value>> = warnings.into_iter().map(row).collect();
    Table { title: None, columns, rows: Arc::new(rows), shown, attachment: Some("import-warnings".to_owned()) }
}

fn received_table(received: Vec<(u64, Received)>, shown: u64) -> Table {
    let row = |(number, received): (u64, Received)| {
        vec![
            Value::count(number),
            text(received.state.code()),
            text(received.path),
            time(&received.at_utc).map_or_else(|| text(&*received.at_utc), Value::Time),
            received.file_bytes.map_or(Value::Null, Value::count),
            received.file_sha256.map_or(Value::Null, text),
            received.evidence.map_or(Value::Null, |id| Value::Integer(id.0.into())),
            text(received.reason),
        ]
    };
    let columns = Column::list(&[
        ("entry_number", Unit::Number),
        ("received_state", Unit::Text),
        ("received_path", Unit::Text),
        ("recorded_time", Unit::Time),
        ("received_bytes", Unit::Bytes),
        ("received_sha256", Unit::Json),
        ("evidence_number", Unit::Number),
        ("received_reason", Unit::Text),
    ]);
    let rows: Vec<Vec<Value>> = received.into_iter().map(row).collect();
    Table { title: None, columns, rows: Arc::new(rows), shown, attachment: Some("not-imported".to_owned()) }
}

fn custody_table(custody: Rows, shown: u64) -> Table {
    let Rows { columns, rows, .. } = custody;
    Table { title: None, columns, rows: Arc::new(rows), shown, attachment: Some("chain-of-custody".to_owned()) }
}

/// Also those that were removed: what was searched for is part of what was found.
fn indicator_table(lists: Vec<IndicatorList>, shown: u64) -> Table {
    let row = |list: IndicatorList| {
        vec![
            Value::Integer(list.id),
            text(list.name),
            text(list.purpose.code()),
            text(list.source),
            text(list.format),
            text(list.sha256),
            text(list.list_date),
            Value::count(list.entries),
            Value::count(list.enabled_entries),
            Value::count(list.issues),
            Value::Boolean(list.enabled),
            Value::Boolean(list.removed),
            time(&list.added_utc).map_or_else(|| text(&*list.added_utc), Value::Time),
            text(list.examiner),
        ]
    };
    let columns = Column::list(&[
        ("entry_number", Unit::Number),
        ("list_name", Unit::Text),
        ("list_purpose", Unit::Text),
        ("list_source", Unit::Text),
        ("list_format", Unit::Text),
        ("list_sha256", Unit::Json),
        ("list_date", Unit::Text),
        ("list_entries", Unit::Count),
        ("list_enabled_entries", Unit::Count),
        ("list_issues", Unit::Count),
        ("list_enabled", Unit::Boolean),
        ("list_removed", Unit::Boolean),
        ("recorded_time", Unit::Time),
        ("written_by", Unit::Text),
    ]);
    let rows: Vec<Vec<Value>> = lists.into_iter().map(row).collect();
    Table { title: None, columns, rows: Arc::new(rows), shown, attachment: Some("indicator-lists".to_owned()) }
}

fn journal_table(entries: Vec<journal::Stored>, shown: u64) -> Table {
    let row = |entry: journal::Stored| {
        vec![
            Value::Integer(entry.seq),
            time(&entry.at_utc).map_or_else(|| text(&*entry.at_utc), Value::Time),
            text(entry.examiner),
            text(entry.tool_version),
            text(entry.action),
            text(entry.parameters),
            text(entry.counts),
            text(entry.hash),
        ]
    };
    let columns = Column::list(&[
        ("entry_number", Unit::Number),
        ("recorded_time", Unit::Time),
        ("written_by", Unit::Text),
        ("program_version", Unit::Text),
        ("journal_action", Unit::Text),
        ("journal_parameters", Unit::Json),
        ("journal_result", Unit::Json),
        ("entry_hash", Unit::Json),
    ]);
    let rows: Vec<Vec<Value>> = entries.into_iter().map(row).collect();
    Table { title: None, columns, rows: Arc::new(rows), shown, attachment: Some("journal".to_owned()) }
}
