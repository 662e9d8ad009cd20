//! A million addresses and fifty thousand ranges against ten million flow records: how long until it is known what was
//! seen, and the same again in memory without a case, which has to come to the same.
//!
//! `cargo bench --bench indicators -- --help` says what can be chosen. `--case FILE` takes a case that is there (it is
//! copied, never changed); else data is made once under `target/bench`, which needs `../shared/bench`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark ends at the first failure, and prints its measurements"
)]

#[path = "../import/data.rs"]
#[allow(dead_code, reason = "other benchmarks use the rest")]
mod data;
#[path = "../import/options.rs"]
#[allow(dead_code, reason = "other benchmarks use the rest")]
mod options;
#[path = "../import/table.rs"]
#[allow(dead_code, reason = "other benchmarks use the rest")]
mod table;

use coldtrail::app::indicators::{self, ImportChoice};
use coldtrail::case::{CaseReader, IndicatorItem};
use coldtrail::ingest::indicators::ListOptions;
use coldtrail::model::{Address, Dataset, KeySpan, Purpose};
use coldtrail::query::{self, By, Cancel, PairQuery, Scope, SightingQuery};
use options::Options;
use rustc_hash::FxHashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;
use table::Table;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const ADDRESSES: usize = 1_000_000;
const RANGES: usize = 50_000;
/// What was asked for, after the lists are loaded.
const LIMIT_SECS: f64 = 2.0;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = arguments.iter().position(|argument| argument == "--case").map(|at| {
        arguments.remove(at);
        if at < arguments.len() { arguments.remove(at) } else { String::new() }
    });
    let options = match Options::parse(arguments.into_iter()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            let help = options::HELP.replace("--bench import", "--bench indicators");
            println!("{help}  --case FILE      a case that is there");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("{message}\n\n{}", options::HELP);
            return ExitCode::from(2);
        }
    };
    let mut table = Table::default();
    let done = match given {
        Some(case) => measure(Path::new(&case), &options, &mut table),
        None => options.sizes.iter().try_for_each(|records| {
            let case = imported(&data::flow_logs(*records, &options)?, *records, &options)?;
            measure(&case, &options, &mut table)
        }),
    };
    print!("{table}");
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn imported(folder: &Path, records: u64, options: &Options) -> Result<PathBuf> {
    let case = options.work()?.join(format!("indicators-{records}.coldtrail"));
    if !case.exists() {
        let part = case.with_extension("part.coldtrail");
        let _ = std::fs::remove_file(&part);
        for arguments in [vec!["new"], vec!["import", "--quiet"]] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_coldtrail"));
            command.arg(arguments[0]).arg(&part).args(&arguments[1..]).stdout(std::process::Stdio::null());
            if arguments[0] == "import" {
                command.arg(folder);
            }
            let status = command.status()?;
            if !matches!(status.code(), Some(0 | 1)) {
                return Err(format!("{command:?} ended with {status}").into());
            }
        }
        std::fs::rename(&part, &case)?;
    }
    Ok(case)
}

struct Clock(Instant);

impl Clock {
    /// Seconds since it was asked last.
    fn lap(&mut self) -> f64 {
        let secs = self.0.elapsed().as_secs_f64();
        self.0 = Instant::now();
        secs
    }
}

fn measure(source: &Path, options: &Options, table: &mut Table) -> Result<()> {
    let scratch = tempfile::tempdir_in(options.work()?)?;
    let case = scratch.path().join("case.coldtrail");
    std::fs::copy(source, &case)?;
    let reader = CaseReader::open(&case)?;
    let pairs = pair_figures(&reader)?;
    let packets = query::rows(&reader, &filtered("pkt_srcaddr exists")?, &Cancel::default())?;
    let has_packets = !packets.is_empty();
    let list = scratch.path().join("list.txt");
    let spans = write_list(&list, &pairs)?;
    table.heading(&format!("{ADDRESSES} addresses and {RANGES} ranges, {} pairs of addresses; seconds", pairs.len()));
    let mut clock = Clock(Instant::now());
    let preview = indicators::preview(&reader, &list, &ListOptions::default())?;
    table.row("read and look over the list", clock.lap(), None, None);
    assert_eq!(preview.list.entries.len() + preview.list.issues.len(), ADDRESSES + RANGES);
    drop(reader);
    let choice = ImportChoice { name: "bench".into(), purpose: Purpose::KnownBad, licence: String::new() };
    let id = indicators::import(&case, &preview, &choice)?;
    table.row("into the case", clock.lap(), None, None);
    let reader = CaseReader::open(&case)?;
    // A first look at the flows: their columns are in memory, as in an opened case.
    query::figures(&reader, &Scope::all(Dataset::Flows), &Cancel::default())?;
    clock.lap();
    // Looks nothing up, and so only loads.
    query::address_marks(&reader, &[])?;
    table.row("load", clock.lap(), None, None);
    let found = query::sightings(&reader, &SightingQuery::all(By::Indicator), &Cancel::default())?;
    let secs = clock.lap();
    let (expected, reference) = in_memory(&pairs, &spans);
    table.row("sightings by indicator (peer: in memory)", secs, Some(reference), None);
    table.limit("sightings after load", secs, LIMIT_SECS);
    clock.lap();
    let rows = query::rows(&reader, &filtered("ip in indicators")?, &Cancel::default())?;
    table.row("ip in indicators: the rows", clock.lap(), None, None);
    query::sightings(&reader, &SightingQuery::all(By::Host), &Cancel::default())?;
    table.row("sightings by host", clock.lap(), None, None);
    drop(reader);
    let seen: u64 = found.seen.iter().map(|row| row.flows).sum();
    if !has_packets {
        assert_eq!((found.seen.len(), seen), expected, "the case and the memory agree");
    }
    assert!(!rows.is_empty() && seen >= rows.len() as u64);
    indicators::enable(&case, IndicatorItem::List(id), false)?;
    indicators::enable(&case, IndicatorItem::List(id), true)?;
    let reader = CaseReader::open(&case)?;
    query::figures(&reader, &Scope::all(Dataset::Flows), &Cancel::default())?;
    clock.lap();
    let again = query::sightings(&reader, &SightingQuery::all(By::Indicator), &Cancel::default())?;
    table.row("again after a change, with loading", clock.lap(), None, None);
    assert_eq!(again, found);
    Ok(())
}

