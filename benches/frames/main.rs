//! What a frame of the window costs on a case of ten million flows and a million events: the window's own code, driven by wheel, mouse and keys
//! as at a desk, sixty frames a second, while the worker threads answer. A frame's work is everything between its events and
//! its triangles; what the graphics card does with them is not ours.
//!
//! It prints the distribution for each step and neither passes nor fails. `cargo bench --bench frames -- --help` says what
//! can be chosen. Without a case at hand it makes one, which needs `../shared/bench`.

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
mod driver;
#[path = "../import/options.rs"]
#[allow(dead_code, reason = "other benchmarks use the rest")]
mod options;
mod report;
mod steps;
#[path = "../../tests/all/support.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod support;
mod window;
#[path = "../../tests/all/xvfb.rs"]
mod xvfb;

use driver::Driver;
use options::Options;
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
cargo bench --bench frames -- [options]
  --window         the real window on a display of its own (Xvfb), drawn in software
  --case FILE      a case to look at; without it one is made by the shared generators
  --sizes N        flow records of the case that is made (default 10000000)
  --events N       CloudTrail events of it (default 100000)
  --shared DIR     holds bench/gen (default ../shared)
  --data DIR       where data is made and kept (default target/bench)
";

/// Flow records that come in while the window is used.
const MORE: u64 = 1_000_000;

fn main() -> ExitCode {
    match asked(std::env::args().skip(1)) {
        Ok(Some(Asked { case, options, window })) => match run(case, &options, window) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
        Ok(None) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}

struct Asked {
    case: Option<PathBuf>,
    options: Options,
    window: bool,
}

fn asked(mut arguments: impl Iterator<Item = String>) -> Result<Option<Asked>, String> {
    let mut rest = Vec::new();
    let (mut case, mut window) = (None, false);
    while let Some(argument) = arguments.next() {
        if argument == "--window" {
            window = true;
        } else if argument == "--case" {
            case = Some(PathBuf::from(arguments.next().ok_or("--case needs a value")?));
        } else {
            rest.push(argument);
        }
    }
    Ok(Options::parse(rest.into_iter())?.map(|options| Asked { case, options, window }))
}

fn run(given: Option<PathBuf>, options: &Options, window: bool) -> Result<(), Box<dyn std::error::Error>> {
    let case = match &given {
        Some(case) => case.clone(),
        None => {
            let flows = data::flow_logs(options.sizes.iter().copied().max().unwrap_or(10_000_000), options)?;
            let events = data::trail_files(options.events, options)?;
            case::imported(&[&flows, &events], "frames", options)?
        }
    };
    if window {
        return window::run(&case);
    }
    let mut driver = Driver::new(case);
    steps::looking(&mut driver)?;
    // What writes to a case is done to one of the benchmark's own.
    if given.is_none() {
        let scratch = tempfile::tempdir_in(options.work()?)?;
        steps::writing(&mut driver, scratch.path(), &data::flow_logs(MORE, options)?)?;
    }
    print!("{}", driver.into_report());
    Ok(())
}
