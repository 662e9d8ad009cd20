//! The investigator's questions beside DuckDB over the same files, in one run on one machine: the ten queries of
//! `../shared/bench/peers.py` over flow logs, the seven of `peers_events.py` over CloudTrail files, and opening a closed case
//! to its first page.
//!
//! `cargo bench --bench queries -- --help` says what can be chosen. Needs `../shared/bench`, python3 and
//! `pip install duckdb`; data is made once under `target/bench`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark ends at the first failure, and prints its measurements"
)]

#[path = "../import/case.rs"]
mod case;
#[path = "../import/data.rs"]
#[allow(dead_code, reason = "other benchmarks use the rest")]
mod data;
#[path = "../import/options.rs"]
#[allow(dead_code, reason = "other benchmarks use the rest")]
mod options;
#[path = "../import/peer.rs"]
mod peer;
#[path = "../import/table.rs"]
#[allow(dead_code, reason = "other benchmarks use the rest")]
mod table;

use coldtrail::app::bench::bench;
use coldtrail::model::Dataset;
use coldtrail::query::Cancel;
use options::Options;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode};
use table::Table;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{}", options::HELP.replace("--bench import", "--bench queries"));
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("{message}\n\n{}", options::HELP);
            return ExitCode::from(2);
        }
    };
    let mut table = Table::default();
    match measure(&options, &mut table) {
        Ok(()) => {
            print!("{table}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options, table: &mut Table) -> Result<()> {
    for &records in &options.sizes {
        let folder = data::flow_logs(records, options)?;
        table.heading(&format!("{records} flow records, seconds of each query, {} threads", options.threads));
        compare(&folder, Dataset::Flows, options, table)?;
    }
    if options.events > 0 {
        let folder = data::trail_files(options.events, options)?;
        table.heading(&format!(
            "{} CloudTrail events, seconds of each query, {} threads",
            options.events, options.threads
        ));
        compare(&folder, Dataset::Events, options, table)?;
    }
    Ok(())
}

fn compare(folder: &Path, dataset: Dataset, options: &Options, table: &mut Table) -> Result<()> {
    let path = case::imported(&[folder], "queries", options)?;
    // Of those that the peer is asked, and of the others.
    let (mut ours, mut others): (BTreeMap<&str, f64>, BTreeMap<&str, f64>) = Default::default();
    let mut peers: BTreeMap<&str, f64> = BTreeMap::new();
    // In turn, so that whatever else the machine does falls on both.
    for _ in 0..options.repeat {
        for timing in bench(&path, &Cancel::default(), &mut |_| {})? {
            let list = match timing.peer {
                Some(of) if of == dataset => &mut ours,
                // About records of which this case has none.
                Some(_) => continue,
                None => &mut others,
            };
            let best = list.entry(timing.name).or_insert(f64::INFINITY);
            *best = best.min(timing.secs);
        }
        if options.peer {
            let found = duckdb(folder, dataset, options)?;
            for name in ours.keys() {
                let secs = found[*name].as_f64().ok_or_else(|| format!("the peer does not answer {name}"))?;
                let best = peers.entry(*name).or_insert(f64::INFINITY);
                *best = best.min(secs);
            }
        }
    }
    for (name, secs) in &ours {
        table.row(name, *secs, peers.get(name).copied(), Some(1.0));
    }
    let open = others.get(OPENING).copied().unwrap_or(f64::INFINITY);
    let sum = ours.values().sum::<f64>();
    table.row("all of these", sum, (!peers.is_empty()).then(|| peers.values().sum()), Some(1.0 / 3.0));
    for (name, secs) in &others {
        table.row(name, *secs, None, None);
    }
    let peak = peak_bytes() as f64 / 1e6;
    table.row("peak memory, MB", peak, None, None);
    table.limit(OPENING, open, 0.5);
    // Meant for a million events on two cores.
    for (name, most) in ANALYSES.into_iter().filter(|_| options.events <= 1_000_000) {
        others.get(name).into_iter().for_each(|secs| table.limit(name, *secs, most));
    }
    table.limit("peak memory, MB", peak, 3221.0);
    Ok(())
}

/// Analyses of all events, and the seconds that each may take.
const ANALYSES: [(&str, f64); 3] = [("lineage", 2.0), ("monitor", 5.0), ("rates", 1.0)];

/// The window's first look.
const OPENING: &str = "open_first_page";

fn duckdb(folder: &Path, dataset: Dataset, options: &Options) -> Result<serde_json::Value> {
    let script = |name: &str| options.shared.join("bench").join(name);
    let threads = options.threads.to_string();
    let scratch = tempfile::tempdir_in(options.work()?)?;
    let mut command = Command::new("python3");
    match dataset {
        Dataset::Flows => command.arg(script("peers.py")).arg(folder).args(["--threads", &threads]),
        // Two threads, whatever is asked for.
        Dataset::Events => command.arg(script("peers_events.py")).arg(folder).arg(scratch.path().join("peer.duckdb")),
    };
    peer::answer(&mut command)
}

/// `VmHWM:   123456 kB` of this process.
fn peak_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()).unwrap_or(0) * 1024
}