fn filtered(text: &str) -> Result<query::RecordQuery> {
    let filter = coldtrail::filter::parse(text, Dataset::Flows).map_err(|error| error.to_string())?;
    Ok(Scope::of(Dataset::Flows, filter).records(Vec::new()))
}

/// Both keys of each pair, and its records.
type Pairs = Vec<(u128, u128, u64)>;

fn pair_figures(reader: &CaseReader) -> Result<Pairs> {
    let table = query::pairs(reader, &PairQuery { sort: Vec::new(), ..PairQuery::all() }, &Cancel::default())?;
    let mut pairs = Vec::with_capacity(table.len());
    for first in (0..table.len()).step_by(1 << 16) {
        for row in query::pair_rows(reader, &table, first..first + (1 << 16))? {
            let key = |text: &Option<String>| {
                let address = text.as_ref().and_then(|text| Address::parse(text.as_bytes()));
                address.map_or(0, |address| u128::from_be_bytes(address.key()))
            };
            pairs.push((key(&row.srcaddr), key(&row.dstaddr), row.record_count));
        }
    }
    Ok(pairs)
}

/// A list of which a hundredth is in the case: addresses first, then ranges.
fn write_list(path: &Path, pairs: &Pairs) -> Result<Vec<KeySpan>> {
    let mut state = 7u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 16
    };
    let mut seen: Vec<u128> = pairs.iter().step_by(97).map(|(source, _, _)| *source).filter(|key| *key != 0).collect();
    seen.sort_unstable();
    seen.dedup();
    seen.truncate(ADDRESSES / 100);
    let mut keys: std::collections::BTreeSet<u128> = seen.into_iter().collect();
    let v4 = |address: u64| 0xffff_0000_0000u128 | u128::from(address & 0xffff_ffff);
    while keys.len() < ADDRESSES {
        keys.insert(v4(random()));
    }
    let mut spans: Vec<KeySpan> = keys.into_iter().map(|key| KeySpan { first: key, last: key }).collect();
    let mut ranges = std::collections::BTreeSet::new();
    while ranges.len() < RANGES {
        let bits = 4 + random() % 9;
        let first = v4(random()) >> bits << bits;
        ranges.insert((first, first | ((1 << bits) - 1)));
    }
    spans.extend(ranges.into_iter().map(|(first, last)| KeySpan { first, last }));
    let mut text = String::with_capacity(spans.len() * 16);
    for span in &spans {
        let _ = match span.is_one() {
            true => writeln!(text, "{}", Address::of_key(span.first)),
            false => writeln!(text, "{}/{}", Address::of_key(span.first), 32 - (span.width() + 1).trailing_zeros()),
        };
    }
    std::fs::write(path, text)?;
    Ok(spans)
}

/// Entries with a hit and the sum of hits, by sorting and hashing alone; with the seconds that it takes. Of the interface's
/// addresses only: where records have those of packets too, it comes to less than the case.
fn in_memory(pairs: &Pairs, spans: &[KeySpan]) -> ((usize, u64), f64) {
    let clock = Instant::now();
    let mut addresses: FxHashMap<u128, Vec<u32>> = FxHashMap::default();
    for (source, destination, _) in pairs {
        addresses.entry(*source).or_default();
        addresses.entry(*destination).or_default();
    }
    let mut keys: Vec<u128> = addresses.keys().copied().collect();
    keys.sort_unstable();
    for (place, span) in (0..).zip(spans) {
        let from = keys.partition_point(|key| *key < span.first);
        let inside = keys.iter().skip(from).take_while(|key| **key <= span.last);
        inside.for_each(|key| addresses.entry(*key).or_default().push(place));
    }
    let mut hits = vec![0u64; spans.len()];
    for (source, destination, records) in pairs {
        let (of_source, of_destination) = (&addresses[source], &addresses[destination]);
        of_source.iter().for_each(|place| hits[*place as usize] += records);
        let others = of_destination.iter().filter(|place| !of_source.contains(place));
        others.for_each(|place| hits[*place as usize] += records);
    }
    let seen = hits.iter().filter(|hits| **hits > 0).count();
    ((seen, hits.iter().sum()), clock.elapsed().as_secs_f64())
}
