//! `coldtrail exhibit`.

mod kinds;

use super::conclusions::done;
use super::opening::{Writing, read};
use super::output::{Rows, tell};
use super::{CliError, RowFormat, exit, output, stop};
use crate::app::exhibits::{self, Again, Frozen};
use crate::case::CaseReader;
use crate::model::{
    Value,
    conclusions::{Change, Exhibit, ExhibitText},
};
use crate::present::zone::Zone;
use crate::query;
use serde_json::json;
use std::path::PathBuf;

/// Exhibits: queries saved with their results
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Saves a query with its result
    #[command(
        after_help = "Example:\n  coldtrail exhibit add incident.coldtrail --kind pairs --ip 10.0.1.4 --limit 20 --caption 'Peers of \
                      10.0.1.4'\n  coldtrail exhibit add incident.coldtrail --kind series --by action --bin 1h --caption 'Bytes over time'\n  coldtrail exhibit add \
                      incident.coldtrail --kind event --record 7:12 --caption 'The login'"
    )]
    Add(Box<kinds::Arguments>),
    /// Lists exhibits in their order
    #[command(after_help = "Example:\n  coldtrail exhibit list incident.coldtrail")]
    List {
        /// The case file
        case: PathBuf,
        /// Include removed exhibits
        #[arg(long)]
        removed: bool,
        #[command(flatten)]
        rows: RowFormat,
    },
    /// Shows an exhibit as saved: its rows, or all of it as JSON
    #[command(
        after_help = "Example:\n  coldtrail exhibit show incident.coldtrail 2 --format csv\n  coldtrail exhibit show incident.coldtrail 2 --json"
    )]
    Show {
        /// The case file
        case: PathBuf,
        /// Its number in the report
        number: i64,
        /// As a JSON object, with the evidence used
        #[arg(long, conflicts_with = "lines")]
        json: bool,
        /// In canonical form, the exact bytes of the digest, for sha256sum
        #[arg(long)]
        lines: bool,
        #[command(flatten)]
        rows: RowFormat,
    },
    /// Changes caption, note or finding
    #[command(after_help = "Example:\n  coldtrail exhibit edit incident.coldtrail 2 --caption 'Top pairs' --finding 1")]
    Edit {
        /// The case file
        case: PathBuf,
        /// Its number in the report
        number: i64,
        /// Its caption
        #[arg(long)]
        caption: Option<String>,
        /// A note
        #[arg(long)]
        note: Option<String>,
        /// Number of the finding it supports; 0 for none
        #[arg(long)]
        finding: Option<i64>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Moves an exhibit to another position
    #[command(after_help = "Example:\n  coldtrail exhibit move incident.coldtrail 5 1")]
    Move {
        /// The case file
        case: PathBuf,
        /// Its number in the report
        number: i64,
        /// The new number
        place: i64,
        #[command(flatten)]
        writing: Writing,
    },
    /// Removes an exhibit; the journal keeps it
    #[command(after_help = "Example:\n  coldtrail exhibit remove incident.coldtrail 2")]
    Remove {
        /// The case file
        case: PathBuf,
        /// Its number in the report
        number: i64,
        #[command(flatten)]
        writing: Writing,
    },
    /// Runs exhibits again and reports for each whether the rows are unchanged
    #[command(
        after_help = "Exit code 4: an exhibit has changed.\n\nExample:\n  coldtrail exhibit check incident.coldtrail"
    )]
    Check {
        /// The case file
        case: PathBuf,
        #[command(flatten)]
        rows: RowFormat,
    },
}

pub(super) fn run(command: &Command) -> Result<u8, CliError> {
    match command {
        Command::Add(arguments) => add(arguments),
        Command::List { case, removed, rows } => list(&query::exhibits(&read(case)?, *removed)?, rows),
        Command::Show { case, number, json, lines, rows } => {
            let reader = read(case)?;
            let exhibit = at(&reader, *number)?;
            if *lines {
                return output::bytes(query::exhibit_lines(&reader, exhibit.id)?.as_bytes());
            }
            let frozen = exhibits::load(&reader, &exhibit)?;
            if *json {
                output::bytes(format!("{:#}\n", whole(&exhibit, &frozen)).as_bytes())
            } else {
                show(&frozen, rows)
            }
        }
        Command::Edit { case, number, caption, note, finding, writing } => {
            let target = writing.at(case)?;
            let exhibit = at(&read(case)?, *number)?;
            let text = ExhibitText {
                caption: caption.clone().unwrap_or(exhibit.text.caption),
                note: note.clone().unwrap_or(exhibit.text.note),
                finding: finding.map_or(exhibit.text.finding, |id| (id != 0).then_some(id)),
            };
            done(target, &Change::EditExhibit { id: exhibit.id, text })
        }
        Command::Move { case, number, place, writing } => {
            let target = writing.at(case)?;
            let id = at(&read(case)?, *number)?.id;
            done(target, &Change::MoveExhibit { id, place: *place })
        }
        Command::Remove { case, number, writing } => {
            let target = writing.at(case)?;
            let id = at(&read(case)?, *number)?.id;
            done(target, &Change::RemoveExhibit(id))
        }
        Command::Check { case, rows } => check(&read(case)?, rows),
    }
}

fn at(reader: &CaseReader, number: i64) -> Result<Exhibit, CliError> {
    let found = query::exhibits(reader, false)?.into_iter().find(|exhibit| exhibit.place == number);
    found.ok_or_else(|| CliError::Usage(format!("the case has no exhibit {number}; see: coldtrail exhibit list CASE")))
}

