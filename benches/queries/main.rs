//! The investigator's questions beside DuckDB over the same flow log files, in one run on one machine: the ten queries of
//! `../shared/bench/peers.py`, and opening a closed case to its first page.
//!
//! `cargo bench --bench queries -- --help` says what can be chosen. Needs `../shared/bench`, python3 and
//! `pip install duckdb`; data is made once under `target/bench`.

#[path = "../import/data.rs"]
#[allow(dead_code)] // The other bench uses the rest.
mod data;
#[path = "../import/options.rs"]
#[allow(dead_code)]
mod options;
#[path = "../import/table.rs"]
#[allow(dead_code)]
mod table;

use coldtrail::case::CaseReader;
use coldtrail::filter;
use coldtrail::model::{Address, Dataset, field};
use coldtrail::query::{
    self, BinWidth, Cancel, GroupBy, Measure, PairQuery, RecordQuery, Scope, SeriesQuery, SortKey, TopQuery,
};
use options::Options;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;
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
    for &records in &options.sizes {
        if let Err(error) = compare(records, &options, &mut table) {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    print!("{table}");
    ExitCode::SUCCESS
}

fn compare(records: u64, options: &Options, table: &mut Table) -> Result<()> {
    let folder = data::flow_logs(records, options)?;
    let case = imported(&folder, records, options)?;
    let mut ours = vec![f64::INFINITY; QUERIES.len()];
    let mut open = f64::INFINITY;
    let mut peer: Vec<f64> = vec![f64::INFINITY; QUERIES.len()];
    // In turn, so that whatever else the machine does falls on both.
    for _ in 0..options.repeat {
        for _ in 0..3 {
            open = open.min(timed(|| first_page(&CaseReader::open(&case)?))?);
        }
        let reader = CaseReader::open(&case)?;
        for ((_, run), best) in QUERIES.iter().zip(&mut ours) {
            run(&reader)?;
            for _ in 0..3 {
                *best = best.min(timed(|| run(&reader))?);
            }
        }
        if options.peer {
            let found = duckdb(&folder, options)?;
            for ((name, _), best) in QUERIES.iter().zip(&mut peer) {
                *best = best.min(found[*name].as_f64().unwrap_or(f64::INFINITY));
            }
        }
    }
    table.heading(&format!("{records} flow records, seconds of each query, {} threads", options.threads));
    let told = |seconds: f64| Some(seconds).filter(|s| s.is_finite());
    for (((name, _), ours), peer) in QUERIES.iter().zip(&ours).zip(&peer) {
        table.row(name, *ours, told(*peer), Some(1.0));
    }
    let (ours, peer): (f64, f64) = (ours.iter().sum(), peer.iter().sum());
    table.row("all ten", ours, told(peer), Some(1.0 / 3.0));
    table.row("open_first_page", open, None, None);
    table.row("peak memory, MB", peak_bytes() as f64 / 1e6, None, None);
    table.limit("open_first_page, seconds per ten million", open * 1e7 / records.max(10_000_000) as f64, 0.5);
    table.limit("peak memory, MB", peak_bytes() as f64 / 1e6, 3221.0);
    Ok(())
}

fn timed(run: impl FnOnce() -> Result<()>) -> Result<f64> {
    let begin = Instant::now();
    run()?;
    Ok(begin.elapsed().as_secs_f64())
}

fn imported(folder: &Path, records: u64, options: &Options) -> Result<PathBuf> {
    let case = options.work()?.join(format!("queries-{records}.coldtrail"));
    if case.exists() {
        std::fs::remove_file(&case)?;
    }
    for arguments in [vec!["new"], vec!["import", "--quiet"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coldtrail"));
        command.arg(arguments[0]).arg(&case).args(&arguments[1..]).stdout(std::process::Stdio::null());
        if arguments[0] == "import" {
            command.arg(folder);
        }
        let status = command.status()?;
        if !matches!(status.code(), Some(0 | 1)) {
            return Err(format!("{command:?} ended with {status}").into());
        }
    }
    Ok(case)
}

fn duckdb(folder: &Path, options: &Options) -> Result<serde_json::Value> {
    let script = options.shared.join("bench/peers.py");
    let threads = options.threads.to_string();
    let output = Command::new("python3").arg(script).arg(folder).args(["--threads", &threads]).output()?;
    if !output.status.success() {
        return Err(format!("the peer failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// `VmHWM:   123456 kB` of this process.
fn peak_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// The window's first look: rows and their count, a page of them with every column, the histogram.
fn first_page(reader: &CaseReader) -> Result<()> {
    let query = RecordQuery::all(Dataset::Flows);
    let rows = query::rows(reader, &query, &Cancel::default())?;
    page(reader, &query, 100)?;
    let histogram = query::histogram(reader, &query, 200, &Cancel::default())?;
    if rows.is_empty() || histogram.bins.is_empty() { Err("the case is empty".into()) } else { Ok(()) }
}

fn records(text: &str) -> Result<RecordQuery> {
    let filter = filter::parse(text, Dataset::Flows).map_err(|error| error.render(text))?;
    Ok(RecordQuery { filter: Some(filter), ..RecordQuery::all(Dataset::Flows) })
}

fn scope(text: &str) -> Result<Scope> {
    Ok(Scope { filter: records(text)?.filter, ..Scope::all(Dataset::Flows) })
}

/// The first rows of a query with every column.
fn page(reader: &CaseReader, query: &RecordQuery, count: usize) -> Result<()> {
    let rows = query::rows(reader, query, &Cancel::default())?;
    let fields: Vec<_> = field::of(Dataset::Flows).collect();
    let page = query::page(reader, Dataset::Flows, &rows.ids(0..count), &fields)?;
    if page.is_empty() { Err("no rows".into()) } else { Ok(()) }
}

fn sorted(query: RecordQuery, name: &str, descending: bool) -> Result<RecordQuery> {
    let field = field::by_name(Dataset::Flows, name).ok_or("no such field")?;
    Ok(RecordQuery { sort: vec![SortKey { field, descending }], ..query })
}

fn pairs(reader: &CaseReader, query: PairQuery) -> Result<()> {
    let table = query::pairs(reader, &query, &Cancel::default())?;
    let rows = query::pair_rows(reader, &table, 0..table.len())?;
    if rows.is_empty() { Err("no pairs".into()) } else { Ok(()) }
}

fn top(reader: &CaseReader, text: &str, by: GroupBy) -> Result<()> {
    let query = TopQuery { scope: scope(text)?, by, measure: Measure::Bytes, limit: Some(50) };
    let table = query::top(reader, &query, &Cancel::default())?;
    if table.rows.is_empty() { Err("no groups".into()) } else { Ok(()) }
}

fn count(reader: &CaseReader, text: &str) -> Result<()> {
    let rows = query::rows(reader, &records(text)?, &Cancel::default())?;
    if rows.is_empty() { Err("no rows".into()) } else { Ok(()) }
}

type Run = fn(&CaseReader) -> Result<()>;

/// The queries of peers.py under their names, each answered in full, texts and all.
const QUERIES: [(&str, Run); 10] = [
    ("pairs", |reader| pairs(reader, PairQuery { limit: Some(1000), ..PairQuery::all() })),
    ("pairs_of_ip", |reader| {
        let ip = Address::parse(b"10.0.1.4").ok_or("no address")?;
        pairs(reader, PairQuery { ip: Some(ip), ..PairQuery::all() })
    }),
    ("pairs_rejected", |reader| {
        pairs(reader, PairQuery { scope: scope("action = REJECT")?, limit: Some(1000), ..PairQuery::all() })
    }),
    ("top_talkers", |reader| top(reader, "", GroupBy::Talker)),
    ("rejected_ssh", |reader| {
        let srcaddr = field::by_name(Dataset::Flows, "srcaddr").ok_or("no such field")?;
        top(reader, "action = REJECT and protocol = 6 and dstport = 22", GroupBy::Field(srcaddr))
    }),
    ("bytes_per_minute", |reader| {
        let query =
            SeriesQuery { bin: BinWidth::Secs(60), ..SeriesQuery::of(Scope::all(Dataset::Flows), Measure::Bytes) };
        let table = query::series(reader, &query, &Cancel::default())?;
        if table.bins.is_empty() { Err("no bins".into()) } else { Ok(()) }
    }),
    ("count_filtered", |reader| count(reader, "dstport = 3389 and action = REJECT")),
    ("page_filtered", |reader| {
        page(reader, &sorted(records("dstport = 3389 and action = REJECT")?, "start", false)?, 200)
    }),
    ("page_sorted", |reader| page(reader, &sorted(RecordQuery::all(Dataset::Flows), "bytes", true)?, 200)),
    ("count_cidr", |reader| count(reader, "srcaddr in 27.63.0.0/16 or dstaddr in 27.63.0.0/16")),
];
