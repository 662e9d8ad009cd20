//! What a frame of the window costs on a case of ten million flows: the window's own code, driven by wheel, mouse and keys
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

use driver::Driver;
use options::Options;
use report::Report;
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
cargo bench --bench frames -- [options]
  --case FILE      a case to look at; without it one is made of the shared generator's flow logs
  --sizes N        flow records of the case that is made (default 10000000)
  --shared DIR     holds bench/gen (default ../shared)
  --data DIR       where data is made and kept (default target/bench)
";

fn main() -> ExitCode {
    match asked(std::env::args().skip(1)) {
        Ok(Some((case, options))) => match run(case, &options) {
            Ok(report) => {
                print!("{report}");
                ExitCode::SUCCESS
            }
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

fn asked(arguments: impl Iterator<Item = String>) -> Result<Option<(Option<PathBuf>, Options)>, String> {
    let mut rest = Vec::new();
    let mut case = None;
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        if argument == "--case" {
            case = Some(PathBuf::from(arguments.next().ok_or("--case needs a value")?));
        } else {
            rest.push(argument);
        }
    }
    Ok(Options::parse(rest.into_iter())?.map(|options| (case, options)))
}

fn run(case: Option<PathBuf>, options: &Options) -> Result<Report, Box<dyn std::error::Error>> {
    let case = match case {
        Some(case) => case,
        None => {
            let records = options.sizes.iter().copied().max().unwrap_or(10_000_000);
            case::imported(&data::flow_logs(records, options)?, &format!("frames-{records}"), options)?
        }
    };
    let mut driver = Driver::new(case);
    steps::all(&mut driver)?;
    Ok(driver.into_report())
}