fn add(arguments: &kinds::Arguments) -> Result<u8, CliError> {
    let question = arguments.question()?;
    let zone = match &arguments.tz {
        Some(zone) => Zone::by_name(zone.name()).unwrap_or_default(),
        None => Zone::default(),
    };
    let text = ExhibitText {
        caption: arguments.caption.clone(),
        note: arguments.note.clone().unwrap_or_default(),
        finding: arguments.finding,
    };
    let target = arguments.writing.at(&arguments.case)?;
    let id = exhibits::add(target, question.as_ref(), zone, text, &stop::on_signal())?;
    let added = query::exhibits(&read(&arguments.case)?, false)?.into_iter().find(|e| e.id == id);
    if let Some(exhibit) = added {
        let (number, rows, digest) = (exhibit.place, exhibit.frozen.row_count, exhibit.frozen.digest);
        tell(&format!("exhibit {number}: {rows} rows, digest {digest}"));
    }
    Ok(exit::DONE)
}

fn text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) }
}

fn list(exhibits: &[Exhibit], rows: &RowFormat) -> Result<u8, CliError> {
    let columns = [
        "number",
        "kind",
        "caption",
        "note",
        "finding",
        "rows",
        "digest",
        "zone",
        "query",
        "at_utc",
        "by",
        "removed_utc",
        "removed_by",
    ];
    let mut out = Rows::new(rows, &columns)?;
    for exhibit in exhibits {
        let frozen = &exhibit.frozen;
        let removed = exhibit.life.removed.as_ref();
        out.row(&[
            Value::Integer(exhibit.place),
            text(&frozen.kind),
            text(&exhibit.text.caption),
            text(&exhibit.text.note),
            exhibit.text.finding.map_or(Value::Null, Value::Integer),
            Value::count(frozen.row_count),
            text(&frozen.digest),
            text(&frozen.zone),
            text(&frozen.query),
            text(&exhibit.life.created.at_utc),
            text(&exhibit.life.created.by),
            removed.map_or(Value::Null, |stamp| text(&stamp.at_utc)),
            removed.map_or(Value::Null, |stamp| text(&stamp.by)),
        ])?;
    }
    out.finish()?;
    Ok(exit::DONE)
}

/// The rows of the first section; what else there is, is reported.
fn show(frozen: &Frozen, rows: &RowFormat) -> Result<u8, CliError> {
    let Some(section) = frozen.sections.first() else { return Ok(exit::DONE) };
    let names: Vec<&str> = section.columns.iter().map(|column| column.name.as_str()).collect();
    let mut out = Rows::new(rows, &names)?;
    for row in &section.rows {
        out.row(row)?;
    }
    out.finish()?;
    if section.all_rows > section.rows.len() as u64 {
        tell(&format!("{} of {} rows; the exhibit has a limit", section.rows.len(), section.all_rows));
    }
    let more: Vec<&str> = frozen.sections.iter().skip(1).map(|section| section.name.as_str()).collect();
    if !more.is_empty() {
        tell(&format!("it also has: {}; see --json", more.join(", ")));
    }
    Ok(exit::DONE)
}

fn whole(exhibit: &Exhibit, frozen: &Frozen) -> serde_json::Value {
    let value = |value: &Value| match value {
        Value::Null => json!(null),
        Value::Integer(number) => json!(number),
        Value::Boolean(truth) => json!(truth),
        other => json!(other.to_text()),
    };
    let sections: Vec<serde_json::Value> = frozen
        .sections
        .iter()
        .map(|section| {
            let columns: Vec<_> =
                section.columns.iter().map(|c| json!({"name": c.name, "unit": c.unit.name()})).collect();
            let rows: Vec<Vec<_>> = section.rows.iter().map(|row| row.iter().map(value).collect()).collect();
            let totals: Vec<_> = section
                .totals
                .iter()
                .map(|total| json!({"name": total.name, "unit": total.unit.name(), "value": value(&total.value)}))
                .collect();
            json!({
                "name": section.name, "columns": columns, "rows": rows, "all_rows": section.all_rows, "totals": totals,
            })
        })
        .collect();
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_else(|_| json!(text));
    json!({
        "number": exhibit.place, "kind": frozen.kind, "caption": exhibit.text.caption, "note": exhibit.text.note,
        "finding": exhibit.text.finding, "query": parsed(&frozen.query), "zone": frozen.zone.name(),
        "digest": exhibit.frozen.digest, "facts": parsed(&exhibit.frozen.facts), "sections": sections,
        "tool_version": frozen.tool_version, "created": {"at": exhibit.life.created.at_utc, "by": exhibit.life.created.by},
    })
}

fn check(reader: &CaseReader, rows: &RowFormat) -> Result<u8, CliError> {
    let mut out = Rows::new(rows, &["number", "kind", "caption", "verdict", "detail"])?;
    let mut failed = false;
    let stop = stop::on_signal();
    for exhibit in query::exhibits(reader, false)? {
        let again: Again = exhibits::ask_again(reader, &exhibit, &stop);
        // Then the answer says nothing of the exhibit.
        stop::check()?;
        failed |= !again.is_same();
        let (frozen, caption) = (&exhibit.frozen, &exhibit.text.caption);
        let detail = text(&again.detail());
        out.row(&[Value::Integer(exhibit.place), text(&frozen.kind), text(caption), text(again.name()), detail])?;
        out.flush()?;
    }
    out.finish()?;
    Ok(if failed { exit::DIFFERS } else { exit::DONE })
}
