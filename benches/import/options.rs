//! What the bench is asked to do.

use std::path::PathBuf;

pub(crate) const HELP: &str = "\
cargo bench --bench import -- [options]
  --sizes N,N      flow records to import (default 1000000,10000000; 0 leaves them out)
  --large          adds 50000000 records
  --events N       CloudTrail events to import (default 100000; 0 leaves them out)
  --exports N      flow records of 29 fields to export and import again, and the events too (default 1000000; 0 leaves
                   them out)
  --repeat N       runs of each side, taken in turn, best of which counts (default 2)
  --threads N      for the peer (default 2)
  --files N,N      instead: imports of so many small flow log files each
  --shape NAME,... of these: same-hours, spread, busy, zip, twice (default all)
  --replay         of these, also verify --replay
  --program FILE   another build of the program, to compare with
  --no-peer        ours only; without it: pip install duckdb
  --shared DIR     holds bench/gen and bench/peers.py (default ../shared)
  --data DIR       where data is made and kept (default target/bench)
";

/// What the files hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// 20 records each, all of the same six hours.
    SameHours,
    /// 20 records each, five minutes after the file before.
    Spread,
    /// 20 records each, all of one hour and of 50 interfaces.
    Busy,
    /// 3 records each of the same six hours, as members of one zip.
    Zip,
    /// 20 records each of the same six hours, of which every second file holds what the one before it holds.
    Twice,
}

impl Shape {
    pub(crate) const ALL: [Self; 5] = [Self::SameHours, Self::Spread, Self::Busy, Self::Zip, Self::Twice];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SameHours => "same-hours",
            Self::Spread => "spread",
            Self::Busy => "busy",
            Self::Zip => "zip",
            Self::Twice => "twice",
        }
    }
}

pub(crate) struct Options {
    pub sizes: Vec<u64>,
    pub events: u64,
    pub exports: u64,
    pub repeat: u32,
    pub threads: u32,
    pub files: Vec<u64>,
    pub shapes: Vec<Shape>,
    pub replay: bool,
    pub program: PathBuf,
    pub peer: bool,
    pub shared: PathBuf,
    pub data: PathBuf,
}

impl Options {
    /// `None` when help was asked for.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let mut options = Self {
            sizes: vec![1_000_000, 10_000_000],
            events: 100_000,
            exports: 1_000_000,
            repeat: 2,
            threads: 2,
            files: Vec::new(),
            shapes: Shape::ALL.to_vec(),
            replay: false,
            program: env!("CARGO_BIN_EXE_coldtrail").into(),
            peer: true,
            shared: root.join("../shared"),
            data: root.join("target/bench"),
        };
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value"));
            let number = |text: String| text.trim().parse::<u64>().map_err(|_| format!("{text} is no number"));
            match name.as_str() {
                // Cargo passes this to every bench.
                "--bench" => {}
                "--help" | "-h" => return Ok(None),
                "--sizes" => {
                    options.sizes =
                        value()?.split(',').map(|text| number(text.to_owned())).collect::<Result<_, _>>()?;
                    options.sizes.retain(|&records| records > 0);
                }
                "--large" => options.sizes.push(50_000_000),
                "--events" => options.events = number(value()?)?,
                "--exports" => options.exports = number(value()?)?,
                "--repeat" => options.repeat = number(value()?)?.clamp(1, 100) as u32,
                "--threads" => options.threads = number(value()?)?.clamp(1, 1024) as u32,
                "--files" => {
                    options.files =
                        value()?.split(',').map(|text| number(text.to_owned())).collect::<Result<_, _>>()?;
                }
                "--shape" => {
                    let shape = |name: &str| Shape::ALL.into_iter().find(|shape| shape.name() == name);
                    let shape = |name: &str| shape(name).ok_or_else(|| format!("{name} is no shape"));
                    options.shapes = value()?.split(',').map(shape).collect::<Result<_, _>>()?;
                }
                "--replay" => options.replay = true,
                "--program" => options.program = value()?.into(),
                "--no-peer" => options.peer = false,
                "--shared" => options.shared = value()?.into(),
                "--data" => options.data = value()?.into(),
                other => return Err(format!("unknown option {other}")),
            }
        }
        Ok(Some(options))
    }

    /// The folder for data and scratch, made where it is missing.
    pub(crate) fn work(&self) -> std::io::Result<&PathBuf> {
        std::fs::create_dir_all(&self.data)?;
        Ok(&self.data)
    }
}
