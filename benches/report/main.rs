//! How long a report of many exhibits takes, and how much memory: `cargo bench --bench report [-- EXHIBITS]`.
//!
//! The case is the sample logs with 200 exhibits, or as many as are named: plots, heat maps and tables by turns, each of
//! other records. The report is written by the program itself, both documents, into a scratch folder.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark ends at the first failure, and prints its measurements"
)]

#[path = "../import/measure.rs"]
mod measure;

use coldtrail::app::exhibits::add;
use coldtrail::filter;
use coldtrail::model::conclusions::ExhibitText;
use coldtrail::model::{Dataset, field};
use coldtrail::present::chart::Shape;
use coldtrail::present::zone::Zone;
use coldtrail::query::tables::RecordColumn;
use coldtrail::query::{BinWidth, Cancel, GroupBy, Measure, PairQuery, Scope, SeriesQuery};
use coldtrail::questions::{HeatQuestion, PairsQuestion, Question, RecordsQuestion, SeriesQuestion};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SECONDS: f64 = 30.0;
const BYTES: u64 = 1 << 30;

fn main() -> ExitCode {
    let count = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(200);
    match run(count) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Is it within both limits?
fn run(count: usize) -> Result<bool> {
    let scratch = tempfile::tempdir()?;
    let case = made(scratch.path(), count)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldtrail"));
    command.arg("report").arg(&case).arg("--out").arg(scratch.path().join("report")).stderr(Stdio::null());
    let took = measure::run(command)?;
    let size = |path: &str| std::fs::metadata(scratch.path().join("report").join(path)).map(|found| found.len());
    println!("exhibits          {count}");
    println!("seconds           {:.1} (limit {SECONDS})", took.seconds);
    println!("processor seconds {:.1}", took.cpu_seconds);
    println!("peak memory, MB   {:.0} (limit {:.0})", took.peak_bytes as f64 / 1e6, BYTES as f64 / 1e6);
    println!("report.html, MB   {:.1}", size("report.html")? as f64 / 1e6);
    println!("report.pdf, MB    {:.1}", size("report.pdf")? as f64 / 1e6);
    Ok(took.seconds <= SECONDS && took.peak_bytes <= BYTES)
}

/// A case of the sample logs with so many exhibits.
fn made(folder: &Path, count: usize) -> Result<PathBuf> {
    let case = folder.join("report.coldtrail");
    let evidence = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs/evidence");
    for arguments in
        [vec!["new".as_ref(), case.as_os_str()], vec!["import".as_ref(), case.as_os_str(), evidence.as_os_str()]]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coldtrail"));
        let mut done = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        if !matches!(done.wait()?.code(), Some(0 | 1)) {
            return Err("the sample logs could not be imported".into());
        }
    }
    for number in 0..count {
        let text = ExhibitText { caption: format!("Exhibit of number {number}"), ..ExhibitText::default() };
        add(&case, question(number)?.as_ref(), Zone::default(), text, &Cancel::default())?;
    }
    Ok(case)
}

/// Three plots to a table.
fn question(number: usize) -> Result<Box<dyn Question>> {
    let dataset = if number % 8 < 6 { Dataset::Flows } else { Dataset::Events };
    let text = match dataset {
        Dataset::Flows => format!("srcport > {}", number * 60),
        Dataset::Events => format!("event_time > 2026-03-10T0{}:00:00Z", number % 10),
    };
    let filter = filter::parse(&text, dataset).map_err(|error| error.to_string())?;
    let scope = Scope::of(dataset, filter);
    Ok(match number % 4 {
        0 | 1 => {
            let by = if dataset == Dataset::Flows { "srcaddr" } else { "event_name" };
            let by = field::by_name(dataset, by).map(GroupBy::Field);
            let query =
                SeriesQuery { by, top: 6, bin: BinWidth::Secs(900), ..SeriesQuery::of(scope, Measure::Records) };
            Box::new(SeriesQuestion::new(query, if number.is_multiple_of(4) { Shape::Bars } else { Shape::Lines }))
        }
        2 => Box::new(HeatQuestion { scope, measure: Measure::Records }),
        _ if dataset == Dataset::Flows => {
            Box::new(PairsQuestion(PairQuery { scope, limit: Some(100), ..PairQuery::all() }))
        }
        _ => {
            let columns = field::of(dataset).take(12).map(|field| RecordColumn::Field(field.name())).collect();
            Box::new(RecordsQuestion { query: scope.records(Vec::new()), columns, limit: Some(500) })
        }
    })
}
