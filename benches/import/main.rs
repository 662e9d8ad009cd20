//! Speed, memory and size of an import beside its peers, taken in one run on one machine: DuckDB over the same flow log
//! files, Python's gzip and json over the same CloudTrail files.
//!
//! `cargo bench --bench import -- --help` says what can be chosen. Needs `../shared/bench`, python3, and for the flow logs
//! `pip install duckdb`; data is made once under `target/bench` (1.5 GB for the default sizes).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark ends at the first failure, and prints its measurements"
)]

mod data;
mod many;
mod measure;
mod options;
mod out;
mod peer;
mod table;

use measure::{Measured, run};
use options::Options;
use std::path::Path;
use std::process::{Command, ExitCode};
use table::Table;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{}", options::HELP);
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("{message}\n\n{}", options::HELP);
            return ExitCode::from(2);
        }
    };
    match compare(&options) {
        Ok(table) => {
            print!("{table}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(options: &Options) -> Result<Table> {
    let mut table = Table::default();
    if !options.files.is_empty() {
        many::measure(options)?;
        return Ok(table);
    }
    let mut by_size = Vec::new();
    for &records in &options.sizes {
        by_size.push((records, flows(records, options, &mut table)?));
    }
    growth(&by_size, &mut table);
    if options.events > 0 {
        events(options, &mut table)?;
    }
    if options.exports > 0 {
        out::measure(options, &mut table)?;
    }
    Ok(table)
}

/// One size of flow logs; gives the seconds of our import.
fn flows(records: u64, options: &Options, table: &mut Table) -> Result<f64> {
    let folder = data::flow_logs(records, options)?;
    // Also brings the files into the page cache, for both sides.
    let text_bytes = data::uncompressed_bytes(&folder)?;
    table.heading(&format!(
        "{records} flow records, {} MB of text, {} threads",
        text_bytes / 1_000_000,
        options.threads
    ));
    let mut ours: Option<(Measured, u64)> = None;
    let mut peer: Option<serde_json::Value> = None;
    for _ in 0..options.repeat {
        let now = import(&folder, true, options)?;
        if ours.is_none_or(|(best, _)| now.0.seconds < best.seconds) {
            ours = Some(now);
        }
        if options.peer {
            let now = duckdb(&folder, options)?;
            let seconds = |value: &serde_json::Value| value["import"].as_f64().unwrap_or(f64::INFINITY);
            if peer.as_ref().is_none_or(|best| seconds(&now) < seconds(best)) {
                peer = Some(now);
            }
        }
    }
    let (ours, size) = ours.ok_or("nothing was measured")?;
    let (_, size_without) = import(&folder, false, options)?;
    let duck = |key: &str| peer.as_ref().and_then(|peer| peer[key].as_f64());
    if let (Some(found), true) = (duck("records"), options.peer)
        && found != records as f64
    {
        return Err(format!("the peer read {found} records of {records}").into());
    }
    table.row("import, seconds", ours.seconds, duck("import"), Some(1.0));
    table.row("import, seconds of CPU", ours.cpu_seconds, None, None);
    table.row("peak memory, MB", ours.peak_bytes as f64 / 1e6, None, None);
    table.row("case with raw content, of the text", size as f64 / text_bytes as f64, None, None);
    table.row("case without, of the text", size_without as f64 / text_bytes as f64, None, None);
    table.row("on disk, MB", size as f64 / 1e6, duck("size_mb"), None);
    table.limit("peak memory, MB", ours.peak_bytes as f64 / 1e6, 1073.7);
    table.limit("case with raw content, of the text", size as f64 / text_bytes as f64, 0.9);
    table.limit("case without, of the text", size_without as f64 / text_bytes as f64, 0.6);
    Ok(ours.seconds)
}

/// How the time grows from the smallest to each larger size, beside the growth of the data.
fn growth(by_size: &[(u64, f64)], table: &mut Table) {
    let Some(&(first_records, first_seconds)) = by_size.first() else { return };
    if by_size.len() < 2 {
        return;
    }
    table.heading("growth (1 is linear, less is better)");
    for &(records, seconds) in &by_size[1..] {
        let ratio = (seconds / first_seconds) / (records as f64 / first_records as f64);
        table.row(&format!("{first_records} to {records} records"), ratio, None, None);
    }
}

fn events(options: &Options, table: &mut Table) -> Result<()> {
    let folder = data::trail_files(options.events, options)?;
    let text_bytes = data::uncompressed_bytes(&folder)?;
    table.heading(&format!("{} CloudTrail events, {} MB of JSON", options.events, text_bytes / 1_000_000));
    let (mut ours, mut peer, mut peak, mut size) = (f64::INFINITY, f64::INFINITY, 0, 0);
    for _ in 0..options.repeat {
        let (measured, bytes) = import(&folder, true, options)?;
        ours = ours.min(measured.seconds);
        (peak, size) = (measured.peak_bytes.max(peak), bytes);
        if options.peer {
            peer = peer.min(python(&folder, options.events)?);
        }
    }
    table.row("import, seconds (peer: gzip + json.loads)", ours, peer.is_finite().then_some(peer), Some(0.35));
    let (_, size_without) = import(&folder, false, options)?;
    let (size, size_without) = (size as f64 / text_bytes as f64, size_without as f64 / text_bytes as f64);
    table.row("peak memory, MB", peak as f64 / 1e6, None, None);
    table.row("case with raw content, of the text", size, None, None);
    table.row("case without, of the text", size_without, None, None);
    table.limit("peak memory, MB", peak as f64 / 1e6, 500.0);
    table.limit("case with raw content, of the text", size, 0.35);
    table.limit("case without, of the text", size_without, 0.3);
    Ok(())
}

/// Imports a folder into a new case with the program itself: what it took, and the size of the closed case.
fn import(folder: &Path, keep_raw: bool, options: &Options) -> Result<(Measured, u64)> {
    let scratch = tempfile::tempdir_in(options.work()?)?;
    let case = scratch.path().join("bench.coldtrail");
    new_case(&case, options)?;
    let mut command = Command::new(&options.program);
    command.arg("import").arg(&case).arg(folder).arg("--quiet");
    if !keep_raw {
        command.arg("--no-raw");
    }
    let measured = run(command)?;
    let beside: Vec<_> =
        std::fs::read_dir(scratch.path())?.map(|entry| Ok(entry?.file_name())).collect::<Result<_>>()?;
    if beside != ["bench.coldtrail"] {
        return Err(format!("a closed case is one file, found {beside:?}").into());
    }
    Ok((measured, std::fs::metadata(&case)?.len()))
}

fn new_case(case: &Path, options: &Options) -> Result<()> {
    let made = Command::new(&options.program).arg("new").arg(case).args(["--examiner", "bench"]).output()?;
    match made.status.success() {
        true => Ok(()),
        false => Err(format!("coldtrail new: {}", String::from_utf8_lossy(&made.stderr)).into()),
    }
}

fn duckdb(folder: &Path, options: &Options) -> Result<serde_json::Value> {
    let threads = options.threads.to_string();
    let script = options.shared.join("bench/peers.py");
    peer::answer(Command::new("python3").arg(script).arg(folder).args(["--threads", &threads]))
}

/// Seconds that Python takes to unpack and parse every file, start of the interpreter left out.
fn python(folder: &Path, events: u64) -> Result<f64> {
    const SCRIPT: &str = "
import glob, gzip, json, sys, time
begin = time.time()
count = 0
for path in sorted(glob.glob(sys.argv[1] + '/**/*.json.gz', recursive=True)):
    with gzip.open(path) as file:
        count += len(json.loads(file.read())['Records'])
print(time.time() - begin, count)
";
    let output = Command::new("python3").args(["-c", SCRIPT]).arg(folder).output()?;
    let text = String::from_utf8(output.stdout)?;
    let (seconds, count) =
        text.trim().split_once(' ').ok_or_else(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    if count.parse::<u64>()? != events {
        return Err(format!("the peer read {count} events of {events}").into());
    }
    Ok(seconds.parse()?)
}
