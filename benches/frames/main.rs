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
  --case FILE      a case to look at; without it one is made of the shared generator's flow logs
  --sizes N        flow records of the case that is made (default 10000000)
  --shared DIR     holds bench/gen (default ../shared)
  --data DIR       where data is made and kept (default target/bench)
";

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

fn run(case: Option<PathBuf>, options: &Options, window: bool) -> Result<(), Box<dyn std::error::Error>> {
    let case = match case {
        Some(case) => case,
        None => {
            let records = options.sizes.iter().copied().max().unwrap_or(10_000_000);
            case::imported(&data::flow_logs(records, options)?, &format!("frames-{records}"), options)?
        }
    };
    if window {
        return window::run(&case);
    }
    let mut driver = Driver::new(case);
    steps::all(&mut driver)?;
    print!("{}", driver.into_report());
    Ok(())
}
